#pragma once

#include <optional>

#include "vault_request.hpp"
#include "vault_state.hpp"

/// The server itself: health, seal, and answers kept back in wrapping tokens.
/// https://developer.hashicorp.com/vault/api-docs/system/health
/// https://developer.hashicorp.com/vault/api-docs/system/seal-status
/// https://developer.hashicorp.com/vault/api-docs/system/wrapping-unwrap
namespace sandbox::vault {

/// What a sealed server and a standby answer by themselves, without a token: health, init,
/// seal-status and unseal; nothing for any other path.
[[nodiscard]] std::optional<Outcome> answer_status(State& state, const Request& request);

/// POST sys/wrapping/unwrap, for which the wrapping token is the token; nothing for any other path.
[[nodiscard]] std::optional<Outcome> answer_unwrap(State& state, const Request& request);

/// POST sys/seal, by a root token; nothing for any other path.
[[nodiscard]] std::optional<Outcome> answer_seal(State& state, const Request& request);

/// What an answer of 200 becomes when X-Vault-Wrap-TTL was sent.
[[nodiscard]] Outcome wrapped(State& state, const Outcome& outcome, std::string_view path,
                              std::int64_t ttl);

}  // namespace sandbox::vault
