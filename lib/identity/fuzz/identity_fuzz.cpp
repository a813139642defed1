// Any bytes as every field of a person: what comes out is nothing, a digest, or the plain form that
// identity.hpp promises. The first byte picks the countries, the rest is the text.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "identity/identity.hpp"

namespace pruuv::identity {
namespace {

using Text = std::optional<std::string>;

constexpr std::array<std::string_view, 8> countries = {"",   "GB", "us", "UK",
                                                       "DE", "RO", "AR", "??"};

void require(bool is_right) {
  if (!is_right) std::abort();
}

bool is_digest(std::string_view text) { return is_sha256_hex(text) && ascii_lower(text) == text; }

bool is_visible_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

// Also with the appendix of a parameter builder behind it (".BA").
bool is_nothing_hashed(std::string_view text) {
  constexpr std::size_t digest_size = 64;
  return is_digest_of_nothing(trim(text).substr(0, digest_size));
}

// Not empty, UTF-8, and hashed to a digest that is never the one of nothing.
void check_form(const Text& text) {
  const Text hashed = hash(text);
  require(text.has_value() || !hashed);
  if (!text) return;
  require(!text->empty() && is_valid_utf8(*text));
  if (!hashed) return require(is_nothing_hashed(*text));
  require(is_digest(*hashed));
  require(!is_digest_of_nothing(*hashed));
}

// What was normalised once stays as it is, or the same person gets two digests.
template <typename Function>
void check_stable(std::string_view raw, Function normalize) {
  const Text once = normalize(raw);
  check_form(once);
  if (once) require(normalize(*once) == once);
}

void check_email(std::string_view raw) {
  for (const EmailRule rule : {EmailRule::plain, EmailRule::tiktok, EmailRule::google}) {
    check_stable(raw, [rule](std::string_view text) { return normalize_email(text, rule); });
    const Text email = normalize_email(raw, rule);
    const Text hashed = hash_email(raw, rule);
    require(!hashed || is_digest(*hashed));
    require(!email || hashed.has_value() || is_nothing_hashed(trim(raw)));
    require(!hashed || !is_digest_of_nothing(*hashed));
    if (!email) continue;
    require(is_valid_utf8(*email) && ascii_lower(*email) == *email);
    require(rule != EmailRule::plain || is_visible_ascii(*email));
    require(without_white_space(*email) == *email);
    const auto at = email->rfind('@');
    require(at != std::string::npos && at > 0 && email->find('.', at) != std::string::npos);
  }
}

void check_phone(std::string_view raw, std::string_view event_country,
                 std::string_view default_country) {
  const Phone phone = parse_phone(raw, event_country, default_country);
  const std::string with_plus = hash_phone_with_plus(phone);
  const std::string digits = hash_phone_digits(phone);
  require(with_plus.empty() == phone.absent() && digits.empty() == phone.absent());
  require(with_plus.empty() || (is_digest(with_plus) && is_digest(digits)));
  require(phone.e164.empty() || phone.digest.empty());
  require(phone.absent() || phone.reason == Reason::none);
  if (phone.e164.empty()) return;
  const std::string_view number = phone.e164;
  require(number.front() == '+' && is_all_digits(number.substr(1)));
  require(number.size() >= 4 && number.size() <= 18 && number[1] != '0');
}

void check_places(std::string_view raw) {
  check_stable(raw, normalize_city);
  check_form(normalize_state(raw));
  check_form(normalize_zip(raw));
  for (const Text& place : {normalize_city(raw), normalize_state(raw)}) {
    if (!place || is_digest(*place)) continue;
    require(place->find_first_of(" \t@.,0123456789") == std::string::npos);
  }
  const Text zip = normalize_zip(raw);
  require(!zip || (zip->size() >= 2 && zip->find_first_of(" -") == std::string::npos));
  const Text google_zip = normalize_postal_code_google(raw);
  require(!google_zip || (is_valid_utf8(*google_zip) && !is_sha256_hex(*google_zip)));
  check_stable(raw, normalize_country);
  const Text country = normalize_country(raw);
  require(!country || (country->size() == 2 && ascii_lower(*country) == *country));
}

void check_names(std::string_view raw) {
  for (const NameRule rule : {NameRule::meta, NameRule::tiktok}) {
    check_stable(raw, [rule](std::string_view text) { return normalize_name(text, rule); });
    const Text name = normalize_name(raw, rule);
    if (name)
      require(name->find_first_of(".,;:!?@ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos);
  }
  check_form(normalize_given_name_google(raw));
  check_form(normalize_family_name_google(raw));
  check_stable(raw, normalize_external_id_meta);
  check_stable(raw, normalize_external_id_tiktok);
}

void check_birth_and_gender(std::string_view raw) {
  check_stable(raw, normalize_gender);
  check_stable(raw, normalize_date_of_birth);
  const Text birth = normalize_date_of_birth(raw);
  require(!birth || is_digest(*birth) || (birth->size() == 8 && is_all_digits(*birth)));
}

void check_ip(std::string_view raw) {
  check_stable(raw, normalize_ip);
  const Text ip = normalize_ip(raw);
  require(!ip || ip->find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos);
}

}  // namespace
}  // namespace pruuv::identity

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace pruuv::identity;
  if (size == 0) return 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are what a fuzzer gives
  const std::string_view raw(reinterpret_cast<const char*>(data) + 1, size - 1);
  check_email(raw);
  check_phone(raw, countries[data[0] % countries.size()],
              countries[data[0] / countries.size() % countries.size()]);
  check_places(raw);
  check_names(raw);
  check_birth_and_gender(raw);
  check_ip(raw);
  return 0;
}
