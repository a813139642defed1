#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

/// What a played Vault or OpenBao server holds. A plain value: a request that a fault keeps from
/// happening is tried on a copy.
namespace sandbox::vault {

inline constexpr std::string_view root_token = "sandbox-root";
inline constexpr std::string_view unseal_key = "sandbox-unseal-key";
inline constexpr std::string_view role_id = "sandbox-role";
inline constexpr std::string_view first_secret_id = "sandbox-secret-id";
inline constexpr std::string_view jwt_role = "sandbox";

template <typename Value>
using ByName = std::map<std::string, Value, std::less<>>;

/// One version of a KV v2 secret. Times are RFC 3339, empty = has not happened.
struct Version {
  std::string data;  ///< a JSON object; empty once destroyed
  std::string created_time;
  std::string deletion_time;
  bool destroyed = false;
};

/// A version that appears during a run: after so many more reads of its secret.
struct Announced {
  std::string data;
  std::int64_t after_reads = 0;
};

struct Secret {
  std::map<std::int64_t, Version> versions;  ///< the newest ten, by number from 1
  std::optional<Announced> next;
};

struct Mount {
  int kind = 2;  ///< KV version 1 or 2; a secret of kind 1 has one version
  ByName<Secret> secrets;
};

struct Token {
  std::string accessor;
  std::string display_name;
  std::string scope;  ///< the namespace it was made in; good there and below
  std::int64_t issued_at = 0;
  std::int64_t expires_at = 0;    ///< Unix seconds, 0 = never
  std::int64_t creation_ttl = 0;  ///< seconds
  std::int64_t uses_left = 0;     ///< 0 = any number
  bool renewable = false;
  bool root = false;
  bool used = false;
};

/// An answer kept back for whoever holds the wrapping token, once.
struct Wrapped {
  std::string body;
  std::int64_t expires_at = 0;
};

enum class Mode { active, standby, performance_standby, dr_secondary, cut_off, removed };

/// What a test may change by POST /_sandbox/vault; README.md lists it.
struct Settings {
  bool sealed = false;
  bool initialised = true;
  Mode mode = Mode::active;
  std::string redirect;  ///< the active node's base address; not empty: 307 to it
  bool require_request_header = false;
  std::string approle_mount = "approle";
  std::string jwt_mount = "jwt";
  std::string login_namespace;
  std::int64_t token_ttl = 3'600;       ///< seconds
  std::int64_t token_max_ttl = 86'400;  ///< seconds from the login, renewed or not
  std::int64_t token_uses = 0;          ///< 0 = any number
  std::int64_t secret_id_uses = 0;      ///< of secret ids made later; 0 = any number
  bool renewable = true;
  bool renew_refused = false;
  bool writable = false;                      ///< whether the role may write secrets
  std::set<std::string, std::less<>> denied;  ///< paths the role may not see, nor what is below
};

struct Counts {
  std::int64_t logins = 0;
  std::int64_t failed_logins = 0;
  std::int64_t reads = 0;  ///< of secrets, found ones
  std::int64_t missing_reads = 0;
  std::int64_t writes = 0;
  std::int64_t renewals = 0;
  std::int64_t revocations = 0;
  std::int64_t lookups = 0;
  std::int64_t unwraps = 0;
  std::int64_t denied = 0;       ///< requests answered 403
  std::int64_t used_tokens = 0;  ///< tokens that made at least one request
};

struct State {
  std::int64_t now = 0;           ///< Unix seconds, of the request under way
  std::int64_t clock_offset = 0;  ///< how far the server's clock was moved ahead
  std::int64_t next_number = 1;   ///< of tokens and secret ids: none comes twice
  Settings settings;
  Counts counts;
  ByName<ByName<Mount>> namespaces;  ///< by namespace without slashes at its ends, then by mount
  ByName<Token> tokens;
  ByName<std::int64_t> secret_ids;  ///< uses left, 0 = any number
  ByName<Wrapped> wrapped;          ///< by wrapping token
};

/// What every sandbox starts with; README.md lists it. `next_number` goes on from `number`.
[[nodiscard]] State start_state(std::int64_t number, std::int64_t now);

/// Stores the next version of a secret; its number.
std::int64_t add_version(State& state, Mount& mount, std::string_view path, std::string data);

/// Counts a read of a secret, and stores the version that was announced for after it.
void note_read(State& state, Mount& mount, std::string_view path);

/// A token that was not revoked, has not expired and has uses left; nullptr when there is none.
[[nodiscard]] Token* live_token(State& state, std::string_view token);

/// A new token of the role, to the settings; its text.
std::string issue_token(State& state, std::string_view display_name);

std::string issue_secret_id(State& state);

/// Keeps an answer's body back for `ttl` seconds; the wrapping token.
std::string wrap(State& state, std::string body, std::int64_t ttl);

/// What a test asserts of a run, as a JSON object.
[[nodiscard]] std::string told(const State& state);

/// RFC 3339 with nanoseconds, as Vault writes times.
[[nodiscard]] std::string time_text(std::int64_t unix_seconds);

}  // namespace sandbox::vault
