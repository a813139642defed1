#include "vault_server.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "vault_auth.hpp"
#include "vault_kv.hpp"
#include "vault_sys.hpp"

namespace sandbox::vault {
namespace {

/// The real server would answer; but proxies write addresses into their logs.
bool shows_a_secret(const State& state, const Call& call) {
  const auto shown = [&](const auto& entry) {
    return call.path.find(entry.first) != std::string::npos ||
           call.query.find(entry.first) != std::string::npos;
  };
  return std::any_of(state.tokens.begin(), state.tokens.end(), shown) ||
         std::any_of(state.secret_ids.begin(), state.secret_ids.end(), shown);
}

Outcome redirected(const Settings& settings, const Call& call) {
  Outcome outcome = plain(307, {});
  outcome.reason = "standby";
  outcome.answer.headers.push_back(
      {"Location", fmt::format("{}{}{}{}", settings.redirect, call.path,
                               call.query.empty() ? "" : "?", call.query)});
  return outcome;
}

/// What the server as a whole has to say, whatever is asked.
std::optional<Outcome> refuse_all(const Settings& settings, const Call& call) {
  if (settings.sealed || !settings.initialised) return error(503, "sealed", "Vault is sealed");
  if (!settings.redirect.empty()) return redirected(settings, call);
  if (settings.require_request_header && call.header("X-Vault-Request") != "true") {
    return error(412, "request_header", "missing 'X-Vault-Request' header");
  }
  return std::nullopt;
}

bool is_denied(const Settings& settings, std::string_view path) {
  return std::any_of(
      settings.denied.begin(), settings.denied.end(),
      [&](const std::string& denied) { return path == denied || path.starts_with(denied + "/"); });
}

/// The policy of the sandbox's role: reading all secrets but the denied ones.
bool may_use(const Settings& settings, const Request& request, const Place& place) {
  if (request.path.starts_with("sys/") || request.path.starts_with("auth/")) return false;
  if (place.mount == nullptr) return true;
  if (request.method != "GET" && !settings.writable) return false;
  return !is_denied(settings, place.secret_path());
}

Outcome answer_with_token(State& state, const Request& request) {
  if (auto outcome = answer_self(state, request)) return std::move(*outcome);
  const Place place = find_place(state, request);
  const bool root = live_token(state, request.token)->root;
  if (!root && !may_use(state.settings, request, place)) return policy_denied();
  if (auto outcome = answer_seal(state, request)) return std::move(*outcome);
  if (auto outcome = answer_new_secret_id(state, request)) return std::move(*outcome);
  if (place.mount == nullptr) {
    return error(404, "no_mount", fmt::format("no handler for route '{}'", request.path));
  }
  return answer_kv(state, request, place);
}

Outcome answer_request(State& state, const Request& request) {
  if (auto outcome = answer_unwrap(state, request)) return std::move(*outcome);
  if (auto outcome = answer_login(state, request)) return std::move(*outcome);
  if (auto refusal = refuse_token(state, request)) return std::move(*refusal);
  Outcome outcome = answer_with_token(state, request);
  forget_used_up(state, request.token);
  return outcome;
}

}  // namespace

Outcome handle(State& state, const Call& call) {
  if (shows_a_secret(state, call)) return error(400, "secret_in_url", "a secret in the address");
  Reading reading = read_request(call);
  if (auto outcome = answer_status(state, reading.request)) return std::move(*outcome);
  if (auto refusal = refuse_all(state.settings, call)) return std::move(*refusal);
  if (reading.refusal) return std::move(*reading.refusal);

  const std::string_view wrap_ttl = call.header("X-Vault-Wrap-TTL");
  const auto seconds = seconds_of(wrap_ttl);
  if (!wrap_ttl.empty() && !seconds) return error(400, "wrap_ttl", "error parsing wrap TTL");
  Outcome outcome = answer_request(state, reading.request);
  if (outcome.answer.status == 403) ++state.counts.denied;
  if (wrap_ttl.empty() || outcome.answer.status != 200) return outcome;
  return wrapped(state, outcome, reading.request.path, *seconds);
}

}  // namespace sandbox::vault
