#pragma once

#include <string>
#include <string_view>

namespace pruuv {

// Everything but letters, digits and -._~ as %XX (RFC 3986, 2.3), slashes too.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace pruuv
