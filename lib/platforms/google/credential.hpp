#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "platforms/platform.hpp"

namespace pruuv::platforms::google {

// The secret's text, one of two JSON objects; other members are passed over:
//   {"client_id", "client_secret", "refresh_token"}   a Google user connected by the agency
//   {"type": "service_account", "client_email", "private_key", "private_key_id"}
//                                                     the key file of a service account, as it was
//                                                     downloaded; private_key_id may be missing
// Both may hold a developer_token. Fails with kind config, naming the member, never quoting it.
[[nodiscard]] Result<Credential> parse_credential(const Secret& text);

}  // namespace pruuv::platforms::google
