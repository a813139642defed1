#pragma once

#include "call.hpp"
#include "vault_answers.hpp"
#include "vault_state.hpp"

namespace sandbox::vault {

/// Answers one request at `state.now`, in the order the real server looks at it: status routes,
/// seal, standby, logins, token, policy, path.
[[nodiscard]] Outcome handle(State& state, const Call& call);

}  // namespace sandbox::vault
