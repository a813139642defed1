#pragma once

#include <cstdint>
#include <string_view>

#include "base/secret.hpp"
#include "platforms/platform.hpp"

// A service account asks for an access token with a JSON Web Token that it signs itself.
// developers.google.com/identity/protocols/oauth2/service-account
namespace pruuv::platforms::google {

// header.claims.signature in base64url: RS256 with the credential's key, valid for an hour from
// `now_s` (Unix seconds) at the token endpoint `audience` for `scope`. Whoever has it can get an
// access token with it.
[[nodiscard]] Secret signed_assertion(const Credential& credential, std::string_view scope,
                                      std::string_view audience, std::int64_t now_s);

}  // namespace pruuv::platforms::google
