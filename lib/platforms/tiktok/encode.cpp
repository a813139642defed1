#include "platforms/tiktok/encode.hpp"

#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "base/text.hpp"
#include "identity/identity.hpp"
#include "platforms/event_name.hpp"
#include "platforms/fields.hpp"
#include "platforms/money.hpp"

namespace pruuv::platforms::tiktok {
namespace {

constexpr std::size_t ttclid_max =
    1000;  // characters; a longer one is left out: a cut one matches nobody

// Page ads.tiktok.com/help/article/supported-standard-events
constexpr std::array<std::string_view, 18> standard_events = {
    "AddPaymentInfo",
    "AddToCart",
    "AddToWishlist",
    "ApplicationApproval",
    "CompleteRegistration",
    "Contact",
    "CustomizeProduct",
    "Download",
    "FindLocation",
    "InitiateCheckout",
    "Lead",
    "Purchase",
    "Schedule",
    "Search",
    "StartTrial",
    "SubmitApplication",
    "Subscribe",
    "ViewContent",
};

constexpr std::array<EventWord, 1> event_words = {{{"booking", "Schedule"}}};

// The closed list of the endpoint's page. What happens outside it is not documented, so it is not
// tried.
constexpr std::array<std::string_view, 62> currencies = {
    "AED", "ARS", "AUD", "BDT", "BHD", "BIF", "BOB", "BRL", "CAD", "CHF", "CLP", "CNY", "COP",
    "CRC", "CZK", "DKK", "DZD", "EGP", "EUR", "GBP", "GTQ", "HKD", "HNL", "HUF", "IDR", "ILS",
    "INR", "ISK", "JPY", "KES", "KHR", "KRW", "KWD", "KZT", "MAD", "MOP", "MXN", "MYR", "NGN",
    "NIO", "NOK", "NZD", "OMR", "PEN", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RUB", "SAR",
    "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VES", "VND", "ZAR",
};

// user as it will be written; empty = left out. Keys are TikTok's: it answers code 0 even to a
// misspelled one.
struct User {
  std::string ttclid, ttp;                // in the clear
  std::string email, phone, external_id;  // SHA-256
  std::string ip, user_agent;             // in the clear
  std::string first_name, last_name;      // SHA-256
  std::string city, state;                // normalised, in the clear
  std::string zip_code;                   // SHA-256
  std::string country;                    // normalised, in the clear

  [[nodiscard]] bool suffices() const {
    return !ttclid.empty() || !email.empty() || !phone.empty() || !external_id.empty();
  }
};

std::string read_ttclid(const FunnelEvent& event, std::vector<Warning>& warnings) {
  std::string ttclid = sendable_text(event.ttclid, "ttclid", warnings);
  if (ttclid.size() <= ttclid_max) return ttclid;
  warnings.push_back({"ttclid", Reason::ttclid_too_long});
  return {};
}

// A place in the clear. TikTok says nothing of letters outside ASCII, and a digest has no place
// here.
std::string plain_place(std::string_view raw, std::string_view field, Normalize normalize,
                        std::vector<Warning>& warnings) {
  const std::string text = sendable_text(raw, field, warnings);
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

User read_user(const FunnelEvent& event, const Phone& phone, std::vector<Warning>& warnings) {
  using identity::NameRule;
  const Normalize name = [](std::string_view raw) {
    return identity::normalize_name(raw, NameRule::tiktok);
  };
  User user;
  user.ttclid = read_ttclid(event, warnings);
  user.ttp = sendable_text(event.ttp, "ttp", warnings);
  user.email = hashed_email(event, warnings);
  user.phone = identity::hash_phone_with_plus(phone);
  warn_of_phone(event, phone, warnings);
  user.external_id = hashed_field(event.external_id, "external_id",
                                  identity::normalize_external_id_tiktok, Reason::none, warnings);
  user.ip = sendable_ip(event, warnings);
  user.user_agent = sendable_text(event.user_agent, "user_agent", warnings);
  user.first_name = hashed_field(event.first_name, "first_name", name, Reason::none, warnings);
  user.last_name = hashed_field(event.last_name, "last_name", name, Reason::none, warnings);
  user.city = plain_place(event.city, "city", identity::normalize_city, warnings);
  user.state = plain_place(event.state, "state", identity::normalize_state, warnings);
  user.zip_code = hashed_field(event.zip, "zip", identity::normalize_zip, Reason::none, warnings);
  user.country = plain_country(event, warnings);
  return user;
}

void write_list(json::Writer& out, std::string_view key, const std::string& only) {
  if (only.empty()) return;
  out.key(key);
  out.begin_array();
  out.text(only);
  out.end_array();
}

void write_user(json::Writer& out, const User& user) {
  out.key("user");
  out.begin_object();
  out.member("ttclid", user.ttclid);
  out.member("ttp", user.ttp);
  write_list(out, "email", user.email);
  write_list(out, "phone", user.phone);
  write_list(out, "external_id", user.external_id);
  out.member("ip", user.ip);
  out.member("user_agent", user.user_agent);
  out.member("first_name", user.first_name);
  out.member("last_name", user.last_name);
  out.member("city", user.city);
  out.member("state", user.state);
  out.member("zip_code", user.zip_code);
  out.member("country", user.country);
  out.end_object();
}

// Both or neither; without them the conversion is still worth something to the account.
Money read_checked_money(const FunnelEvent& event, const Connection& connection,
                         std::vector<Warning>& warnings) {
  Money money = read_money(event, connection);
  if (money.value_is == Stated::missing) return Money{};
  if (money.value_is == Stated::invalid) {
    warnings.push_back({"value", Reason::value_left_out});
    return Money{};
  }
  if (std::ranges::find(currencies, money.currency) == currencies.end()) {
    warnings.push_back({"currency", Reason::currency_left_out});
    return Money{};
  }
  return money;
}

void write_properties(json::Writer& out, const Money& money, const std::string& order_id) {
  if (money.value.empty() && order_id.empty()) return;
  out.key("properties");
  out.begin_object();
  out.member_raw("value", money.value);
  out.member("currency", money.currency);
  out.member("order_id", order_id);
  out.end_object();
}

void write_page(json::Writer& out, const std::string& url, const std::string& referrer) {
  out.key("page");
  out.begin_object();
  out.member("url", url);
  out.member("referrer", referrer);
  out.end_object();
}

}  // namespace

Encoding encode(const FunnelEvent& event, const Phone& phone, const Connection& connection) {
  Encoding out;
  if (consent(event.consent_ad_user_data) == Consent::denied) {
    out.refusals.push_back(Reason::consent_denied);
  }
  const auto name = platform_event_name(event, connection, event_words, standard_events);
  if (!name) out.refusals.push_back(Reason::event_name_invalid);

  std::string url = sendable_url(event.page_url, "page_url", out.warnings);
  if (url.empty())
    url = sendable_url(setting(connection, "tiktok.page_url"), "page_url", out.warnings);
  if (url.empty()) out.refusals.push_back(Reason::page_url_missing);
  const std::string referrer = sendable_url(event.referrer, "referrer", out.warnings);

  const User user = read_user(event, phone, out.warnings);
  // With limited_data_use TikTok decides by the visitor's address; without one the wish cannot be
  // kept.
  const bool is_limited = is_limited_data_use(event);
  if (!user.suffices() || (is_limited && user.ip.empty())) {
    out.refusals.push_back(Reason::user_data_insufficient);
  }
  const Money money = read_checked_money(event, connection, out.warnings);
  const std::string order_id = sendable_text(event.order_id, "order_id", out.warnings);
  if (!out.refusals.empty()) return out;

  json::Writer object;
  object.begin_object();
  object.member("event", *name);
  object.member_integer("event_time", event.event_time);
  object.member("event_id", event.id);
  write_user(object, user);
  write_page(object, url, referrer);
  write_properties(object, money, order_id);
  if (is_limited) object.member_boolean("limited_data_use", true);
  object.end_object();

  out.conversion.event_seq = event.seq;
  out.conversion.event_id = event.id;
  out.conversion.object = object.str();
  out.conversion.dedup_scope = connection.destination + "/" + *name;
  return out;
}

}  // namespace pruuv::platforms::tiktok
