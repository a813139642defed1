#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/connection.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "platforms/platform.hpp"

// The Google click of an event: which id is sent, and when the event may go.
namespace pruuv::platforms::google {

struct ClickId {
  std::string_view field;  // "gclid", "gbraid" or "wbraid": also Google's JSON key
  std::string value;       // without white space around it, of the characters click ids have

  // User identifiers may not stand beside these two.
  [[nodiscard]] bool is_braid() const { return field == "gbraid" || field == "wbraid"; }
};

// Any Google click id that is not blank.
[[nodiscard]] bool claims(const FunnelEvent& event);

// The one click id that is sent: gclid, else gbraid, else wbraid (Google's samples insist on
// exactly one; gbraid and wbraid together are refused). One that cannot be a click id is passed
// over for the next. Warns of what is left out.
[[nodiscard]] std::optional<ClickId> pick_click_id(const FunnelEvent& event,
                                                   std::vector<Warning>& warnings);

// When the click happened, at the latest: click_timestamp, else event_time. A click_timestamp that
// is no time or lies after the conversion cannot be right and is passed over.
[[nodiscard]] std::int64_t click_time_or_event_time_s(const FunnelEvent& event);
[[nodiscard]] bool is_click_timestamp_invalid(const FunnelEvent& event);

// Too young: Google refuses a click of the last 6 h (endpoint.min_click_age_s). Too old: the
// longest click-through window there is has 90 days. Event times ahead of now wait, at most 24 h.
[[nodiscard]] Timing timing(const FunnelEvent& event, const Connection& connection,
                            const Endpoint& endpoint, std::int64_t now_s);

}  // namespace pruuv::platforms::google
