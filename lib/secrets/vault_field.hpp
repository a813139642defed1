#pragma once

#include <string>

#include "model/http_message.hpp"
#include "secrets/place.hpp"

// What Vault's answer about one secret comes to, in words for people.
namespace pruuv::secrets::vault {

// Of a read that came with 200.
[[nodiscard]] Answer answer_of_read(const Reference& reference, const HttpResponse& response);
// Of one that came with 404: not there, deleted, destroyed, no such mount.
[[nodiscard]] Answer answer_of_missing(const Reference& reference, const HttpResponse& response);

// "read a secret: CAUSE, at vault:...". The reference stands at the end: what follows a token's
// name and a colon is hidden in records.
[[nodiscard]] std::string text_of_read(const Reference& reference, const std::string& cause);

}  // namespace pruuv::secrets::vault
