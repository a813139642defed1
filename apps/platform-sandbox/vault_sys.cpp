#include "vault_sys.hpp"

#include <fmt/format.h>

namespace sandbox::vault {
namespace {

constexpr std::string_view version = "1.8.0";

/// A state of the server, the status that tells it, and the query parameter that changes the
/// status.
struct Health {
  int status;
  std::string_view parameter;
};

Health health_of(const Settings& settings) {
  if (!settings.initialised) return {501, "uninitcode"};
  if (settings.sealed) return {503, "sealedcode"};
  switch (settings.mode) {
    case Mode::active:
      break;
    case Mode::standby:
      return {429, "standbycode"};
    case Mode::performance_standby:
      return {473, "performancestandbycode"};
    case Mode::dr_secondary:
      return {472, "drsecondarycode"};
    case Mode::cut_off:
      return {474, "haunhealthycode"};
    case Mode::removed:
      return {530, "removedcode"};
  }
  return {200, "activecode"};
}

bool asks(const Request& request, std::string_view parameter) {
  const auto found = request.query.find(parameter);
  return found != request.query.end() && found->second != "false";
}

int status_of(const Settings& settings, const Request& request) {
  const Health health = health_of(settings);
  const bool as_active = (health.status == 429 && asks(request, "standbyok")) ||
                         (health.status == 473 && asks(request, "perfstandbyok"));
  const auto wanted = request.query.find(as_active ? "activecode" : health.parameter);
  if (wanted != request.query.end()) {
    const auto status = seconds_of(std::string_view(wanted->second));
    if (status && *status >= 200 && *status <= 599) return static_cast<int>(*status);
  }
  return as_active ? 200 : health.status;
}

Outcome health(const State& state, const Request& request) {
  const Settings& settings = state.settings;
  const bool closed = settings.sealed || !settings.initialised;
  return plain(
      status_of(settings, request),
      fmt::format(
          R"({{"initialized":{},"sealed":{},"standby":{},"performance_standby":{},)"
          R"("replication_performance_mode":"{}","replication_dr_mode":"{}",)"
          R"("server_time_utc":{},"version":"{}"{}}})"
          "\n",
          settings.initialised, closed, closed || settings.mode != Mode::active,
          settings.mode == Mode::performance_standby, closed ? "unknown" : "disabled",
          settings.mode == Mode::dr_secondary ? "secondary" : (closed ? "unknown" : "disabled"),
          state.now, version,
          closed
              ? ""
              : R"(,"cluster_name":"sandbox","cluster_id":"00000000-0000-4000-8000-000000000000")"));
}

Outcome seal_status(const Settings& settings) {
  return plain(
      200,
      fmt::format(
          R"({{"type":"shamir","initialized":{},"sealed":{},"t":1,"n":1,"progress":0,"nonce":"",)"
          R"("version":"{}","migration":false,"recovery_seal":false,"storage_type":"inmem"}})"
          "\n",
          settings.initialised, settings.sealed || !settings.initialised, version));
}

}  // namespace

std::optional<Outcome> answer_status(State& state, const Request& request) {
  const bool get = request.method == "GET";
  if (request.path == "sys/health" && get) return health(state, request);
  if (request.path == "sys/seal-status" && get) return seal_status(state.settings);
  if (request.path == "sys/init" && get) {
    return plain(200, fmt::format("{{\"initialized\":{}}}\n", state.settings.initialised));
  }
  if (request.path != "sys/unseal" || request.method != "POST") return std::nullopt;
  if (find_text(request.body, "key") != unseal_key) {
    return error(400, "unseal_key", "'key' must be a valid hex or base64 string");
  }
  state.settings.sealed = false;
  return seal_status(state.settings);
}

std::optional<Outcome> answer_unwrap(State& state, const Request& request) {
  if (request.path != "sys/wrapping/unwrap" || request.method != "POST") return std::nullopt;
  std::string_view token = find_text(request.body, "token");
  if (token.empty()) {
    token = request.token;
  } else if (live_token(state, request.token) == nullptr) {
    return token_refused();
  }
  if (token.empty()) return error(400, "no_token", "missing client token");
  const auto found = state.wrapped.find(token);
  if (found == state.wrapped.end() || state.now >= found->second.expires_at) {
    return error(400, "unwrap", "wrapping token is not valid or does not exist");
  }
  Outcome outcome = plain(200, std::move(found->second.body));
  state.wrapped.erase(found);
  ++state.counts.unwraps;
  return outcome;
}

std::optional<Outcome> answer_seal(State& state, const Request& request) {
  if (request.path != "sys/seal" || request.method != "POST") return std::nullopt;
  state.settings.sealed = true;
  return done();
}

Outcome wrapped(State& state, const Outcome& outcome, std::string_view path, std::int64_t ttl) {
  const std::string token = wrap(state, outcome.answer.body, ttl);
  const std::string info = fmt::format(
      R"({{"token":"{}","accessor":"sandbox-wrapping-accessor","ttl":{},"creation_time":"{}",)"
      R"("creation_path":{}}})",
      token, ttl, time_text(state.now), json_quoted(path));
  Envelope parts;
  parts.wrap_info = info;
  return plain(200, envelope(parts));
}

}  // namespace sandbox::vault
