#pragma once

#include <cstdint>
#include <optional>

#include "model/http_message.hpp"
#include "model/verdict.hpp"

// Meta's usage headers: how near the limits are. Each holds JSON; they come only after enough
// calls. Page: marketing-api/overview/rate-limiting
//   X-App-Usage                {"call_count": 28, "total_time": 25, "total_cputime": 25}
//   X-Business-Use-Case-Usage  {"<business id>": [{"call_count": 95, ...,
//                              "estimated_time_to_regain_access": 19}]}
//   X-Ad-Account-Usage         {"acc_id_util_pct": 9.67, "reset_time_duration": 100}
// Shares are percent of the limit, the estimate is in minutes, the reset in seconds.
namespace pruuv::platforms::meta {

// From 80 % of any limit on a second between requests, from 95 % on none in this run. The page
// names no such shares; they leave room for the other programs that use the limit.
[[nodiscard]] Pace pace_of(const HttpResponse& response);

// The longest wait in seconds that X-Business-Use-Case-Usage names, or X-Ad-Account-Usage from 95 %
// on; at most 7 days, nothing where there is none.
[[nodiscard]] std::optional<std::int64_t> estimated_wait_s(const HttpResponse& response);

}  // namespace pruuv::platforms::meta
