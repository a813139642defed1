#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace i18n::phonenumbers {
class PhoneMetadata;
}

namespace pruuv::identity {

// What can be said for certain of how libphonenumber reads the national numbers of a region. All
// of it comes from the library's own entry for the region and, for its patterns, from the regular
// expressions of ICU, as in the library.
class NumberingPlan {
 public:
  static constexpr int unsure = -1;

  explicit NumberingPlan(const i18n::phonenumbers::PhoneMetadata& metadata);

  [[nodiscard]] std::size_t calling_code() const { return calling_code_; }

  // Whether so many national digits make a number that can be dialled from anywhere.
  [[nodiscard]] bool is_possible(std::size_t national_digits) const {
    return national_digits < 32 && ((possible_ >> national_digits) & 1U) != 0;
  }
  // Whether so many are more than any number of the region has.
  [[nodiscard]] bool is_too_long(std::size_t national_digits) const {
    return national_digits > longest_;
  }

  // How many digits the library takes from the beginning of `digits` (two or more) as national
  // prefix, provided that what is left has a possible length; 0 where it takes none, `unsure` where
  // the first two digits do not settle it.
  [[nodiscard]] int prefix_taken(std::string_view digits) const {
    return prefix_taken_[first_two(digits)];
  }
  // Whether the library keeps all of `national` where a calling code stands in front, and calls it
  // possible. The plan is then the one of the code's main region.
  [[nodiscard]] bool is_kept(std::string_view national) const {
    return is_possible(national.size()) && prefix_taken(national) == 0;
  }
  // Whether `digits` (two or more) could begin with what is dialled here for a plus.
  [[nodiscard]] bool may_lead_abroad(std::string_view digits) const {
    return may_lead_abroad_[first_two(digits)];
  }

 private:
  void read_lengths(const i18n::phonenumbers::PhoneMetadata& metadata);
  void read_prefixes(const i18n::phonenumbers::PhoneMetadata& metadata);

  static constexpr std::size_t beginnings = 100;  // of two digits
  static std::size_t first_two(std::string_view digits) {
    return static_cast<std::size_t>((digits[0] - '0') * 10 + (digits[1] - '0'));
  }

  std::size_t calling_code_;
  std::uint32_t possible_ = 0;  // bit n: n digits
  std::size_t longest_ = std::numeric_limits<std::size_t>::max();
  std::array<std::int8_t, beginnings> prefix_taken_{};
  std::bitset<beginnings> may_lead_abroad_;
};

// E.164 of three or more digits as dialled in a region, where it is certain that the library would
// read them so and call the number possible. `main` is the main region of the region's calling
// code, often the same. Certain are
//  - digits that begin with neither the calling code nor perhaps an international prefix, whose
//    beginning settles the national prefix, and whose count without it is possible in both;
//  - digits behind the calling code, if there are too many for a national number: they are read as
//    if there was a plus.
[[nodiscard]] std::optional<std::string> national_as_e164(std::string_view digits,
                                                          const NumberingPlan& region,
                                                          const NumberingPlan& main);

}  // namespace pruuv::identity
