#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "platforms/details.hpp"
#include "platforms/personal_data.hpp"

namespace pruuv::platforms::meta {

// The earlier event that a delayed one belongs to: a refund's or renewal's purchase (page
// original-event). Empty texts are not stated.
struct OriginalEvent {
  std::string event_name;  // as Meta knows it
  std::int64_t event_time = 0;
  std::string order_id;
  std::string event_id;
};

// The name under which this connection sends a funnel event; nothing where it cannot be sent.
using NameOf = std::function<std::optional<std::string>(const std::string& funnel_name)>;

// `original_event` of the details: an object with a name and a time that is not later than the
// event's, in seconds. Left out as a whole where any of its four members is malformed.
[[nodiscard]] std::optional<OriginalEvent> read_original_event(const FunnelEvent& event,
                                                               const Details& details,
                                                               const Person& person,
                                                               const NameOf& name_of,
                                                               std::vector<Warning>& warnings);

void write_original_event(json::Writer& out, const OriginalEvent& original);

}  // namespace pruuv::platforms::meta
