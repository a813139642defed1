#pragma once

#include <string>
#include <string_view>

namespace pruuv {

// RFC 4648: base64 with padding, and base64url without, as JSON Web Tokens and URLs have it.
[[nodiscard]] std::string to_base64(std::string_view bytes);
[[nodiscard]] std::string to_base64url(std::string_view bytes);

}  // namespace pruuv
