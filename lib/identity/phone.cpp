#include "base/sha256.hpp"
#include "base/text.hpp"
#include "identity/digest.hpp"
#include "identity/identity.hpp"
#include "identity/phone_fast_path.hpp"
#include "identity/phone_library.hpp"

namespace pruuv::identity {
namespace {

// 00 is how most of the world dials what + stands for.
std::string with_plus_for_00(std::string_view text) {
  std::string number;
  if (text.starts_with("00")) {
    number = '+';
    text.remove_prefix(2);
  }
  number += text;
  return number;
}

// The code as libphonenumber knows it, or "" if it knows no such region.
std::string region_of(std::string_view country) {
  std::string region = ascii_upper(trim(country));
  if (region == "UK") region = "GB";
  if (region.empty() || is_listed_region(region)) return region;
  return is_phone_region(region) ? region : std::string();
}

}  // namespace

Phone parse_phone(std::string_view raw, std::string_view event_country,
                  std::string_view default_country) {
  const std::string_view text = trim(raw);
  if (text.empty()) return {};
  if (auto digest = read_digest(text)) {
    if (is_digest_of_nothing(*digest)) return {"", "", Reason::phone_invalid};
    return {"", *std::move(digest), Reason::none};
  }
  const std::string number = with_plus_for_00(text);
  if (is_settled_e164(number)) return {number, "", Reason::none};
  std::string region = region_of(event_country);
  if (region.empty()) region = region_of(default_country);
  if (auto national = settled_national(number, region))
    return {*std::move(national), "", Reason::none};
  return parse_with_library(number, region);
}

std::string hash_phone_with_plus(const Phone& phone) {
  if (!phone.digest.empty()) return phone.digest;
  return phone.e164.empty() ? std::string() : sha256_hex(phone.e164);
}

std::string hash_phone_digits(const Phone& phone) {
  if (!phone.digest.empty()) return phone.digest;
  return phone.e164.empty() ? std::string() : sha256_hex(std::string_view(phone.e164).substr(1));
}

}  // namespace pruuv::identity
