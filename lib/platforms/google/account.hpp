#pragma once

#include <string>

#include "base/result.hpp"
#include "model/connection.hpp"
#include "model/event.hpp"

// The ids of a connection to a Google Ads account.
namespace pruuv::platforms::google {

// Customer ids lose hyphens and spaces ("123-456-7890", as Google's pages show them) and must then
// be 10 digits; conversion action ids must be digits; settings are checked by check_settings. Fails
// with kind config, naming the field.
[[nodiscard]] Result<void> check_connection(Connection& connection);

// The conversion action an event counts for: the one of its funnel name, else the connection's; ""
// where there is neither.
[[nodiscard]] std::string conversion_action(const FunnelEvent& event, const Connection& connection);

}  // namespace pruuv::platforms::google
