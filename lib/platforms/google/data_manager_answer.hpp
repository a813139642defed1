#pragma once

#include <cstddef>
#include <string_view>

#include "model/http_message.hpp"
#include "model/verdict.hpp"

namespace pruuv::platforms::google {

inline constexpr std::string_view data_manager_scope =
    "https://www.googleapis.com/auth/datamanager";

// The answer to events:ingest of `rows` events for one destination. 200 with a requestId: all taken
// for processing. One faulty required field refuses the request as a whole, and nothing of it is
// processed. developers.google.com/data-manager/api/devguides/concepts/understand-errors
[[nodiscard]] Classification classify_ingest(const HttpResponse& response, std::size_t rows);

}  // namespace pruuv::platforms::google
