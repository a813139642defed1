#pragma once

#include <cstdint>
#include <string_view>

#include "model/http_message.hpp"
#include "platforms/platform.hpp"

// OAuth 2.0: what is stored is a refresh token, because the agency connected a Google user of the
// client, or a service account's key; either is exchanged for an access token.
// developers.google.com/identity/protocols/oauth2
namespace pruuv::platforms::google {

inline constexpr std::string_view token_url = "https://oauth2.googleapis.com/token";

// POST of a form, all of it secret. A refresh token brings the scopes of its consent; a service
// account asks for `scope`, and signs `now_s` (Unix seconds).
[[nodiscard]] HttpRequest token_request(const Credential& credential, const Endpoint& endpoint,
                                        std::string_view scope, std::int64_t now_s);

// Reads the answer. A token without `needed_scope` would be refused at every request with 403, so
// it counts as a failure of the connection: most often a consent given before Data Manager existed.
// An answer that does not say its scopes is taken as it is.
[[nodiscard]] TokenAnswer parse_token(const HttpResponse& response, std::string_view needed_scope);

}  // namespace pruuv::platforms::google
