#include "secrets/vault_api.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/percent_encoding.hpp"
#include "base/text.hpp"

namespace pruuv::secrets::vault {
namespace {

// Long enough for a login that asks another system, short enough that a dead Vault costs no night.
constexpr int timeout_ms = 10'000;
constexpr std::size_t words_bytes_max = 200;
constexpr std::size_t json_bytes_max = std::size_t{1} << 20;
// Longer than any run, and short enough to reckon with in milliseconds.
constexpr std::int64_t lease_s_max = std::int64_t{10} * 365 * 86'400;

std::string encoded_path(std::string_view path) {
  std::string out;
  for (const std::string_view part : split(path, '/')) {
    if (!out.empty()) out.push_back('/');
    out += percent_encoded(part);
  }
  return out;
}

HttpRequest request_to(const Session& session, const std::string& method, const std::string& path) {
  HttpRequest request;
  request.method = method;
  request.url = session.address + "/v1/" + path;
  // An agent or proxy in between asks for it (Vault Agent, require_request_header).
  request.headers.push_back({"X-Vault-Request", "true"});
  if (!session.token.empty()) request.headers.push_back({"X-Vault-Token", session.token});
  if (!session.name_space.empty())
    request.headers.push_back({"X-Vault-Namespace", session.name_space});
  request.ca_file = session.ca_file;
  request.timeout_ms = timeout_ms;
  request.may_repeat = method == "GET";
  return request;
}

HttpRequest post(const Session& session, const std::string& path, Secret body) {
  HttpRequest request = request_to(session, "POST", path);
  request.headers.push_back({"Content-Type", "application/json"});
  request.secret_body = std::move(body);
  return request;
}

Secret object_of(std::string_view first_key, std::string_view first, std::string_view second_key,
                 const Secret& second) {
  json::Writer body;
  body.begin_object();
  body.member(first_key, first);
  body.member(second_key, second.reveal());
  body.end_object();
  return Secret(body.str());
}

Result<json::Document> parse(const HttpResponse& response) {
  json::Limits limits;
  limits.bytes_max = json_bytes_max;
  return json::parse(response.body, json::Numbers::as_text, limits);
}

bool is_good(const HttpResponse& response) {
  return response.is_whole() && response.status >= 200 && response.status < 300;
}

Token token_of(const json::Value& value, const char* lease_key) {
  Token token;
  token.lease_s = std::clamp<std::int64_t>(value[lease_key].integer().value_or(0), 0, lease_s_max);
  token.renewable = value["renewable"].boolean().value_or(false);
  return token;
}

}  // namespace

HttpRequest read_request(const Session& session, const Reference& reference) {
  return request_to(
      session, "GET",
      fmt::format("{}/data/{}", encoded_path(reference.mount), encoded_path(reference.name)));
}

HttpRequest login_request(const Session& session, const std::string& mount, Secret body) {
  Session without_token = session;
  without_token.token = {};
  return post(without_token, fmt::format("auth/{}/login", encoded_path(mount)), std::move(body));
}

HttpRequest unwrap_request(const Session& session, const Secret& wrapping_token) {
  Session as_wrapping = session;
  as_wrapping.token = wrapping_token;
  return post(as_wrapping, "sys/wrapping/unwrap", Secret("{}"));
}

HttpRequest lookup_request(const Session& session) {
  return request_to(session, "GET", "auth/token/lookup-self");
}

HttpRequest renew_request(const Session& session, std::int64_t increment_s) {
  return post(session, "auth/token/renew-self",
              Secret(fmt::format(R"({{"increment":"{}s"}})", increment_s)));
}

HttpRequest revoke_request(const Session& session) {
  return post(session, "auth/token/revoke-self", Secret("{}"));
}

HttpRequest health_request(const Session& session) {
  Session without_token = session;
  without_token.token = {};
  return request_to(without_token, "GET", "sys/health");
}

Secret approle_body(std::string_view role_id, const Secret& secret_id) {
  return object_of("role_id", role_id, "secret_id", secret_id);
}

Secret jwt_body(std::string_view role, const Secret& jwt) {
  return object_of("role", role, "jwt", jwt);
}

Refusal refusal_of(const HttpResponse& response) {
  // libcurl's codes for a certificate that is wrong, and for a CA file that cannot be read.
  constexpr int bad_certificate = 60;
  constexpr int bad_ca_file = 77;
  if (response.transport_code == bad_certificate || response.transport_code == bad_ca_file)
    return Refusal::untrusted;
  if (!response.is_whole()) return response.status == 0 ? Refusal::unreachable : Refusal::failed;
  if (is_good(response)) return Refusal::none;
  switch (response.status) {
    case 307:
      return Refusal::moved;
    case 400:
      return Refusal::bad_request;
    case 403:
      return Refusal::denied;
    case 404:
      return Refusal::missing;
    case 429:
      return Refusal::busy;
    case 503:
      return Refusal::sealed;
    default:
      return Refusal::failed;
  }
}

std::string words_of(const HttpResponse& response) {
  const auto document = parse(response);
  if (!document) return {};
  std::string out;
  for (const char* key : {"errors", "warnings"}) {
    for (const json::Value& item : document->root()[key].items()) {
      const std::string_view words = trim(item.text().value_or(""));
      if (!words.empty()) out += (out.empty() ? "" : "; ") + std::string(words);
    }
  }
  return cut(printable(out), words_bytes_max);
}

std::string with_words(std::string cause, const HttpResponse& response) {
  const std::string words = words_of(response);
  return words.empty() ? cause : fmt::format("{} ({})", cause, words);
}

std::optional<std::int64_t> retry_after_s(const HttpResponse& response) {
  const std::string text = response.header("retry-after");
  const auto seconds = parse_int64(text);
  if (!seconds || *seconds < 0) return std::nullopt;
  return seconds;
}

std::string moved_to(const HttpResponse& response) {
  const std::string location = response.header("location");
  const std::size_t host = location.find("://");
  if (host == std::string::npos) return {};
  return location.substr(0, location.find('/', host + 3));
}

std::optional<Token> parse_login(const HttpResponse& response) {
  const auto document = is_good(response) ? parse(response) : fail(ErrorKind::config, "");
  if (!document) return std::nullopt;
  const json::Value auth = document->root()["auth"];
  Token token = token_of(auth, "lease_duration");
  token.token = Secret(std::string(auth["client_token"].text().value_or("")));
  if (token.token.empty()) return std::nullopt;
  return token;
}

std::optional<Token> parse_lookup(const HttpResponse& response) {
  const auto document = is_good(response) ? parse(response) : fail(ErrorKind::config, "");
  if (!document || !document->root()["data"].is_object()) return std::nullopt;
  return token_of(document->root()["data"], "ttl");
}

std::optional<Secret> parse_secret_id(const HttpResponse& response) {
  const auto document = is_good(response) ? parse(response) : fail(ErrorKind::config, "");
  if (!document) return std::nullopt;
  const auto text = document->root()["data"]["secret_id"].text();
  if (!text || text->empty()) return std::nullopt;
  return Secret(std::string(*text));
}

Field parse_field(const HttpResponse& response, const std::string& field) {
  Field out;
  const auto document = parse(response);
  if (!document) return out;
  const json::Value data = document->root()["data"];
  const json::Value metadata = data["metadata"];
  if (!metadata.is_object()) return out;
  if (!data["data"].is_object()) {
    out.state = Field::State::deleted;
    out.is_destroyed = metadata["destroyed"].boolean().value_or(false);
    out.deleted_at = cut(printable(metadata["deletion_time"].text().value_or("")), 40);
    return out;
  }
  const json::Value value = data["data"][field];
  if (!value.exists()) {
    out.state = Field::State::no_field;
  } else if (value.is_object()) {
    out.state = Field::State::there;
    out.text = Secret(value.dump());
  } else if (const auto text = value.text()) {
    out.state = Field::State::there;
    out.text = Secret(std::string(*text));
  } else {
    out.state = Field::State::not_text;
  }
  return out;
}

}  // namespace pruuv::secrets::vault
