#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/connection.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "platforms/details.hpp"

// What Google takes beside click, value and person: the members of an event's `extra` that it
// knows, and the device. Google's names: ClickConversion of the Google Ads API, Event of Data
// Manager.
namespace pruuv::platforms::google {

enum class Api { google_ads, data_manager };

struct CustomVariable {
  std::string name;
  std::string id;  // of the Google Ads API only
  std::string value;
};

struct Cart {
  std::string merchant_id;         // digits
  std::string feed_country;        // ISO 3166-1 alpha-2; may be empty
  std::string feed_language;       // ISO 639-1; may be empty
  std::vector<ContentItem> items;  // each with quantity and price, at least one
};

// Empty = left out.
struct Extras {
  std::string session_attributes;  // the token of Google's own script, as it came
  std::string customer_type;       // NEW | RETURNING | REENGAGED
  std::vector<CustomVariable> custom_variables;
  std::optional<Cart> cart;
  std::string ip;  // of the event, Data Manager only
  std::string user_agent;
};

// Keys of `extra`: session_attributes, customer_type, custom_variables {"name": "value"}, contents.
//   session_attributes  base64; the Google Ads API gets it only with google.session_attributes =
//                       send
//   customer_type       the Google Ads API knows no REENGAGED
//   custom_variables    a value that holds personal data is left out, because Google refuses the
//                       event for it; the Google Ads API needs the id from google.custom_variables
//   contents            as cart data where google.merchant_id is set; an item without a price is
//                       left out, one without a quantity counts as one
// A detail that cannot be sent is left out with detail_left_out. IP and user agent go only with
// google.ip = outside_eea and a country that is known.
[[nodiscard]] Extras read_extras(const FunnelEvent& event, const Connection& connection, Api api,
                                 std::vector<Warning>& warnings);

}  // namespace pruuv::platforms::google
