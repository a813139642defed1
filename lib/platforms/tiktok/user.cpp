#include "platforms/tiktok/user.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "identity/identity.hpp"
#include "platforms/click_id.hpp"
#include "platforms/fields.hpp"

namespace pruuv::platforms::tiktok {
namespace {

constexpr std::size_t ttclid_max = 1000;  // characters; a cut one matches nobody

std::string read_ttclid(const FunnelEvent& event, const Person& person,
                        std::vector<Warning>& warnings) {
  std::string ttclid = sendable_plain_text(event.ttclid, "ttclid", person, warnings);
  if (ttclid.size() > ttclid_max) {
    warnings.push_back({"ttclid", Reason::ttclid_too_long});
    return {};
  }
  if (is_placeholder_click_id(ttclid)) {
    warnings.push_back({"ttclid", Reason::click_id_placeholder});
    return {};
  }
  if (is_click_of_another_platform("ttclid", ttclid)) {
    warnings.push_back({"ttclid", Reason::click_id_of_another_platform});
    return {};
  }
  return ttclid;
}

// A place in the clear. TikTok says nothing of letters outside ASCII, and a digest has no place
// here.
std::string plain_place(std::string_view raw, std::string_view field, Normalize normalize,
                        const Person& person, std::vector<Warning>& warnings) {
  const std::string text = sendable_plain_text(raw, field, person, warnings);
  if (text.empty()) return {};
  if (is_sha256_hex(text)) return {};
  const std::string place = normalize(text).value_or("");
  const bool is_ascii =
      std::ranges::all_of(place, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return is_ascii ? place : std::string();
}

std::string plain_country(const FunnelEvent& event, std::vector<Warning>& warnings) {
  const std::string text = sendable_text(event.country, "country", warnings);
  if (text.empty()) return {};
  const auto country = identity::normalize_country(text);
  if (!country) warnings.push_back({"country", Reason::country_invalid});
  return country.value_or("");
}

// A language of two or three letters, then up to three parts of two to eight letters and digits.
bool is_locale(std::string_view text) {
  const auto is_letter_or_digit = [](char c) { return is_ascii_alpha(c) || is_ascii_digit(c); };
  constexpr std::size_t parts_max = 4;
  std::size_t begin = 0;
  for (std::size_t number = 0; number < parts_max; ++number) {
    const std::size_t end = std::min(text.find_first_of("-_", begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    const bool is_word = number == 0
                             ? std::ranges::all_of(part, [](char c) { return is_ascii_alpha(c); })
                             : std::ranges::all_of(part, is_letter_or_digit);
    if (!is_word || part.size() < 2 || part.size() > (number == 0 ? 3U : 8U)) return false;
    if (end == text.size()) return true;
    begin = end + 1;
  }
  return false;
}

std::string read_locale(const Details& details, std::vector<Warning>& warnings) {
  std::string locale = details.text("locale", warnings);
  if (locale.empty() || is_locale(locale)) return locale;
  warnings.push_back({"locale", Reason::detail_left_out});
  return {};
}

void read_hashed(User& user, const FunnelEvent& event, const Phone& phone,
                 const Connection& connection, std::vector<Warning>& warnings) {
  const Normalize name = [](std::string_view raw) {
    return identity::normalize_name(raw, identity::NameRule::tiktok);
  };
  user.email = hashed_email(event, identity::EmailRule::tiktok, warnings);
  user.phone = identity::hash_phone_with_plus(phone);
  warn_of_phone(event, phone, warnings);
  if (setting(connection, "tiktok.external_id") != "off") {
    user.external_id = hashed_field(event.external_id, "external_id",
                                    identity::normalize_external_id_tiktok, Reason::none, warnings);
  }
  user.first_name = hashed_field(event.first_name, "first_name", name, Reason::none, warnings);
  user.last_name = hashed_field(event.last_name, "last_name", name, Reason::none, warnings);
  user.zip_code =
      hashed_field(event.zip, "zip", identity::normalize_zip_tiktok, Reason::none, warnings);
}

}  // namespace

User read_user(const FunnelEvent& event, const Phone& phone, const Connection& connection,
               const Details& details, const Person& person, std::vector<Warning>& warnings) {
  const bool is_click_only = consent(event.consent_ad_user_data) == Consent::denied &&
                             setting(connection, "tiktok.denied_consent") == "send";
  User user;
  user.ttclid = read_ttclid(event, person, warnings);
  if (!is_click_only) user.ttp = sendable_plain_text(event.ttp, "ttp", person, warnings);
  if (!is_click_only || is_limited_data_use(event)) user.ip = sendable_ip(event, warnings);
  if (is_click_only) {
    warnings.push_back({"consent_ad_user_data", Reason::consent_denied_identifiers});
    return user;
  }
  read_hashed(user, event, phone, connection, warnings);
  user.user_agent = sendable_plain_text(event.user_agent, "user_agent", person, warnings);
  user.locale = read_locale(details, warnings);
  user.city = plain_place(event.city, "city", identity::normalize_city, person, warnings);
  user.state = plain_place(event.state, "state", identity::normalize_state, person, warnings);
  user.country = plain_country(event, warnings);
  return user;
}

void write_user(json::Writer& out, const User& user) {
  out.key("user");
  out.begin_object();
  out.member("ttclid", user.ttclid);
  out.member("ttp", user.ttp);
  write_list_of_one(out, "email", user.email);
  write_list_of_one(out, "phone", user.phone);
  write_list_of_one(out, "external_id", user.external_id);
  out.member("ip", user.ip);
  out.member("user_agent", user.user_agent);
  out.member("locale", user.locale);
  out.member("first_name", user.first_name);
  out.member("last_name", user.last_name);
  out.member("city", user.city);
  out.member("state", user.state);
  out.member("zip_code", user.zip_code);
  out.member("country", user.country);
  out.end_object();
}

}  // namespace pruuv::platforms::tiktok
