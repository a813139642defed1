#include <iostream>
#include <sstream>

#include <phonenumbers/logger.h>

#include "base/sha256.hpp"
#include "identity/identity.hpp"
#include "testing/testing.hpp"

namespace pruuv::identity {
namespace {

std::string e164(std::string_view raw, std::string_view event_country = "",
                 std::string_view fallback = "") {
  return parse_phone(raw, event_country, fallback).e164;
}

Reason reason(std::string_view raw, std::string_view event_country = "",
              std::string_view fallback = "") {
  return parse_phone(raw, event_country, fallback).reason;
}

TEST_CASE("an international number needs no country") {
  CHECK(e164("+1 (650) 555-1212") == "+16505551212");
  CHECK(e164(" \u00A0+16505551212\uFEFF") == "+16505551212");
  CHECK(e164("(+1)2133734253") == "+12133734253");
  CHECK(e164("tel:+44 20 7946 0958") == "+442079460958");
  CHECK(e164("+44 (0)20 7031 3000") == "+442070313000");
  CHECK(e164("+390612345678") == "+390612345678");
  CHECK(reason("+16505551212") == Reason::none);
}

TEST_CASE("00 in front means plus, also where the country dials out otherwise") {
  CHECK(e164("0016505551212") == "+16505551212");
  CHECK(e164("00971 50 123 4567", "US") == "+971501234567");
  CHECK(e164(" 0031 6 12345678") == "+31612345678");
}

TEST_CASE("a national number takes the event's country, then the connection's") {
  CHECK(e164("020 7946 0958", "GB") == "+442079460958");
  CHECK(e164("020 7946 0958", "", "GB") == "+442079460958");
  CHECK(e164("020 7946 0958", "GB", "US") == "+442079460958");
  CHECK(e164("06 1234 5678", "it") == "+390612345678");
  CHECK(e164("0722123456", "", "RO") == "+40722123456");
  CHECK(e164("16505551212", "US") == "+16505551212");
}

TEST_CASE("UK means GB and codes may have any case") {
  CHECK(e164("020 7946 0958", "UK") == "+442079460958");
  CHECK(e164("020 7946 0958", " uk ") == "+442079460958");
  CHECK(e164("020 7946 0958", "", "Uk") == "+442079460958");
}

TEST_CASE("a country the library does not know counts as unknown") {
  CHECK(e164("020 7946 0958", "XX", "GB") == "+442079460958");
  CHECK(e164("020 7946 0958", "Britain", "GB") == "+442079460958");
  CHECK(e164("020 7946 0958", "001", "GB") == "+442079460958");
  CHECK(reason("020 7946 0958", "XX", "YY") == Reason::phone_without_country);
}

TEST_CASE("nothing is guessed for a national number without a country") {
  const Phone phone = parse_phone("16505551212", "", "");
  CHECK(phone.absent());
  CHECK(phone.reason == Reason::phone_without_country);
  CHECK(reason("(650) 555-1212") == Reason::phone_without_country);
}

TEST_CASE("an impossible number is left out") {
  for (const char* raw :
       {"+1", "+1234567890123456789", "+999123456789", "+165055512", "call me", "+abc-DEF", "00",
        "+", "9e26b7cbd4a1d4f8ec1e0a0c7b9ab2bd", "+1 650 \xFF 555 1212"}) {
    INFO(raw);
    const Phone phone = parse_phone(raw, "", "");
    CHECK(phone.absent());
    CHECK(phone.reason == Reason::phone_invalid);
  }
  CHECK(reason("123", "US") == Reason::phone_invalid);
}

TEST_CASE("an absent number is no fault") {
  CHECK(parse_phone("", "US", "US").absent());
  CHECK(reason("", "US") == Reason::none);
  CHECK(reason(" \t ", "US") == Reason::none);
}

TEST_CASE("an extension is dropped") {
  CHECK(e164("+1 (650) 555-1212 ext. 5") == "+16505551212");
  CHECK(e164("650 555 1212 x 77", "US") == "+16505551212");
}

TEST_CASE("digits of other scripts are read as the library reads them") {
  CHECK(e164("\uFF0B\uFF11\uFF16\uFF15\uFF10\uFF15\uFF15\uFF15\uFF11\uFF12\uFF11\uFF12") ==
        "+16505551212");
  CHECK(e164("\u0660\u0665\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667", "AE") ==
        "+971501234567");
  CHECK(reason("\uFF0B\uFF19\uFF19\uFF19\uFF11\uFF12\uFF13\uFF14\uFF15\uFF16") ==
        Reason::phone_invalid);
}

TEST_CASE("a digest is passed on in lower case") {
  const std::string digest = sha256_hex("+16505551212");
  std::string upper = digest;
  for (char& c : upper) c = static_cast<char>(toupper(c));
  for (const std::string& raw :
       {digest, upper, " " + upper + " ", digest + ".AQQCAQMC", digest + ".BA"}) {
    INFO(raw);
    const Phone phone = parse_phone(raw, "US", "US");
    CHECK(phone.digest == digest);
    CHECK(phone.e164.empty());
    CHECK(phone.reason == Reason::none);
    CHECK(hash_phone_with_plus(phone) == digest);
    CHECK(hash_phone_digits(phone) == digest);
  }
}

TEST_CASE("Google and TikTok hash the plus, Meta does not") {
  const Phone phone = parse_phone("+16505551212", "", "");
  CHECK(hash_phone_with_plus(phone) == sha256_hex("+16505551212"));
  CHECK(hash_phone_digits(phone) == sha256_hex("16505551212"));
  CHECK(hash_phone_with_plus(Phone{}).empty());
  CHECK(hash_phone_digits(Phone{}).empty());
}

// Its logger of another kind writes to standard output, and what it writes can hold the number.
TEST_CASE("the library prints nothing, even when told to say everything") {
  const Phone first = parse_phone("650 555 1212", "", "ZZ");
  auto* const logger = i18n::phonenumbers::Logger::mutable_logger_impl();
  const int level = logger->level();
  logger->set_level(i18n::phonenumbers::LOG_DEBUG);
  std::ostringstream printed;
  auto* const out = std::cout.rdbuf(printed.rdbuf());
  const Phone second = parse_phone("+999 650 555 1212", "Q!", "");
  std::cout.rdbuf(out);
  logger->set_level(level);
  CHECK(first.absent());
  CHECK(second.absent());
  CHECK(printed.str().empty());
}

}  // namespace
}  // namespace pruuv::identity
