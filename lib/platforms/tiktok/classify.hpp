#pragma once

#include <cstddef>

#include "model/http_message.hpp"
#include "model/verdict.hpp"

namespace pruuv::platforms::tiktok {

// {"code": 0, "message": "OK", "request_id": "...", "data": {}}. The code decides, whatever the
// HTTP status: TikTok answers 200 to refusals and 401 to throttling. No verdict per event exists; a
// refusal may name the first bad event as "data.3" or "Batch.3" in its message. What the codes
// mean: codes.hpp.
[[nodiscard]] Classification classify(const HttpResponse& response, std::size_t conversions);

}  // namespace pruuv::platforms::tiktok
