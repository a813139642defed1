#include "identity/phone_prefix.hpp"

#include "testing/testing.hpp"

namespace pruuv::identity {
namespace {

std::optional<DigitSet> digits(const std::string& listed) {
  DigitSet set = 0;
  for (const char digit : listed) set = static_cast<DigitSet>(set | digit_bit(digit));
  return set;
}

TEST_CASE("the first digits of a national prefix pattern") {
  CHECK(first_digits("0") == digits("0"));
  CHECK(first_digits("06") == digits("0"));
  CHECK(first_digits("[08]") == digits("08"));
  CHECK(first_digits("[0-258]\\d{4}$") == digits("01258"));
  CHECK(first_digits("0|(183[12])") == digits("01"));
  CHECK(first_digits("0(?:[12]|4[45])|1") == digits("01"));
  CHECK(first_digits("(?:0|90)(?:(1[245]|2[1-35])(\\d{10,11}))?") == digits("09"));
  CHECK(first_digits("0|80?") == digits("08"));
  CHECK(first_digits("(19(?:0[0-2468]|1[09]))") == digits("1"));
  CHECK(first_digits("\\d") == digits("0123456789"));
  CHECK(first_digits("0+1") == digits("0"));
}

TEST_CASE("what stands behind something optional counts too") {
  CHECK(first_digits("0?(?:(11|2[1-3])15)?9") == digits("0129"));
  CHECK(first_digits("0*1") == digits("01"));
  CHECK(first_digits("0{0,2}1") == digits("01"));
  CHECK(first_digits("0{2}1") == digits("0"));
  CHECK(first_digits("(?:0|)5") == digits("05"));
}

TEST_CASE("a pattern that can match nothing leaves nothing settled") {
  for (const char* pattern : {"", "0?", "0*", "0{0,1}", "(?:0)?", "0|", "(?:)", "$", "0?(?:1)?"}) {
    INFO(pattern);
    CHECK_FALSE(first_digits(pattern).has_value());
  }
}

TEST_CASE("a pattern in unknown syntax leaves nothing settled") {
  for (const char* pattern : {"^0", ".0", "[^0]", "0(?!1)", "(?=0)0", "\\D0", "[0", "[0-", "(0",
                              "0)", "a", "0??", "0+?", "[a]", "0{1", "\\"}) {
    INFO(pattern);
    CHECK_FALSE(first_digits(pattern).has_value());
  }
}

}  // namespace
}  // namespace pruuv::identity
