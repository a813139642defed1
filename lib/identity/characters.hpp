#pragma once

#include <string>
#include <string_view>

namespace pruuv::identity {

// The 32 printable ASCII characters that are neither letter, digit nor space.
[[nodiscard]] constexpr bool is_ascii_punctuation(char c) {
  return (c >= 0x21 && c <= 0x2F) || (c >= 0x3A && c <= 0x40) || (c >= 0x5B && c <= 0x60) ||
         (c >= 0x7B && c <= 0x7E);
}

[[nodiscard]] inline std::string without_ascii_punctuation(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (!is_ascii_punctuation(c)) out.push_back(c);
  }
  return out;
}

}  // namespace pruuv::identity
