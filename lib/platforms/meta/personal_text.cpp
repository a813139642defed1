#include "platforms/meta/personal_text.hpp"

#include "base/text.hpp"
#include "identity/letter_case.hpp"

namespace pruuv::platforms::meta {
namespace {

constexpr std::size_t email_size_min = 5;
constexpr std::size_t phone_digits_min = 7;
constexpr std::size_t phone_digits_max = 9;  // of E.164: the rest is country and trunk code
constexpr std::size_t name_size_min = 3;

bool is_word_byte(char c) {
  return is_ascii_alpha(c) || is_ascii_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}

std::string with_plain_at_signs(std::string_view text) {
  std::string out(text);
  for (auto at = out.find("%40"); at != std::string::npos; at = out.find("%40", at))
    out.replace(at, 3, "@");
  return out;
}

// An '@' with a letter or digit at both sides: "jane@shop.example", not "tiktok.com/@shop".
bool holds_email(std::string_view text) {
  for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    if (at > 0 && at + 1 < text.size() && is_word_byte(text[at - 1]) && is_word_byte(text[at + 1]))
      return true;
  }
  return false;
}

// The digits in a row, whatever people put between them.
bool holds_digits(std::string_view text, std::string_view digits) {
  std::string row;
  for (const char c : text) {
    if (is_ascii_digit(c)) {
      row += c;
    } else if (std::string_view(" -./()").find(c) == std::string_view::npos) {
      if (row.find(digits) != std::string::npos) return true;
      row.clear();
    }
  }
  return row.find(digits) != std::string::npos;
}

bool holds_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !is_word_byte(text[at - 1]);
    if (starts && (end == text.size() || !is_word_byte(text[end]))) return true;
  }
  return false;
}

bool holds_name(std::string_view lower_text, std::string_view name) {
  if (name.size() < name_size_min || is_sha256_hex(name)) return false;
  const auto lower_name = identity::lower_case(name);
  return lower_name && holds_word(lower_text, *lower_name);
}

std::string last_digits(std::string_view number) {
  std::string digits;
  for (const char c : number) {
    if (is_ascii_digit(c)) digits += c;
  }
  digits.erase(0, digits.find_first_not_of('0'));
  if (digits.size() < phone_digits_min) return {};
  if (digits.size() > phone_digits_max) digits.erase(0, digits.size() - phone_digits_max);
  return digits;
}

}  // namespace

PersonalText::PersonalText(const FunnelEvent& event, const Phone& phone)
    : first_name_(trim(event.first_name)), last_name_(trim(event.last_name)) {
  const std::string_view email = trim(event.email);
  if (email.size() >= email_size_min && !is_sha256_hex(email)) email_ = ascii_lower(email);
  if (phone.digest.empty())
    phone_digits_ = last_digits(phone.e164.empty() ? event.phone : phone.e164);
}

bool PersonalText::holds_own_contact(std::string_view text) const {
  if (!email_.empty() && ascii_lower(text).find(email_) != std::string::npos) return true;
  return !phone_digits_.empty() && holds_digits(text, phone_digits_);
}

bool PersonalText::holds_contact(std::string_view text) const {
  const std::string plain = with_plain_at_signs(text);
  return holds_email(plain) || holds_own_contact(plain);
}

bool PersonalText::holds_person(std::string_view text) const {
  if (holds_contact(text)) return true;
  if (first_name_.size() < name_size_min && last_name_.size() < name_size_min) return false;
  const auto lower = identity::lower_case(text);
  return lower && (holds_name(*lower, first_name_) || holds_name(*lower, last_name_));
}

}  // namespace pruuv::platforms::meta
