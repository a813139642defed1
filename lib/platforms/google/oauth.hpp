#pragma once

#include <string_view>

#include "base/result.hpp"
#include "model/http_message.hpp"
#include "platforms/platform.hpp"

// OAuth 2.0, refresh token grant: the agency connected a Google user of the client, and what is
// stored is a refresh token. developers.google.com/identity/protocols/oauth2
namespace pruuv::platforms::google {

inline constexpr std::string_view token_url = "https://oauth2.googleapis.com/token";

// The secret's text: {"client_id": ..., "client_secret": ..., "refresh_token": ...}; other keys are
// passed over. Fails with kind config, naming the key.
[[nodiscard]] Result<Credential> parse_credential(const Secret& text);

// POST of a form, all of it secret.
[[nodiscard]] HttpRequest token_request(const Credential& credential, const Endpoint& endpoint,
                                        std::int64_t now_s);

// Reads the answer. A token without `needed_scope` would be refused at every request with 403, so
// it counts as a failure of the connection: most often a consent given before Data Manager existed.
// An answer that does not say its scopes is taken as it is.
[[nodiscard]] TokenAnswer parse_token(const HttpResponse& response, std::string_view needed_scope);

}  // namespace pruuv::platforms::google
