#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pruuv {

// A lead, purchase, booking ... as the collector wrote it down. Only read here; never changed.
// Optional fields are text as they came, empty = absent (null, "" and blank mean the same at
// import).
struct FunnelEvent {
  std::int64_t seq = 0;  // the store's own number, in order of arrival
  std::string id;        // UUID, kept and sent exactly as written: the dedup key everywhere
  std::string client_id;
  std::string event_name;
  std::int64_t event_time = 0;  // Unix seconds

  std::string value;     // decimal text; never a double
  std::string currency;  // ISO 4217
  std::string email;
  std::string phone;
  std::string country;  // ISO 3166-1 alpha-2
  std::string first_name;
  std::string last_name;
  std::string city;
  std::string state;
  std::string zip;
  std::string external_id;
  std::string ip;
  std::string user_agent;
  std::string page_url;
  std::string referrer;
  std::string fbclid;
  std::string fbc;
  std::string fbp;
  std::string gclid;
  std::string gbraid;
  std::string wbraid;
  std::string ttclid;
  std::string ttp;
  std::string
      click_timestamp;  // Unix seconds of the first sight of the click; click_time_s() reads it
  std::string order_id;
  std::string action_source;         // absent = website
  std::string consent_ad_user_data;  // consent() reads these two
  std::string consent_ad_personalization;
  std::string limited_data_use;  // is_limited_data_use() reads it
  std::string extra;             // JSON object of keys this program does not know
};

// The optional fields by their name in JSON and in SQL, in the order of the store's columns.
// Import, store and inspect all walk this one list.
struct EventField {
  std::string_view name;
  std::string FunnelEvent::*text;
  bool personal;  // masked wherever a person reads it
};

inline constexpr std::array<EventField, 29> event_fields = {{
    {"value", &FunnelEvent::value, false},
    {"currency", &FunnelEvent::currency, false},
    {"email", &FunnelEvent::email, true},
    {"phone", &FunnelEvent::phone, true},
    {"country", &FunnelEvent::country, false},
    {"first_name", &FunnelEvent::first_name, true},
    {"last_name", &FunnelEvent::last_name, true},
    {"city", &FunnelEvent::city, true},
    {"state", &FunnelEvent::state, true},
    {"zip", &FunnelEvent::zip, true},
    {"external_id", &FunnelEvent::external_id, true},
    {"ip", &FunnelEvent::ip, true},
    {"user_agent", &FunnelEvent::user_agent, true},
    {"page_url", &FunnelEvent::page_url, true},
    {"referrer", &FunnelEvent::referrer, true},
    {"fbclid", &FunnelEvent::fbclid, true},
    {"fbc", &FunnelEvent::fbc, true},
    {"fbp", &FunnelEvent::fbp, true},
    {"gclid", &FunnelEvent::gclid, true},
    {"gbraid", &FunnelEvent::gbraid, true},
    {"wbraid", &FunnelEvent::wbraid, true},
    {"ttclid", &FunnelEvent::ttclid, true},
    {"ttp", &FunnelEvent::ttp, true},
    {"click_timestamp", &FunnelEvent::click_timestamp, false},
    {"order_id", &FunnelEvent::order_id, true},
    {"action_source", &FunnelEvent::action_source, false},
    {"consent_ad_user_data", &FunnelEvent::consent_ad_user_data, false},
    {"consent_ad_personalization", &FunnelEvent::consent_ad_personalization, false},
    {"limited_data_use", &FunnelEvent::limited_data_use, false},
}};

// Seconds since 1970 that can be a time of an event of ours: 2000-01-01 up to 2100-01-01,
// exclusive. Thirteen digits are milliseconds, which every import of this kind meets sooner or
// later.
inline constexpr std::int64_t event_time_min_s = 946684800;
inline constexpr std::int64_t event_time_max_s = 4102444800;
[[nodiscard]] constexpr bool is_possible_time(std::int64_t time_s) {
  return time_s >= event_time_min_s && time_s < event_time_max_s;
}

// When the click was first seen, if the collector said so and it can be a time.
[[nodiscard]] std::optional<std::int64_t> click_time_s(const FunnelEvent& event);

enum class Consent { unknown, granted, denied };

// granted | true | 1 | yes and denied | false | 0 | no, in any case; everything else is unknown.
[[nodiscard]] Consent consent(std::string_view text);

// true | 1 | yes, in any case.
[[nodiscard]] bool is_limited_data_use(const FunnelEvent& event);

}  // namespace pruuv
