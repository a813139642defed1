#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pruuv {

enum class OnUnknown {
  resend,  // an outcome we do not know: send again inside the platform's dedup window
  hold,    // leave it to a person
};

// A client's link to one ad account on one platform. Known by (client_id, platform, name).
struct Connection {
  std::int64_t id = 0;  // the store's number
  std::string client_id;
  std::string platform;  // meta | google | tiktok: the word users write and the audit log shows
  std::string name;
  std::string api;      // where a platform has several: data_manager | google_ads; else empty
  std::string adapter;  // name of the Platform that speaks for it, from platform and api

  std::string
      destination;  // Pixel ID | customer id | Pixel Code: what the platform calls the target
  std::string conversion_action_id;
  std::string login_customer_id;
  std::map<std::string, std::string> event_names;         // funnel name -> the platform's name
  std::map<std::string, std::string> conversion_actions;  // funnel name -> conversion action id
  std::string default_country;                            // ISO 3166-1 alpha-2, upper case
  std::string currency;                                   // ISO 4217, upper case
  std::string credential;  // reference: env:NAME, file:/path; never the token itself
  std::string test_event_code;
  std::map<std::string, std::string>
      settings;  // a platform's own: "tiktok.page_url", "meta.partner_agent"

  std::vector<std::string> match_event_names;  // empty: every event of the client
  std::vector<std::string> match_hosts;        // empty: every page
  OnUnknown on_unknown = OnUnknown::resend;
  bool paused = false;

  std::int64_t from_seq = 0;  // takes events numbered above this: those that came after it existed
};

// The setting, a view into the connection; "" where it has none of that name. One after the other:
// there are a handful at most, and no name has to be copied to ask for it.
[[nodiscard]] inline std::string_view setting(const Connection& connection, std::string_view name) {
  for (const auto& [key, value] : connection.settings) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace pruuv
