#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pruuv::platforms::meta {

// What an error code and subcode of Meta's mean, for account staff: Meta's own titles come in the
// language of the server's country and seldom say more than "Invalid parameter". "" where nobody
// knows. Pages: graph-api/guides/error-handling, marketing-api/overview/rate-limiting; the subcodes
// of code 100 stand on no page of Meta's and come from answers people published.
[[nodiscard]] std::string_view error_words(std::int64_t code, std::optional<std::int64_t> subcode);

}  // namespace pruuv::platforms::meta
