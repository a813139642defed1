#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/connection.hpp"
#include "model/event.hpp"

namespace pruuv::platforms {

// The product's own word for an event and the platform's standard event it stands for.
struct EventWord {
  std::string_view word;  // lower case
  std::string_view standard;
};

// Longest name sent, in characters. No platform publishes a limit; names are chosen by people, so a
// longer one is a mix-up.
inline constexpr std::size_t event_name_max = 50;

// The event's name on the platform: the connection's event_names by the exact funnel name; else the
// product's word or a standard name in any case, spelled as the platform spells it; else as it
// stands, as a custom event. Trimmed. Nothing if that is empty, no UTF-8, or longer than
// event_name_max.
[[nodiscard]] std::optional<std::string> platform_event_name(
    const FunnelEvent& event, const Connection& connection, std::span<const EventWord> words,
    std::span<const std::string_view> standard);

}  // namespace pruuv::platforms
