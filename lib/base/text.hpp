#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pruuv {

[[nodiscard]] constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_ascii_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A byte that is a character of its own and leaves a mark on paper: '!' to '~'. Nearly all text is
// made of these, so what follows asks for them first and decodes UTF-8 only where there are others.
[[nodiscard]] constexpr bool is_visible_ascii(char c) { return c > ' ' && c < '\x7f'; }
[[nodiscard]] bool is_all_visible_ascii(std::string_view text);  // also of nothing
[[nodiscard]] bool is_ascii(std::string_view text);              // also of nothing

// Without white space at both ends. White space is JavaScript's set (what the platforms' own code
// trims): U+0009-000D, 0020, 00A0, 1680, 2000-200A, 2028, 2029, 202F, 205F, 3000, FEFF; not U+200B.
[[nodiscard]] std::string_view trim_by_character(std::string_view text);
[[nodiscard]] inline std::string_view trim(std::string_view text) {
  if (text.empty() || (is_visible_ascii(text.front()) && is_visible_ascii(text.back())))
    return text;
  return trim_by_character(text);
}
[[nodiscard]] std::string without_white_space(std::string_view text);

[[nodiscard]] constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
[[nodiscard]] std::string ascii_lower(std::string_view text);
[[nodiscard]] std::string ascii_upper(std::string_view text);
[[nodiscard]] bool equal_ignoring_ascii_case(std::string_view a, std::string_view b);

[[nodiscard]] bool is_all_digits(std::string_view text);  // at least one, ASCII only

// 64 hexadecimal digits of either case: a value somebody hashed already.
[[nodiscard]] bool is_sha256_hex(std::string_view text);

// A whole decimal number with an optional minus; nothing if anything else stands there or it
// overflows.
[[nodiscard]] std::optional<std::int64_t> parse_int64(std::string_view text);

[[nodiscard]] bool is_valid_utf8(std::string_view text);

// Safe to print on a terminal or in a line of a log: control characters, DEL, C1, line and
// paragraph separators, bidirectional controls and bytes that are no UTF-8 become \xNN or \u{NNNN}.
[[nodiscard]] std::string printable(std::string_view text);

// Cut at `max_bytes`, never inside a character, with "..." where something was cut.
[[nodiscard]] std::string cut(std::string_view text, std::size_t max_bytes);

[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// As split(), into `parts` as far as there is room; gives how many parts the text has.
[[nodiscard]] std::size_t split_into(std::span<std::string_view> parts, std::string_view text,
                                     char separator);

// One character off the front; the code point, or nothing (and one byte off) where it is no UTF-8.
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& text);
void append_utf8(std::string& out, char32_t code_point);

}  // namespace pruuv
