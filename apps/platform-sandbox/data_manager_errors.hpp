#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "platform.hpp"

/// Error bodies of the Data Manager API. A violation's code is an ErrorReason.
/// https://developers.google.com/data-manager/api/devguides/concepts/understand-errors
namespace sandbox::data_manager {

/// The whole request refused, every fault named: {"field","description","reason"}.
[[nodiscard]] Answer fast_fail(std::span<const Violation> violations);

/// Ready-made misbehaviour: unavailable, quota, permission, not_allowlisted, unauthenticated,
/// internal, deadline, scope, service_disabled, invalid_destination, invalid_argument.
[[nodiscard]] std::optional<Answer> ready_made(std::string_view name, const Judgement& judgement);

}  // namespace sandbox::data_manager
