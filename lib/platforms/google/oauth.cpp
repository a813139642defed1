#include "platforms/google/oauth.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platforms/google/answer.hpp"
#include "platforms/google/request.hpp"
#include "platforms/google/service_account.hpp"
#include "platforms/transport.hpp"

namespace pruuv::platforms::google {
namespace {

constexpr std::int64_t default_lifetime_s = 3600;

// What the `error` of a token answer means; those not listed refuse the credential.
struct TokenError {
  std::string_view code;
  bool transient;
  std::string_view words;
};
constexpr std::array token_errors = {
    TokenError{"invalid_grant", false,
               "the refresh token is expired or revoked; connect the Google account again (while "
               "the OAuth "
               "consent screen is in testing, tokens live 7 days)"},
    TokenError{"invalid_client", false, "client_id or client_secret is wrong"},
    TokenError{"deleted_client", false, "the OAuth client was deleted in the Google Cloud project"},
    TokenError{"unauthorized_client", false,
               "the OAuth client may not use refresh tokens of this user"},
    TokenError{"invalid_scope", false, "the OAuth client may not ask for this scope"},
    TokenError{"server_error", true, "the token endpoint failed"},
    TokenError{"internal_failure", true, "the token endpoint failed"},
    TokenError{"temporarily_unavailable", true, "the token endpoint is down for the moment"},
    TokenError{"rate_limit_exceeded", true, "the token endpoint takes no more for the moment"},
    TokenError{"slow_down", true, "the token endpoint takes no more for the moment"},
};

// The description tells a service account's invalid_grant from a refresh token's.
const TokenError& token_error(std::string_view code, std::string_view description) {
  static constexpr TokenError assertion{
      "invalid_grant", false,
      "Google does not take the service account's signature: check the clock of this machine, and "
      "whether the key was deleted in the Google Cloud project"};
  static constexpr TokenError no_account{"invalid_grant", false,
                                         "there is no such service account any more"};
  if (code == "invalid_grant" && description.starts_with("Invalid JWT")) return assertion;
  if (code == "invalid_grant" && description.starts_with("Invalid grant: account not found")) {
    return no_account;
  }
  static constexpr TokenError other{"", false, "the token endpoint refuses the credential"};
  for (const TokenError& error : token_errors) {
    if (error.code == code) return error;
  }
  return other;
}

// It goes into a header, where a line break would begin another one.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

TokenAnswer failed(Verdict verdict) {
  TokenAnswer out;
  out.failed = true;
  out.failure.verdict = std::move(verdict);
  return out;
}

// Asking for a token changes nothing at Google, so whatever is not a refusal can simply be asked
// again.
TokenAnswer unavailable(const HttpResponse& response, std::string code, std::string_view words) {
  Verdict verdict = classify_transport(response).value_or(classify_status(response));
  verdict.outcome = Outcome::retryable;
  verdict.scope = Scope::platform;
  verdict.reason = Reason::known_failure;
  if (!code.empty()) verdict.code = std::move(code);
  verdict.message = words;
  return failed(std::move(verdict));
}

TokenAnswer refused(std::string code, std::string_view words) {
  return failed({Outcome::rejected, Scope::credential, Reason::credential_refused, std::move(code),
                 std::string(words), std::nullopt});
}

bool has_scope(std::string_view scopes, std::string_view needed) {
  for (const std::string_view scope : split(scopes, ' ')) {
    if (scope == needed) return true;
  }
  return false;
}

TokenAnswer read_token(const json::Value& root, std::string_view token,
                       std::string_view needed_scope) {
  const std::string_view scopes = trim(root["scope"].text().value_or(""));
  if (!scopes.empty() && !has_scope(scopes, needed_scope)) {
    return failed({Outcome::rejected, Scope::connection, Reason::permission_missing,
                   "scope_missing",
                   fmt::format("the token lacks the scope {}; connect the Google account again and "
                               "consent to it",
                               needed_scope),
                   std::nullopt});
  }
  TokenAnswer out;
  out.token.token = Secret(std::string(token));
  const std::int64_t expires_in_s = root["expires_in"].integer().value_or(0);
  out.token.expires_in_s = expires_in_s > 0 ? expires_in_s : default_lifetime_s;
  return out;
}

HttpRequest form_request(const Endpoint& endpoint, std::string form) {
  HttpRequest out;
  out.url = endpoint.token_url;
  out.headers = {{"Content-Type", std::string("application/x-www-form-urlencoded")}};
  out.secret_body = Secret(std::move(form));
  return out;
}

HttpRequest service_account_request(const Credential& credential, const Endpoint& endpoint,
                                    std::string_view scope, std::int64_t now_s) {
  const Secret assertion = signed_assertion(credential, scope, endpoint.token_url, now_s);
  static constexpr std::string_view grant =
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
  std::string form;
  form.reserve(grant.size() + assertion.reveal().size());
  form += grant;
  form += assertion.reveal();
  return form_request(endpoint, std::move(form));
}

}  // namespace

HttpRequest token_request(const Credential& credential, const Endpoint& endpoint,
                          std::string_view scope, std::int64_t now_s) {
  if (!credential.private_key.empty()) {
    return service_account_request(credential, endpoint, scope, now_s);
  }
  const std::array<std::pair<std::string_view, std::string_view>, 3> secrets = {{
      {"client_id=", credential.client_id.reveal()},
      {"&client_secret=", credential.client_secret.reveal()},
      {"&refresh_token=", credential.refresh_token.reveal()},
  }};
  static constexpr std::string_view grant = "&grant_type=refresh_token";
  std::size_t size_max = grant.size();
  for (const auto& [key, value] : secrets) size_max += key.size() + 3 * value.size();

  std::string form;
  form.reserve(size_max);  // growing would leave copies of the secrets behind
  for (const auto& [key, value] : secrets) {
    form += key;
    append_form_value(form, value);
  }
  form += grant;
  return form_request(endpoint, std::move(form));
}

TokenAnswer parse_token(const HttpResponse& response, std::string_view needed_scope) {
  if (!response.is_whole()) return unavailable(response, {}, "no answer from the token endpoint");
  if (response.status >= 300 && response.status < 400) {
    TokenAnswer redirected;
    redirected.failed = true;
    redirected.failure.verdict = classify_status(response);
    redirected.failure.verdict.message = "the token endpoint redirects, which is never followed";
    return redirected;
  }
  const auto document = json::parse(response.body);
  const json::Value root = document ? document->root() : json::Value();

  if (response.status == 200) {
    const std::string_view token = root["access_token"].text().value_or("");
    if (is_token(token)) return read_token(root, token, needed_scope);
  }
  std::string code = code_word(root["error"].text().value_or(""));
  const bool is_down = response.status >= 500 || response.status == 429 || response.status == 408;
  if (code.empty() || is_down) {
    return unavailable(response, std::move(code), "the token endpoint gave no token and no reason");
  }
  const std::string_view description = root["error_description"].text().value_or("");
  const TokenError& error = token_error(code, description);
  if (error.transient) return unavailable(response, std::move(code), error.words);
  return refused(std::move(code), error.words);
}

}  // namespace pruuv::platforms::google
