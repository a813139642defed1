#pragma once

#include <array>
#include <string_view>

#include "model/connection.hpp"
#include "model/event.hpp"

namespace pruuv::platforms {

// What a connection does with an event whose person denied the use of their data for advertising
// (consent_ad_user_data): `skip` sends nothing, which is the default everywhere; the other word
// depends on the platform.
inline constexpr std::array<std::string_view, 2> denied_consent_choices = {"skip", "send"};

// Whether the event must not go: denied, and the connection's setting `name`
// ("meta.denied_consent") does not say `send`.
[[nodiscard]] inline bool is_stopped_by_consent(const FunnelEvent& event,
                                                const Connection& connection,
                                                std::string_view name) {
  return consent(event.consent_ad_user_data) == Consent::denied &&
         setting(connection, name) != "send";
}

}  // namespace pruuv::platforms
