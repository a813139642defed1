#include "identity/numbering_plan.hpp"

#include <initializer_list>
#include <vector>

#include <phonenumbers/phonemetadata.pb.h>

#include "testing/testing.hpp"

namespace pruuv::identity {
namespace {

using i18n::phonenumbers::PhoneMetadata;

// A country +99 with trunk prefix 0, 00 abroad and nine digits that begin with 2 to 9; what no
// country of today has is changed in it.
struct Country {
  std::string abroad = "00";
  std::string prefix = "0";
  std::string rewritten_to = "";
  std::string numbers = "[2-9]\\d{8}";
  std::vector<int> lengths = {9};
  std::vector<int> local_lengths = {};

  [[nodiscard]] NumberingPlan plan() const {
    PhoneMetadata metadata;
    metadata.set_id("QX");
    metadata.set_country_code(99);
    metadata.set_international_prefix(abroad);
    metadata.set_national_prefix_for_parsing(prefix);
    if (!rewritten_to.empty()) metadata.set_national_prefix_transform_rule(rewritten_to);
    auto& any = *metadata.mutable_general_desc();
    any.set_national_number_pattern(numbers);
    for (const int length : lengths) any.add_possible_length(length);
    for (const int length : local_lengths) any.add_possible_length_local_only(length);
    return NumberingPlan(metadata);
  }
};

std::optional<std::string> e164(std::string_view digits, const Country& country,
                                const Country& main) {
  return national_as_e164(digits, country.plan(), main.plan());
}
std::optional<std::string> e164(std::string_view digits, const Country& country) {
  return e164(digits, country, country);
}
std::optional<std::string> is(const char* text) { return text; }

TEST_CASE("a plan says what is possible and what is taken") {
  const NumberingPlan plan = Country().plan();
  CHECK(plan.calling_code() == 99);
  CHECK(plan.is_possible(9));
  CHECK_FALSE(plan.is_possible(8));
  CHECK(plan.is_too_long(10));
  CHECK_FALSE(plan.is_too_long(9));
  CHECK(plan.prefix_taken("0212345678") == 1);
  CHECK(plan.prefix_taken("212345678") == 0);
  CHECK(plan.may_lead_abroad("00123"));
  CHECK_FALSE(plan.may_lead_abroad("01023"));
}

TEST_CASE("a national number loses its prefix and gets the calling code") {
  CHECK(e164("0212345678", {}) == is("+99212345678"));
  CHECK(e164("212345678", {}) == is("+99212345678"));
  CHECK(e164("021234567", {}) == std::nullopt);
  CHECK(e164("02123456789", {}) == std::nullopt);
}

TEST_CASE("both the region and its main region must call the count possible") {
  const Country eight{.numbers = "[2-9]\\d{7}", .lengths = {8}};
  CHECK(e164("0212345678", {}, eight) == std::nullopt);
  CHECK(e164("0212345678", eight, {}) == std::nullopt);
  CHECK(e164("021234567", eight, eight) == is("+9921234567"));
}

TEST_CASE("a calling code in front counts only where there are too many digits without") {
  CHECK(e164("99212345678", {}) == is("+99212345678"));
  CHECK(e164("992123456", {}) == std::nullopt);
  CHECK(e164("990212345678", {}) == std::nullopt);
  const Country long_numbers{.lengths = {9, 11}};
  CHECK(e164("99212345678", long_numbers) == std::nullopt);
  const Country long_local_numbers{.local_lengths = {11}};
  CHECK(e164("99212345678", long_local_numbers) == std::nullopt);
}

TEST_CASE("behind a calling code in front neither region may take a prefix") {
  const Country takes_2{.prefix = "2"};
  CHECK(e164("99212345678", takes_2, {}) == std::nullopt);
  CHECK(e164("99212345678", {}, takes_2) == std::nullopt);
  CHECK(e164("99312345678", {}, takes_2) == is("+99312345678"));
}

TEST_CASE("what may lead abroad is not certain, nor is anything where that is not known") {
  CHECK(e164("0012345678", {}) == std::nullopt);
  CHECK(e164("0212345678", {.abroad = "02"}) == std::nullopt);
  CHECK(e164("0212345678", {.abroad = "0[13]\\d"}) == is("+99212345678"));
  CHECK(e164("0212345678", {.abroad = "021234"}) == std::nullopt);
  CHECK(e164("0212345678", {.abroad = ""}) == std::nullopt);
  CHECK(e164("0212345678", {.abroad = "("}) == std::nullopt);
  CHECK(e164("99212345678", {.abroad = "992"}) == std::nullopt);
}

TEST_CASE("a prefix that may be a part of a number is not certain") {
  CHECK(e164("0212345678", {.numbers = "0?[2-9]\\d{8}"}) == std::nullopt);
  CHECK(e164("0212345678", {.numbers = "[2-9]\\d{8}|02"}) == std::nullopt);
  CHECK(e164("0212345678", {.numbers = "[2-9]\\d{8}|03\\d{7}"}) == is("+99212345678"));
  CHECK(e164("0212345678", {.numbers = "["}) == std::nullopt);
}

TEST_CASE("a prefix that needs more than two digits to be read is not certain") {
  CHECK(e164("0212345678", {.prefix = "021"}) == std::nullopt);
  CHECK(e164("0212345678", {.prefix = "0(?:2(1\\d)?)?"}) == std::nullopt);
  CHECK(e164("0212345678", {.prefix = "0(?:3(1\\d)?)?"}) == is("+99212345678"));
  CHECK(e164("0212345678", {.prefix = "02", .lengths = {8}}) == is("+9912345678"));
  CHECK(e164("0212345678", {.prefix = "("}) == std::nullopt);
}

TEST_CASE("a prefix that takes nothing leaves the digits as they are") {
  CHECK(e164("212345678", {.prefix = ""}) == is("+99212345678"));
  CHECK(e164("212345678", {.prefix = "0?"}) == is("+99212345678"));
  CHECK(e164("0212345678", {.prefix = "", .lengths = {10}}) == is("+990212345678"));
}

TEST_CASE("a prefix that is rewritten is not certain") {
  const Country rewriting{.prefix = "0|(31)", .rewritten_to = "7$1"};
  CHECK(e164("0212345678", rewriting) == is("+99212345678"));
  CHECK(e164("31212345678", rewriting) == std::nullopt);
  CHECK(e164("0212345678", {.prefix = "(0)", .rewritten_to = "7"}) == std::nullopt);
  CHECK(e164("0212345678", {.prefix = "(0)"}) == is("+99212345678"));
}

TEST_CASE("lengths no number can have, or only inside an area, are not possible") {
  CHECK_FALSE(Country{.local_lengths = {9}}.plan().is_possible(9));
  CHECK_FALSE(Country{.lengths = {1, 9}}.plan().is_possible(1));
  CHECK_FALSE(Country{.lengths = {9, 18}}.plan().is_possible(18));
  CHECK_FALSE(Country{.lengths = {9, 40}}.plan().is_possible(40));
  CHECK_FALSE(Country{.lengths = {9}, .local_lengths = {40}}.plan().is_possible(40));
  for (const std::vector<int>& none : {std::vector<int>{}, {-1}, {-1, 9}}) {
    const NumberingPlan plan = Country{.lengths = none}.plan();
    CHECK_FALSE(plan.is_possible(9));
    CHECK_FALSE(plan.is_too_long(40));
  }
}

}  // namespace
}  // namespace pruuv::identity
