#include <algorithm>
#include <array>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "identity/digest.hpp"
#include "identity/identity.hpp"
#include "identity/letter_case.hpp"

namespace pruuv::identity {
namespace {

// Characters of the local part beside the dot, by byte.
constexpr std::array<bool, 256> make_local_characters() {
  std::array<bool, 256> set{};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz0123456789_!#$%&'*+/=?^`{|}~-")) {
    set.at(static_cast<unsigned char>(c)) = true;
  }
  return set;
}
constexpr std::array<bool, 256> local_characters = make_local_characters();

// Characters nobody sees, which come along when an address is copied.
bool has_invisible(std::string_view text) {
  while (!text.empty()) {
    const char32_t c = take_code_point(text).value_or(0);
    const bool is_invisible = (c >= 0x7f && c < 0xa0) || c == 0xad ||
                              (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
                              (c >= 0x2060 && c <= 0x2064) || c == 0xfeff;
    if (is_invisible) return true;
  }
  return false;
}

// UTF-8 without space of any script.
bool is_text_of_letters(std::string_view text) {
  if (is_all_visible_ascii(text)) return true;
  return is_valid_utf8(text) && without_white_space(text) == text && !has_invisible(text);
}

// Part of a letter outside ASCII; that the text is UTF-8 is known by then.
bool is_of_other_letter(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_local_character(char c) {
  return local_characters[static_cast<unsigned char>(c)] || is_of_other_letter(c);
}
bool is_label_end(char c) {
  return is_ascii_digit(c) || (c >= 'a' && c <= 'z') || is_of_other_letter(c);
}

// One or more non-empty runs of allowed characters, with one dot between two of them.
bool is_local_part(std::string_view text) {
  bool after_dot = true;
  for (const char c : text) {
    if (c == '.' ? after_dot : !is_local_character(c)) return false;
    after_dot = c == '.';
  }
  return !after_dot;
}

bool is_label(std::string_view text) {
  if (text.empty() || !is_label_end(text.front()) || !is_label_end(text.back())) return false;
  for (const char c : text) {
    if (!is_label_end(c) && c != '-') return false;
  }
  return true;
}

bool is_domain(std::string_view text) {
  std::size_t labels = 0;
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    ++labels;
    if (dot == std::string_view::npos) return labels >= 2;
    text.remove_prefix(dot + 1);
  }
}

// Google reads a gmail address without its dots and its +suffix; the domain stays as
// written.
std::string without_gmail_variants(std::string_view local) {
  std::string out;
  for (const char c : local.substr(0, local.find('+'))) {
    if (c != '.') out.push_back(c);
  }
  return out;
}

}  // namespace

std::optional<std::string> normalize_email(std::string_view raw, EmailRule rule) {
  const auto lower =
      rule == EmailRule::google ? lower_case(trim(raw)) : std::optional(ascii_lower(trim(raw)));
  if (!lower || !is_text_of_letters(*lower)) return std::nullopt;
  const std::string& address = *lower;
  if (rule == EmailRule::plain && std::ranges::any_of(address, is_of_other_letter))
    return std::nullopt;
  const std::size_t at = address.find('@');
  if (at == std::string::npos) return std::nullopt;
  const std::string_view local = std::string_view(address).substr(0, at);
  const std::string_view domain = std::string_view(address).substr(at + 1);
  if (!is_local_part(local) || !is_domain(domain)) return std::nullopt;
  if (rule != EmailRule::google || (domain != "gmail.com" && domain != "googlemail.com"))
    return address;
  const std::string kept = without_gmail_variants(local);
  if (kept.empty()) return std::nullopt;
  return kept + address.substr(at);
}

std::optional<std::string> hash_email(std::string_view raw, EmailRule rule) {
  if (const auto digest = read_digest(raw)) return hash(digest);
  const auto address = normalize_email(raw, rule);
  if (!address) return std::nullopt;
  return sha256_hex(*address);
}

}  // namespace pruuv::identity
