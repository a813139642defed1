#include "platforms/personal_data.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "platforms/fields.hpp"

namespace pruuv::platforms {
namespace {

constexpr std::size_t phone_digits_min = 7;
constexpr std::size_t phone_digits_compared = 8;

bool is_word_byte(char c) {
  return is_ascii_alpha(c) || is_ascii_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}

std::string with_at_signs(std::string_view text) {
  std::string out(text);
  for (auto at = out.find("%40"); at != std::string::npos; at = out.find("%40", at)) {
    out.replace(at, 3, "@");
  }
  return out;
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), is_ascii_digit);
  return digits;
}

// "20703130" stands in "020 7031-3000": whatever separators there are between the digits.
bool holds_digits(std::string_view text, std::string_view digits) {
  for (auto begin = text.find(digits.front()); begin != std::string_view::npos;
       begin = text.find(digits.front(), begin + 1)) {
    std::size_t matched = 0;
    for (const char c : text.substr(begin)) {
      if (is_phone_separator(c)) continue;
      if (c != digits[matched]) break;
      if (++matched == digits.size()) return true;
    }
  }
  return false;
}

bool has_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    const bool begins = at == 0 || !is_word_byte(text[at - 1]);
    if (begins && (end == text.size() || !is_word_byte(text[end]))) return true;
  }
  return false;
}

// "example.com", not "3.50".
bool ends_in_domain(std::string_view text) {
  for (auto point = text.find('.', 1); point < text.size(); point = text.find('.', point + 1)) {
    if (point + 1 < text.size() && is_ascii_alpha(text[point + 1])) return true;
  }
  return false;
}

}  // namespace

bool holds_email_address(std::string_view raw) {
  if (raw.find('@') == std::string_view::npos && raw.find("%40") == std::string_view::npos)
    return false;
  const std::string text = with_at_signs(raw);
  for (auto at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
    if (at == 0 || text[at - 1] == ' ' || text[at - 1] == '/') continue;  // a handle: "/@shop"
    const auto end = std::min(text.find_first_of(" /?&#,;<>\"'()@", at + 1), text.size());
    if (ends_in_domain(std::string_view(text).substr(at + 1, end - at - 1))) return true;
  }
  return false;
}

Person::Person(const FunnelEvent& event) {
  std::string digits = is_sha256_hex(trim(event.phone)) ? std::string() : digits_of(event.phone);
  if (digits.size() > phone_digits_compared) digits.erase(0, digits.size() - phone_digits_compared);
  if (digits.size() >= phone_digits_min) phone_digits_ = std::move(digits);
  if (trim(event.first_name).empty() || trim(event.last_name).empty()) return;
  first_name_ = ascii_lower(trim(event.first_name));
  last_name_ = ascii_lower(trim(event.last_name));
}

bool Person::is_named_in(std::string_view text) const {
  if (holds_email_address(text)) return true;
  if (!phone_digits_.empty() && holds_digits(text, phone_digits_)) return true;
  if (first_name_.empty()) return false;
  const std::string lower = ascii_lower(text);
  return has_word(lower, first_name_) && has_word(lower, last_name_);
}

std::string sendable_plain_text(std::string_view raw, std::string_view field, const Person& person,
                                std::vector<Warning>& warnings) {
  std::string text = sendable_text(raw, field, warnings);
  if (text.empty() || !person.is_named_in(text)) return text;
  warnings.push_back({field, Reason::personal_data_left_out});
  return {};
}

}  // namespace pruuv::platforms
