#pragma once

#include <cstddef>

#include "model/http_message.hpp"
#include "model/verdict.hpp"

namespace pruuv::platforms::meta {

// Success: 2xx, {"events_received": n, "messages": [], "fbtrace_id": "..."}. Failure:
// {"error": {"code", "error_subcode", "message", "is_transient", ...}}. Titles are localised, so
// only code and subcode decide. One bad event makes Meta refuse the whole request and keep none of
// it. Page: developers.facebook.com/docs/graph-api/guides/error-handling
[[nodiscard]] Classification classify(const HttpResponse& response, std::size_t conversions);

}  // namespace pruuv::platforms::meta
