#pragma once

#include <string_view>

#include "vault_request.hpp"
#include "vault_state.hpp"

/// Secrets: the two versions of the KV engine, which differ in their paths and in what they answer.
/// https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
/// https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v1
namespace sandbox::vault {

/// Where a path leads to: the mount, and the rest of the path.
struct Place {
  Mount* mount = nullptr;  ///< nullptr: no mount of this name
  std::string_view rest;
  /// What a policy names: of KV v2 without the `data/` before it.
  [[nodiscard]] std::string_view secret_path() const;
};

/// The longest mount the path begins with; mounts may have slashes in their names.
[[nodiscard]] Place find_place(State& state, const Request& request);

/// Answers a request below a mount; who asks may do so.
[[nodiscard]] Outcome answer_kv(State& state, const Request& request, const Place& place);

}  // namespace sandbox::vault
