#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pruuv::identity {

// Full Unicode lower case in the root locale, as JavaScript's toLowerCase: final sigma, U+0130
// becomes i and U+0307. No normal form conversion. Nothing if `text` is no UTF-8.
[[nodiscard]] std::optional<std::string> lower_case(std::string_view text);

}  // namespace pruuv::identity
