#include "identity/phone_fast_path.hpp"

#include <random>
#include <set>

#include <phonenumbers/phonenumberutil.h>

#include "identity/identity.hpp"
#include "identity/phone_library.hpp"
#include "testing/testing.hpp"

namespace pruuv::identity {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr int numbers_compared = 1'000'000;

std::vector<int> calling_codes() {
  std::set<int> codes;
  PhoneNumberUtil::GetInstance()->GetSupportedCallingCodes(&codes);
  return {codes.begin(), codes.end()};
}

// Numbers around the edges of the table: mostly real calling codes, every length that could pass
// and some beyond, and often a leading digit that is a national prefix somewhere.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : random_(seed), codes_(calling_codes()) {}

  std::string next() {
    std::string number = "+";
    number +=
        below(50) == 0 ? std::to_string(below(1000)) : std::to_string(codes_[below(codes_.size())]);
    const std::size_t national = below(4) == 0 ? below(20) : 6 + below(6);
    for (std::size_t i = 0; i < national; ++i) {
      const bool prefix_like = i < 3 && below(3) == 0;
      number.push_back(prefix_like ? std::string("018069")[below(6)] : digit(below(10)));
    }
    return number;
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  static char digit(std::size_t value) { return static_cast<char>('0' + value); }

  std::mt19937_64 random_;
  std::vector<int> codes_;
};

TEST_CASE("a settled number is exactly what the library gives") {
  Numbers numbers(20261123);
  int settled = 0;
  for (int i = 0; i < numbers_compared; ++i) {
    const std::string number = numbers.next();
    if (!is_settled_e164(number)) continue;
    ++settled;
    const std::string from_library = parse_with_library(number, "").e164;
    if (from_library != number)
      FAIL(number << " is settled, but the library says " << from_library);
  }
  // Otherwise the comparison above would prove little.
  CHECK(settled > numbers_compared / 4);
}

TEST_CASE("parse_phone and the library agree whatever way a number takes") {
  Numbers numbers(42);
  for (int i = 0; i < numbers_compared / 20; ++i) {
    const std::string number = numbers.next();
    const Phone ours = parse_phone(number, "DE", "US");
    const Phone theirs = parse_with_library(number, "DE");
    if (ours.e164 != theirs.e164 || ours.reason != theirs.reason) FAIL(number << " differs");
  }
}

TEST_CASE("numbers in daily use take the fast path") {
  for (const char* number :
       {"+16505551212", "+442079460958", "+4915112345678", "+33612345678", "+390612345678",
        "+5511987654321", "+525512345678", "+573001234567", "+61412345678", "+919876543210",
        "+971501234567", "+821012345678", "+40722123456", "+5491123456789", "+80012345678"}) {
    INFO(number);
    CHECK(is_settled_e164(number));
  }
}

// Every region's own example of a mobile number: where the fast path refuses one it must be for a
// national prefix, which few countries' numbers can be mistaken for.
TEST_CASE("nearly every region's mobile numbers take the fast path") {
  const PhoneNumberUtil& library = *PhoneNumberUtil::GetInstance();
  std::set<std::string> regions;
  library.GetSupportedRegions(&regions);
  std::size_t asked = 0;
  std::size_t settled = 0;
  for (const std::string& region : regions) {
    PhoneNumber example;
    if (!library.GetExampleNumberForType(region, PhoneNumberUtil::MOBILE, &example)) continue;
    std::string number;
    library.Format(example, PhoneNumberUtil::E164, &number);
    ++asked;
    if (is_settled_e164(number)) ++settled;
  }
  INFO(settled << " of " << asked);
  CHECK(asked > 200);
  CHECK(settled * 100 >= asked * 90);
}

TEST_CASE("anything but plus and ASCII digits is not settled") {
  for (const char* text : {"", "+", "16505551212", "+1 6505551212", "+1650555121a", "++16505551212",
                           "+06505551212", "+1650555121\uFF12", "+16505551212 ", "+1-6505551212"}) {
    INFO(text);
    CHECK_FALSE(is_settled_e164(text));
  }
}

TEST_CASE("unknown calling codes, wrong lengths and national prefixes are not settled") {
  CHECK_FALSE(is_settled_e164("+999123456789"));     // no such code
  CHECK_FALSE(is_settled_e164("+1650555121"));       // a digit short
  CHECK_FALSE(is_settled_e164("+165055512123"));     // a digit long
  CHECK_FALSE(is_settled_e164("+15551212"));         // possible only inside an area
  CHECK_FALSE(is_settled_e164("+4402079460958"));    // 0 is the national prefix
  CHECK_FALSE(is_settled_e164("+11234567890"));      // 1 is the national prefix
  CHECK_FALSE(is_settled_e164("+541115612345678"));  // perhaps Argentina's 15 behind the area
  for (std::size_t digits = 11; digits < 300; ++digits) {
    CHECK_FALSE(is_settled_e164("+1" + std::string(digits, '6')));
  }
}

}  // namespace
}  // namespace pruuv::identity
