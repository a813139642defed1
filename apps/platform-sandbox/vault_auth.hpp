#pragma once

#include <string_view>

#include "vault_request.hpp"
#include "vault_state.hpp"

/// Logins, and what a token may do with itself.
/// https://developer.hashicorp.com/vault/api-docs/auth/approle
/// https://developer.hashicorp.com/vault/api-docs/auth/jwt
/// https://developer.hashicorp.com/vault/api-docs/auth/token
namespace sandbox::vault {

/// POST auth/<mount>/login, for which no token is needed; nothing when the request is not that, or
/// no such method is mounted in the namespace.
[[nodiscard]] std::optional<Outcome> answer_login(State& state, const Request& request);

/// The refusal of a token that is missing, malformed, unknown, over, or of another namespace.
/// Counts the request among the token's uses when it has a limit.
[[nodiscard]] std::optional<Outcome> refuse_token(State& state, const Request& request);

/// auth/token/lookup-self, renew-self and revoke-self; nothing for any other path. The token is
/// good.
[[nodiscard]] std::optional<Outcome> answer_self(State& state, const Request& request);

/// POST auth/<mount>/role/sandbox/secret-id: a new secret id; nothing for any other path.
[[nodiscard]] std::optional<Outcome> answer_new_secret_id(State& state, const Request& request);

/// The data of an answer that hands out a secret id.
[[nodiscard]] std::string secret_id_data(const State& state, std::string_view secret_id);

/// Takes a used-up token away, after its last request was answered.
void forget_used_up(State& state, std::string_view token);

}  // namespace sandbox::vault
