#pragma once

#include <cstddef>
#include <string_view>

#include "model/http_message.hpp"
#include "model/verdict.hpp"

namespace pruuv::platforms::google {

inline constexpr std::string_view google_ads_scope = "https://www.googleapis.com/auth/adwords";

// The answer to :uploadClickConversions of `rows` conversions. With partialFailure a 200 says of
// each row by itself whether it was taken; only its errors are believed, never the echo under
// `results`. developers.google.com/google-ads/api/docs/best-practices/understand-api-errors
[[nodiscard]] Classification classify_upload(const HttpResponse& response, std::size_t rows);

}  // namespace pruuv::platforms::google
