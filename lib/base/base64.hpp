#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pruuv {

// RFC 4648: base64 with padding, and base64url without, as JSON Web Tokens and URLs have it.
[[nodiscard]] std::string to_base64(std::string_view bytes);
[[nodiscard]] std::string to_base64url(std::string_view bytes);

// The bytes of one base64 text with padding; nothing where it is not exactly what to_base64 writes:
// white space, missing padding and stray bits at the end are refused. The bytes are written once,
// in place, so that a caller who puts them into a Secret leaves no copy.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace pruuv
