#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "platforms/platform.hpp"

namespace pruuv::platforms {

// The credential of a platform that knows one long-lived token: the bare token, or
// {"access_token": "...", "app_secret": "..."} with app_secret optional and other keys ignored. A
// token is printable ASCII without spaces; white space around it is dropped. Errors (kind config)
// name the part, never its text.
[[nodiscard]] Result<Credential> parse_token_credential(const Secret& text);

}  // namespace pruuv::platforms
