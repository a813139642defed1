#pragma once

#include <optional>

#include "platform.hpp"

/// What Meta asks of one event of a request.
namespace sandbox::meta {

/// The first thing wrong with an event: its keys and types, then time, person, custom data and
/// data processing options.
[[nodiscard]] std::optional<Violation> check_event(const Json& event, const Conditions& conditions);

}  // namespace sandbox::meta
