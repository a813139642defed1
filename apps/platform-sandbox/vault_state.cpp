#include "vault_state.hpp"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace sandbox::vault {
namespace {

/// https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 `max_versions`: ten when unset.
constexpr std::size_t most_versions = 10;

/// What the demo and the tests read: tokens as the played platforms take them.
void put_start_secrets(State& state) {
  auto& mounts = state.namespaces[""];
  mounts["secret"];
  mounts["kv/team-a"];
  mounts["kv1"].kind = 1;
  Mount& secret = mounts["secret"];
  add_version(state, secret, "clients/demo/meta", R"({"access_token":"sandbox-vault-meta"})");
  add_version(state, secret, "clients/demo/tiktok", R"({"access_token":"sandbox-vault-tiktok"})");
  add_version(state, secret, "clients/demo/google",
              R"({"credential":"{\"client_id\":\"demo\",\"client_secret\":\"demo\",)"
              R"(\"refresh_token\":\"sandbox-google\"}"})");
  add_version(state, secret, "denied/meta", R"({"access_token":"sandbox-vault-denied"})");
  add_version(state, mounts["kv1"], "clients/demo/meta", R"({"access_token":"sandbox-kv1-meta"})");
}

bool is_over(std::int64_t expires_at, std::int64_t now) {
  return expires_at != 0 && now >= expires_at;
}

}  // namespace

State start_state(std::int64_t number, std::int64_t now) {
  State state;
  state.now = now;
  state.next_number = number;
  state.settings.denied.insert("denied");
  state.secret_ids.emplace(first_secret_id, 0);
  Token root;
  root.accessor = "sandbox-root-accessor";
  root.display_name = "root";
  root.root = true;
  root.issued_at = now;
  state.tokens.emplace(root_token, std::move(root));
  put_start_secrets(state);
  return state;
}

std::int64_t add_version(State& state, Mount& mount, std::string_view path, std::string data) {
  auto& versions = mount.secrets[std::string(path)].versions;
  const std::int64_t number =
      versions.empty() || mount.kind == 1 ? 1 : versions.rbegin()->first + 1;
  versions[number] = {std::move(data), time_text(state.now), {}, false};
  if (versions.size() > most_versions) versions.erase(versions.begin());
  return number;
}

void note_read(State& state, Mount& mount, std::string_view path) {
  ++state.counts.reads;
  std::optional<Announced>& next = mount.secrets.find(path)->second.next;
  if (!next || --next->after_reads > 0) return;
  std::string data = std::move(next->data);
  next.reset();
  add_version(state, mount, path, std::move(data));
}

Token* live_token(State& state, std::string_view token) {
  const auto found = state.tokens.find(token);
  if (found == state.tokens.end() || is_over(found->second.expires_at, state.now)) return nullptr;
  return &found->second;
}

std::string issue_token(State& state, std::string_view display_name) {
  const Settings& settings = state.settings;
  const std::int64_t number = state.next_number++;
  Token token;
  token.accessor = fmt::format("sandbox-accessor-{}", number);
  token.display_name = display_name;
  token.scope = settings.login_namespace;
  token.issued_at = state.now;
  token.creation_ttl = std::min(settings.token_ttl, settings.token_max_ttl);
  token.expires_at = state.now + token.creation_ttl;
  token.uses_left = settings.token_uses;
  token.renewable = settings.renewable;
  std::string text = fmt::format("hvs.sandbox-vault-token-{}", number);
  state.tokens.emplace(text, std::move(token));
  return text;
}

std::string issue_secret_id(State& state) {
  std::string text = fmt::format("{}-{}", first_secret_id, state.next_number++);
  state.secret_ids.emplace(text, state.settings.secret_id_uses);
  return text;
}

std::string wrap(State& state, std::string body, std::int64_t ttl) {
  std::string token = fmt::format("hvs.sandbox-wrapping-{}", state.next_number++);
  state.wrapped.emplace(token, Wrapped{std::move(body), state.now + ttl});
  return token;
}

std::string told(const State& state) {
  const Counts& counts = state.counts;
  const auto live = std::count_if(state.tokens.begin(), state.tokens.end(), [&](const auto& entry) {
    return !entry.second.root && !is_over(entry.second.expires_at, state.now);
  });
  return fmt::format(
      R"({{"logins":{},"failed_logins":{},"reads":{},"missing_reads":{},"writes":{},"renewals":{},)"
      R"("revocations":{},"lookups":{},"unwraps":{},"denied":{},"used_tokens":{},"live_tokens":{},)"
      R"("sealed":{}}})"
      "\n",
      counts.logins, counts.failed_logins, counts.reads, counts.missing_reads, counts.writes,
      counts.renewals, counts.revocations, counts.lookups, counts.unwraps, counts.denied,
      counts.used_tokens, live, state.settings.sealed);
}

std::string time_text(std::int64_t unix_seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.000000000Z",
                     fmt::gmtime(static_cast<std::time_t>(unix_seconds)));
}

}  // namespace sandbox::vault
