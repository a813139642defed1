#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vault_state.hpp"

namespace sandbox::vault {

/// What became of a test's order: what is wrong with it, or the body of the answer.
struct Ordered {
  std::optional<std::string> error;
  std::string body = "{}\n";
};

/// Carries out POST /_sandbox/vault, an object of the keys README.md lists. After an error `state`
/// may be half changed.
[[nodiscard]] Ordered order(State& state, std::string_view json);

}  // namespace sandbox::vault
