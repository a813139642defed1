#include "base/text.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace pruuv {
namespace {

constexpr bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000 || c == 0xFEFF;
}

constexpr bool is_unsafe_to_print(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || c == 0x200E ||
         c == 0x200F || c == 0x061C || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

struct Lead {
  std::size_t length;
  char32_t bits;
  char32_t smallest;  // below it the encoding is overlong
};

std::optional<Lead> lead_of(unsigned char byte) {
  if (byte < 0x80) return Lead{1, byte, 0};
  if (byte >= 0xC2 && byte <= 0xDF) return Lead{2, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte <= 0xEF) return Lead{3, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte <= 0xF4) return Lead{4, byte & 0x07U, 0x10000};
  return std::nullopt;
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& text) {
  const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = lead_of(byte_at(0));
  if (!lead || text.size() < lead->length) {
    text.remove_prefix(1);
    return std::nullopt;
  }
  char32_t code_point = lead->bits;
  for (std::size_t i = 1; i < lead->length; ++i) {
    if ((byte_at(i) & 0xC0U) != 0x80U) {
      text.remove_prefix(1);
      return std::nullopt;
    }
    code_point = (code_point << 6) | (byte_at(i) & 0x3FU);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (code_point < lead->smallest || code_point > 0x10FFFF || surrogate) {
    text.remove_prefix(1);
    return std::nullopt;
  }
  text.remove_prefix(lead->length);
  return code_point;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

// No early end and no bool in these two: so the compiler looks at many bytes at once.
bool is_all_visible_ascii(std::string_view text) {
  unsigned char others = 0;
  for (const char c : text) {
    const auto from_first = static_cast<unsigned char>(c - '!');
    others |= static_cast<unsigned char>(from_first > '~' - '!');
  }
  return others == 0;
}

bool is_ascii(std::string_view text) {
  unsigned char bits = 0;
  for (const char c : text) bits |= static_cast<unsigned char>(c);
  return bits < 0x80;
}

std::string_view trim_by_character(std::string_view text) {
  while (!text.empty()) {
    std::string_view rest = text;
    const auto c = take_code_point(rest);
    if (!c || !is_white_space(*c)) break;
    text = rest;
  }
  while (!text.empty()) {
    std::size_t start = text.size() - 1;
    while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) --start;
    std::string_view last = text.substr(start);
    const auto c = take_code_point(last);
    if (!c || !last.empty() || !is_white_space(*c)) break;
    text = text.substr(0, start);
  }
  return text;
}

std::string without_white_space(std::string_view text) {
  if (is_all_visible_ascii(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::string_view before = text;
    const auto c = take_code_point(text);
    if (c && is_white_space(*c)) continue;
    out.append(before.substr(0, before.size() - text.size()));
  }
  return out;
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

std::string ascii_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = upper(c);
  return out;
}

bool equal_ignoring_ascii_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

bool is_all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_ascii_digit);
}

bool is_sha256_hex(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return is_ascii_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
         });
}

std::optional<std::int64_t> parse_int64(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

bool is_valid_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  while (!text.empty()) {
    if (!take_code_point(text)) return false;
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::string_view before = text;
    const auto c = take_code_point(text);
    if (!c) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(before.front()));
    } else if (is_unsafe_to_print(*c)) {
      out += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(*c));
    } else {
      out.append(before.substr(0, before.size() - text.size()));
    }
  }
  return out;
}

std::string cut(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::size_t split_into(std::span<std::string_view> parts, std::string_view text, char separator) {
  for (std::size_t count = 0;; ++count) {
    const std::size_t at = text.find(separator);
    if (count < parts.size()) parts[count] = text.substr(0, at);
    if (at == std::string_view::npos) return count + 1;
    text.remove_prefix(at + 1);
  }
}

}  // namespace pruuv
