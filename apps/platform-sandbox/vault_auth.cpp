#include "vault_auth.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sandbox::vault {
namespace {

constexpr std::array<std::string_view, 5> token_prefixes{"hvs.", "hvb.", "hvr.", "s.", "b."};
constexpr std::string_view policies = R"(["default","sandbox"])";
/// A token that is used up by the request under way.
constexpr std::int64_t used_up = -1;

Outcome login_failed(State& state, std::string_view reason, std::string_view text) {
  ++state.counts.failed_logins;
  return error(400, reason, text);
}

std::string auth_of(std::string_view text, const Token& token, std::int64_t ttl) {
  return fmt::format(
      R"({{"client_token":{},"accessor":"{}","policies":{},"token_policies":{},)"
      R"("metadata":{{"role_name":"sandbox"}},"lease_duration":{},"renewable":{},"entity_id":"",)"
      R"("token_type":"service","orphan":true,"num_uses":{}}})",
      json_quoted(text), token.accessor, policies, policies, ttl, token.renewable,
      std::max<std::int64_t>(token.uses_left, 0));
}

Outcome logged_in_by(State& state, std::string_view method) {
  ++state.counts.logins;
  const std::string text = issue_token(state, method);
  const Token& token = state.tokens.find(text)->second;
  return logged_in(auth_of(text, token, token.creation_ttl));
}

/// Vault passes over keys it does not know; here a mistake must not pass unseen.
bool has_only(const Json& body, std::string_view first, std::string_view second) {
  return std::all_of(body.MemberBegin(), body.MemberEnd(), [&](const auto& member) {
    return text_of(member.name) == first || text_of(member.name) == second;
  });
}

Outcome login_by_approle(State& state, const Request& request) {
  if (!has_only(request.body, "role_id", "secret_id")) {
    return login_failed(state, "login_keys", "unknown key: role_id and secret_id are taken");
  }
  const std::string_view role = find_text(request.body, "role_id");
  const std::string_view secret = find_text(request.body, "secret_id");
  if (role.empty()) return login_failed(state, "role_id", "missing role_id");
  if (secret.empty()) return login_failed(state, "secret_id", "missing secret_id");
  if (role != role_id) return login_failed(state, "role_id", "invalid role or secret ID");
  const auto found = state.secret_ids.find(secret);
  if (found == state.secret_ids.end()) {
    return login_failed(state, "secret_id", "invalid secret id");
  }
  if (found->second > 0 && --found->second == 0) state.secret_ids.erase(found);
  return logged_in_by(state, "approle");
}

Outcome login_by_jwt(State& state, const Request& request) {
  if (!has_only(request.body, "role", "jwt")) {
    return login_failed(state, "login_keys", "unknown key: role and jwt are taken");
  }
  const std::string_view role = find_text(request.body, "role");
  const std::string_view jwt = find_text(request.body, "jwt");
  if (role.empty()) return login_failed(state, "role", "missing role");
  if (jwt.empty()) return login_failed(state, "jwt", "missing token");
  if (role != jwt_role) {
    return login_failed(state, "role", fmt::format("role \"{}\" could not be found", role));
  }
  if (jwt == "sandbox-jwt") return logged_in_by(state, "jwt");
  if (jwt == "expired-jwt") {
    return login_failed(state, "jwt_expired",
                        "error validating token: invalid expiration time (exp) claim: token is "
                        "expired");
  }
  if (jwt == "wrong-aud-jwt") {
    return login_failed(state, "jwt_audience",
                        "error validating token: invalid audience (aud) claim: audience claim does "
                        "not match any expected audience");
  }
  return login_failed(state, "jwt_signature",
                      "error validating token: no known key successfully validated the token "
                      "signature");
}

bool is_malformed(std::string_view token) {
  for (const std::string_view prefix : token_prefixes) {
    if (!token.starts_with(prefix)) continue;
    token.remove_prefix(prefix.size());
    break;
  }
  return token.find('.') != std::string_view::npos;
}

/// A token is good in its own namespace and in those below it.
bool reaches(const Token& token, std::string_view scope) {
  return token.scope.empty() || scope == token.scope || scope.starts_with(token.scope + "/");
}

Outcome looked_up(State& state, std::string_view text, const Token& token) {
  ++state.counts.lookups;
  const std::int64_t ttl = token.expires_at == 0 ? 0 : token.expires_at - state.now;
  return given(fmt::format(
      R"({{"accessor":"{}","creation_time":{},"creation_ttl":{},"display_name":"{}",)"
      R"("entity_id":"","expire_time":{},"explicit_max_ttl":0,"id":{},"issue_time":"{}",)"
      R"("meta":null,"num_uses":{},"orphan":true,"path":"auth/{}","policies":{},"renewable":{},)"
      R"("ttl":{},"type":"service"}})",
      token.accessor, token.issued_at, token.creation_ttl, token.display_name,
      token.expires_at == 0 ? "null" : json_quoted(time_text(token.expires_at)), json_quoted(text),
      time_text(token.issued_at), std::max<std::int64_t>(token.uses_left, 0),
      token.root ? "token/root" : token.display_name + "/login",
      token.root ? R"(["root"])" : policies, token.renewable, ttl));
}

Outcome renewed(State& state, const Request& request, Token& token) {
  const Settings& settings = state.settings;
  if (settings.renew_refused) return policy_denied();
  if (!token.renewable) return error(400, "not_renewable", "lease is not renewable");
  const Json* increment = find(request.body, "increment");
  const auto wanted = increment == nullptr ? settings.token_ttl : seconds_of(increment);
  if (!wanted) return error(400, "increment", "error parsing increment");
  const std::int64_t longest = token.issued_at + settings.token_max_ttl - state.now;
  const std::int64_t ttl =
      std::max<std::int64_t>(std::min(*wanted == 0 ? settings.token_ttl : *wanted, longest), 0);
  token.expires_at = state.now + ttl;
  ++state.counts.renewals;
  return logged_in(auth_of(request.token, token, ttl));
}

}  // namespace

std::optional<Outcome> answer_login(State& state, const Request& request) {
  const Settings& settings = state.settings;
  if (request.method != "POST" || request.scope != settings.login_namespace) return std::nullopt;
  if (request.path == "auth/" + settings.approle_mount + "/login") {
    return login_by_approle(state, request);
  }
  if (request.path == "auth/" + settings.jwt_mount + "/login") return login_by_jwt(state, request);
  return std::nullopt;
}

std::optional<Outcome> refuse_token(State& state, const Request& request) {
  if (request.token.empty()) return error(400, "no_token", "missing client token");
  Token* token = live_token(state, request.token);
  if (token == nullptr) return is_malformed(request.token) ? token_malformed() : token_refused();
  if (!reaches(*token, request.scope)) return policy_denied();
  if (!token->root && !token->used) ++state.counts.used_tokens;
  token->used = true;
  if (token->uses_left > 0 && --token->uses_left == 0) token->uses_left = used_up;
  return std::nullopt;
}

void forget_used_up(State& state, std::string_view token) {
  const auto found = state.tokens.find(token);
  if (found != state.tokens.end() && found->second.uses_left == used_up) state.tokens.erase(found);
}

std::optional<Outcome> answer_self(State& state, const Request& request) {
  const auto action = below(request.path, "auth/token/");
  if (!action) return std::nullopt;
  Token& token = *live_token(state, request.token);
  if (*action == "lookup-self" && request.method == "GET") {
    return looked_up(state, request.token, token);
  }
  if (request.method != "POST") return unsupported_operation();
  if (*action == "renew-self") return renewed(state, request, token);
  if (*action != "revoke-self") return std::nullopt;
  state.tokens.erase(request.token);
  ++state.counts.revocations;
  return done();
}

std::optional<Outcome> answer_new_secret_id(State& state, const Request& request) {
  const std::string path =
      fmt::format("auth/{}/role/{}/secret-id", state.settings.approle_mount, jwt_role);
  if (request.path != path || request.method != "POST") return std::nullopt;
  return given(secret_id_data(state, issue_secret_id(state)));
}

std::string secret_id_data(const State& state, std::string_view secret_id) {
  return fmt::format(
      R"({{"secret_id":{},"secret_id_accessor":"sandbox-secret-id-accessor","secret_id_ttl":0,)"
      R"("secret_id_num_uses":{}}})",
      json_quoted(secret_id), state.settings.secret_id_uses);
}

}  // namespace sandbox::vault
