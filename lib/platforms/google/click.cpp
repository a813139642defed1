#include "platforms/google/click.hpp"

#include <array>

#include "base/text.hpp"
#include "platforms/click_id.hpp"
#include "platforms/window.hpp"

namespace pruuv::platforms::google {
namespace {

struct ClickField {
  std::string_view name;
  std::string FunnelEvent::*text;
};

// In the order of preference.
constexpr std::array<ClickField, 3> click_fields = {{
    {"gclid", &FunnelEvent::gclid},
    {"gbraid", &FunnelEvent::gbraid},
    {"wbraid", &FunnelEvent::wbraid},
}};

constexpr std::int64_t click_age_max_s = 90 * 86400;

}  // namespace

bool claims(const FunnelEvent& event) {
  for (const ClickField& field : click_fields) {
    if (is_click(field.name, event.*field.text)) return true;
  }
  return false;
}

std::optional<ClickId> pick_click_id(const FunnelEvent& event, std::vector<Warning>& warnings) {
  std::optional<ClickId> picked;
  for (const ClickField& field : click_fields) {
    const std::string_view value = trim(event.*field.text);
    if (value.empty()) continue;
    if (!is_valid_utf8(value)) {
      warnings.push_back({field.name, Reason::text_not_utf8});
    } else if (is_placeholder_click_id(value)) {
      warnings.push_back({field.name, Reason::click_id_placeholder});
    } else if (is_click_of_another_platform(field.name, value)) {
      warnings.push_back({field.name, Reason::click_id_of_another_platform});
    } else if (!is_possible_google_click_id(value)) {
      warnings.push_back({field.name, Reason::click_id_malformed});
    } else if (picked) {
      warnings.push_back({field.name, Reason::several_google_click_ids});
    } else {
      picked = ClickId{field.name, std::string(value)};
    }
  }
  return picked;
}

std::int64_t click_time_or_event_time_s(const FunnelEvent& event) {
  const auto click = click_time_s(event);
  return click && *click <= event.event_time ? *click : event.event_time;
}

bool is_click_timestamp_invalid(const FunnelEvent& event) {
  if (trim(event.click_timestamp).empty()) return false;
  const auto click = click_time_s(event);
  return !click || *click > event.event_time;
}

Timing timing(const FunnelEvent& event, const Connection& /*connection*/, const Endpoint& endpoint,
              std::int64_t now_s) {
  const std::int64_t click_s = click_time_or_event_time_s(event);
  // The 90 days run from the click, the 24 hours ahead are the event's.
  Timing out =
      timing_in_window(event.event_time, click_age_max_s - (event.event_time - click_s), now_s);
  if (out.reason == Reason::none && now_s < click_s + endpoint.min_click_age_s) {
    out.reason = Reason::young_click;
    out.until_s = click_s + endpoint.min_click_age_s;
  }
  return out;
}

}  // namespace pruuv::platforms::google
