#include <random>
#include <set>
#include <vector>

#include <phonenumbers/phonenumberutil.h>

#include "base/text.hpp"
#include "identity/identity.hpp"
#include "identity/phone_fast_path.hpp"
#include "identity/phone_library.hpp"
#include "testing/testing.hpp"

namespace pruuv::identity {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr int numbers_compared = 150'000;

struct Region {
  std::string id;
  std::string calling_code;
  std::string national_prefix;
  std::vector<std::string> examples;  // as written inside the region, of every type
};

std::vector<std::string> examples_of(const std::string& region) {
  const PhoneNumberUtil& library = *PhoneNumberUtil::GetInstance();
  std::vector<std::string> examples;
  for (int type = 0; type <= PhoneNumberUtil::VOICEMAIL; ++type) {
    PhoneNumber number;
    if (!library.GetExampleNumberForType(
            region, static_cast<PhoneNumberUtil::PhoneNumberType>(type), &number)) {
      continue;
    }
    library.Format(number, PhoneNumberUtil::NATIONAL, &examples.emplace_back());
  }
  return examples;
}

const std::vector<Region>& regions() {
  static const std::vector<Region> all = [] {
    const PhoneNumberUtil& library = *PhoneNumberUtil::GetInstance();
    std::set<std::string> ids;
    library.GetSupportedRegions(&ids);
    std::vector<Region> made;
    for (const std::string& id : ids) {
      Region region{id, std::to_string(library.GetCountryCodeForRegion(id)), "", examples_of(id)};
      library.GetNddPrefixForRegion(id, true, &region.national_prefix);
      made.push_back(std::move(region));
    }
    return made;
  }();
  return all;
}

struct National {
  std::string text;
  std::string region;
};

// Numbers as people of every region write them, and around the edges of that: the region's own
// examples, whole and damaged, and any digits of any length; behind what may be dialled first, and
// with separators where nobody puts them.
class NationalNumbers {
 public:
  explicit NationalNumbers(std::uint64_t seed) : random_(seed) {}

  National next() {
    const Region& region = regions()[below(regions().size())];
    std::string text;
    if (below(3) == 0) {
      text = any_digits();
    } else {
      text = region.examples[below(region.examples.size())];
      if (below(3) == 0) damage(text);
    }
    if (below(2) == 0) text = in_front(region) + text;
    if (below(3) == 0) scatter(text);
    return {text, region.id};
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  std::string digit() { return std::to_string(below(10)); }

  std::string any_digits() {
    std::string digits;
    for (std::size_t left = below(4) == 0 ? below(20) : 5 + below(7); left > 0; --left) {
      digits += digit();
    }
    return digits;
  }
  void damage(std::string& text) {
    const std::size_t at = below(text.size());
    switch (below(4)) {
      case 0:
        text.erase(at, 1);
        break;
      case 1:
        text.insert(at, digit());
        break;
      case 2:
        text.replace(at, 1, digit());
        break;
      default:
        text.replace(0, 1 + below(3), digit() + digit());
        break;
    }
  }
  std::string in_front(const Region& region) {
    const std::string international[] = {"00", "011", "001", "010", "0011", "810", "8", "14", "99"};
    switch (below(8)) {
      case 0:
        return region.calling_code;
      case 1:
        return region.calling_code + region.national_prefix;
      case 2:
        return region.calling_code + "(0)";
      case 3:
        return international[below(std::size(international))];
      case 4:
        return international[below(std::size(international))] + region.calling_code;
      case 5:
        return digit();
      case 6:
        return region.national_prefix + region.national_prefix;
      default:
        return region.national_prefix;
    }
  }
  void scatter(std::string& text) {
    const std::string usual[] = {" ", "-", ".", "(", ")", "/", "  ", ") ", " (", "--", "/ "};
    const std::string unusual[] = {"x",    "#",      "~", ",", ";",   "*",  "+", "ext",
                                   "\\ x", "\u00A0", "[", "]", "/ x", "\t", "a", "\uFF11"};
    for (std::size_t left = 1 + below(4); left > 0; --left) {
      const bool is_usual = below(8) != 0;
      text.insert(below(text.size() + 1),
                  is_usual ? usual[below(std::size(usual))] : unusual[below(std::size(unusual))]);
    }
  }

  std::mt19937_64 random_;
};

TEST_CASE("a settled national number is what the library gives") {
  NationalNumbers numbers(20261124);
  int settled = 0;
  for (int i = 0; i < numbers_compared; ++i) {
    const National number = numbers.next();
    const auto ours = settled_national(number.text, number.region);
    if (!ours) continue;
    ++settled;
    const Phone theirs = parse_with_library(number.text, number.region);
    if (theirs.e164 != *ours) {
      FAIL(number.text << " in " << number.region << " is settled as " << *ours
                       << ", but the library says " << theirs.e164);
    }
  }
  INFO(settled);
  // Otherwise the comparison above would prove little.
  CHECK(settled > numbers_compared / 4);
}

TEST_CASE("parse_phone and the library agree on national numbers whatever way they take") {
  NationalNumbers numbers(43);
  for (int i = 0; i < numbers_compared / 20; ++i) {
    const National number = numbers.next();
    if (trim(number.text).starts_with("00")) continue;  // it stands for plus, whatever the region
    const Phone ours = parse_phone(number.text, number.region, "");
    const Phone theirs = parse_with_library(number.text, number.region);
    if (number.text.empty()) continue;
    if (ours.e164 != theirs.e164 || ours.reason != theirs.reason) {
      FAIL(number.text << " in " << number.region << " differs");
    }
  }
}

struct Settled {
  const char* text;
  const char* region;
  const char* e164;
};

TEST_CASE("national numbers in daily use are settled") {
  const Settled all[] = {
      {"030 901820", "DE", "+4930901820"},         {"0151/2345 6789", "DE", "+4915123456789"},
      {"(415) 555-2671", "US", "+14155552671"},    {"415.555.2671", "US", "+14155552671"},
      {"1-415-555-2671", "US", "+14155552671"},    {"(604) 555-2671", "CA", "+16045552671"},
      {"020 7946 0958", "GB", "+442079460958"},    {"07400 123456", "GB", "+447400123456"},
      {"06 12 34 56 78", "FR", "+33612345678"},    {"612 34 56 78", "ES", "+34612345678"},
      {"06 1234 5678", "IT", "+390612345678"},     {"06-12345678", "NL", "+31612345678"},
      {"0664 123456", "AT", "+43664123456"},       {"078 123 45 67", "CH", "+41781234567"},
      {"0412 345 678", "AU", "+61412345678"},      {"081234 56789", "IN", "+918123456789"},
      {"(11) 96123-4567", "BR", "+5511961234567"}, {"090-1234-5678", "JP", "+819012345678"},
      {"06 1 234 5678", "HU", "+3612345678"},
  };
  for (const Settled& one : all) {
    INFO(one.text << " in " << one.region);
    CHECK(settled_national(one.text, one.region) == std::optional<std::string>(one.e164));
  }
}

TEST_CASE("what only the library can judge is not settled") {
  const Settled all[] = {
      {"+49 30 901820", "DE", "a plus"},
      {"030 901820 x5", "DE", "an extension"},
      {"030 901820#", "DE", "perhaps an extension"},
      {"030,901820", "DE", "perhaps an extension"},
      {"0/1/2\t345678", "DE", "no separator of numbers"},
      {"\u0660\u0663\u0660901820", "DE", "digits of another script"},
      {"030 901820", "", "no region"},
      {"030 901820", "XX", "no such region"},
      {"030 901820", "de", "no such region"},
      {"030 901820", "001", "no region a number is dialled in"},
      {"0-0 44 20 7946 0958", "DE", "an international prefix"},
      {"011 44 20 7946 0958", "US", "an international prefix"},
      {"49 30 901820", "DE", "the calling code, or the beginning of a number"},
      {"020 7946 09585", "GB", "a digit long"},
      {"020 7946 09", "GB", "a local count of digits"},
      {"555-2671", "US", "possible only inside an area"},
      {"0 000800 123456", "IN", "a prefix that may be a part of the number"},
      {"8 912 345 67 89", "RU", "a prefix that may be a part of the number"},
      {"0 15 11 96123 4567", "BR", "a carrier code"},
      {"1831 2345 6789", "AU", "a prefix or a number"},
      {"12", "DE", "too few digits"},
  };
  for (const Settled& one : all) {
    INFO(one.text << " in " << one.region << ": " << one.e164);
    CHECK(settled_national(one.text, one.region) == std::nullopt);
  }
  CHECK(settled_national("030 901820" + std::string(100, ' '), "DE") == std::nullopt);
}

// Where a region is not among them, its prefix may be a part of its numbers, or is rewritten.
TEST_CASE("nearly every region's mobile numbers are settled") {
  const PhoneNumberUtil& library = *PhoneNumberUtil::GetInstance();
  std::size_t asked = 0;
  std::size_t settled = 0;
  for (const Region& region : regions()) {
    PhoneNumber example;
    if (!library.GetExampleNumberForType(region.id, PhoneNumberUtil::MOBILE, &example)) continue;
    std::string number;
    library.Format(example, PhoneNumberUtil::NATIONAL, &number);
    ++asked;
    if (settled_national(number, region.id)) ++settled;
  }
  INFO(settled << " of " << asked);
  CHECK(asked > 200);
  CHECK(settled * 100 >= asked * 80);
}

TEST_CASE("the regions listed are the library's") {
  for (char first = 'A'; first <= 'Z'; ++first) {
    for (char second = 'A'; second <= 'Z'; ++second) {
      const std::string region{first, second};
      INFO(region);
      CHECK(is_listed_region(region) == is_phone_region(region));
    }
  }
  for (const char* none : {"", "D", "DEU", "de", "001", "D1", "@A", "[A"}) {
    INFO(none);
    CHECK_FALSE(is_listed_region(none));
  }
}

}  // namespace
}  // namespace pruuv::identity
