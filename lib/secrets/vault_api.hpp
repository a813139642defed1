#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "model/http_message.hpp"
#include "secrets/reference.hpp"

// HashiCorp Vault's HTTP API, which OpenBao shares: requests and what their answers say
// (developer.hashicorp.com/vault/api-docs, openbao.org/api-docs: auth/approle, auth/jwt,
// auth/token, secret/kv/kv-v2, system/health, system/wrapping-unwrap). Judged by status, never by
// the words of a message: those differ between versions.
namespace pruuv::secrets::vault {

// Where to, and as whom.
struct Session {
  std::string address;  // "https://vault.example:8200"
  std::string name_space;
  std::string ca_file;
  Secret token;  // empty: none is sent, as behind an agent that adds its own
};

HttpRequest read_request(const Session& session, const Reference& reference);
HttpRequest login_request(const Session& session, const std::string& mount, Secret body);
HttpRequest unwrap_request(const Session& session, const Secret& wrapping_token);
HttpRequest lookup_request(const Session& session);
HttpRequest renew_request(const Session& session, std::int64_t increment_s);
HttpRequest revoke_request(const Session& session);
HttpRequest health_request(const Session& session);

Secret approle_body(std::string_view role_id, const Secret& secret_id);
Secret jwt_body(std::string_view role, const Secret& jwt);

// What an answer without a usable result means for who asked.
enum class Refusal {
  none,
  missing,      // 404: not there, deleted, no such mount, or no KV version 2
  denied,       // 403: a policy, or a token that has ended
  bad_request,  // 400: no token, or one that is none; a login that is wrong
  sealed,       // 503: sealed, or not initialised
  busy,         // 429: a rate limit
  moved,        // 307: a standby names the active node
  failed,       // any other status, or half an answer
  unreachable,  // no answer
  untrusted,    // its certificate cannot be trusted
};
[[nodiscard]] Refusal refusal_of(const HttpResponse& response);

// The words of the answer's `errors` and `warnings`, printable and cut; "" = none.
[[nodiscard]] std::string words_of(const HttpResponse& response);
// `cause`, with those words in brackets behind it where there are any.
[[nodiscard]] std::string with_words(std::string cause, const HttpResponse& response);

// How long the answer asks to be left alone, in seconds; many give nothing.
[[nodiscard]] std::optional<std::int64_t> retry_after_s(const HttpResponse& response);

// scheme://host:port of a 307's Location; "" = none.
[[nodiscard]] std::string moved_to(const HttpResponse& response);

struct Token {
  Secret token;
  std::int64_t lease_s = 0;  // 0 = without end; ten years at most
  bool renewable = false;
};
[[nodiscard]] std::optional<Token> parse_login(const HttpResponse& response);  // also of a renewal
// Of lookup-self: everything but the token itself.
[[nodiscard]] std::optional<Token> parse_lookup(const HttpResponse& response);
[[nodiscard]] std::optional<Secret> parse_secret_id(const HttpResponse& response);  // unwrapped

struct Field {
  enum class State { there, no_field, not_text, deleted, not_a_secret };
  State state = State::not_a_secret;
  Secret text;                // an object comes as its JSON
  std::string deleted_at;     // where the state is `deleted`; may be empty
  bool is_destroyed = false;  // deleted for good
};
// Of a read that came with 200, or of a 404 that tells of a deleted version.
[[nodiscard]] Field parse_field(const HttpResponse& response, const std::string& field);

}  // namespace pruuv::secrets::vault
