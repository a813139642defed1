#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pruuv::identity {

using DigitSet = std::uint16_t;  // bit d: the digit d is in it

[[nodiscard]] constexpr DigitSet digit_bit(char digit) {
  return static_cast<DigitSet>(1U << static_cast<unsigned>(digit - '0'));
}

// The digits that a match of libphonenumber's pattern for a national prefix can begin with, e.g. 0
// for "0", 0 and 9 for "(?:0|90)(?:(\d{2}))?". Perhaps one too many, never one too few. Nothing
// where the pattern can match without taking a digit, or is written in a way not read here: then no
// number is known to be safe from it. A pattern is digits, \d, [classes], groups, |, $ and the
// usual quantifiers.
[[nodiscard]] std::optional<DigitSet> first_digits(std::string_view pattern);

}  // namespace pruuv::identity
