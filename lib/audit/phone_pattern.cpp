
#include "audit/patterns.hpp"
#include "base/text.hpp"
#include "base/uuid.hpp"

namespace pruuv::audit {
namespace {

constexpr std::size_t uuid_length = 36;
constexpr std::size_t date_length = 10;  // 2026-11-22
constexpr std::size_t digits_max = 15;   // of a number by ITU-T E.164
constexpr std::size_t spelled_digits_min = 7;
constexpr std::size_t bare_digits_min = 8;  // seven in a run are a platform's error code

// What a number or a UUID starts with.
bool is_hex(char c) {
  return is_ascii_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_letter(char c) { return is_ascii_alpha(c) || c == '_'; }

// A slash stands in national numbers ("030/1234567"), but also between an error code and its
// subcode
// ("100/2804003"): it counts behind a leading zero only.
bool is_separator(char c, bool is_national) {
  return std::string_view(" -.()").find(c) != std::string_view::npos || (c == '/' && is_national);
}

bool is_date(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash_place = i == 4 || i == 7;
    if (is_dash_place ? text[i] != '-' : !is_ascii_digit(text[i])) return false;
  }
  return text.size() == date_length && text[5] <= '1' && text[8] <= '3';
}

// What starts at `at` and is told apart from a phone number by its shape; its length, or 0.
std::size_t known_shape(std::string_view text, std::size_t at) {
  for (const std::size_t length : {uuid_length, date_length}) {
    const std::string_view part = text.substr(at, length);
    const bool ends_there = at + length >= text.size() || !is_ascii_digit(text[at + length]);
    if (ends_there && (length == uuid_length ? is_uuid(part) : is_date(part))) return length;
  }
  return 0;
}

// The length of a + at that place, also as a URL spells it; 0 = none.
std::size_t plus_sign(std::string_view text, std::size_t at) {
  if (text[at] == '+') return 1;
  const std::string_view rest = text.substr(at);
  return rest.starts_with("%2B") || rest.starts_with("%2b") ? 3 : 0;
}

struct Number {
  std::size_t end = 0;  // after its last digit
  std::size_t digits = 0;
  bool has_separators = false;
};

// Digits from `at` on, with at most two separators between any two of them.
Number number_at(std::string_view text, std::size_t at) {
  constexpr std::size_t separators_max = 2;
  Number number;
  std::size_t separators = 0;
  bool is_national = false;
  for (; at < text.size(); ++at) {
    if (is_ascii_digit(text[at])) {
      if (number.digits == 0) is_national = text[at] == '0';
      if (number.digits > 0 && separators > 0) number.has_separators = true;
      separators = 0;
      ++number.digits;
      number.end = at + 1;
    } else if (!is_separator(text[at], is_national) || ++separators > separators_max ||
               known_shape(text, at + 1) > 0) {
      break;
    }
  }
  return number;
}

bool is_phone(std::string_view text, const Number& number, bool has_plus) {
  const bool runs_into_word = number.end < text.size() && is_letter(text[number.end]);
  if (has_plus) return number.digits >= spelled_digits_min;
  if (number.has_separators) return number.digits >= spelled_digits_min && !runs_into_word;
  return number.digits >= bare_digits_min && number.digits <= digits_max && !runs_into_word;
}

}  // namespace

std::string hide_phones(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const bool is_in_word = !out.empty() && (is_letter(out.back()) || is_ascii_digit(out.back()));
    const std::size_t plus = plus_sign(text, at);
    std::size_t length = 1;
    if (plus == 0 && (is_in_word || !is_hex(text[at]))) {
      out.push_back(text[at++]);
      continue;
    }
    if (const std::size_t known = known_shape(text, at); known > 0) {
      length = known;
    } else {
      const bool can_start = plus > 0 || is_ascii_digit(text[at]);
      const Number number = can_start ? number_at(text, at + plus) : Number();
      if (number.digits > 0 && is_phone(text, number, plus > 0)) {
        out.append(hidden);
        at = number.end;
        continue;
      }
      // A run that is none is passed over whole: its tail would look like a shorter one.
      if (number.digits > 0 && !number.has_separators) length = number.end - at;
    }
    out.append(text.substr(at, length));
    at += length;
  }
  return out;
}

}  // namespace pruuv::audit
