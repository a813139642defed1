#pragma once

#include <string>

#include "platforms/platform.hpp"

// Recorded answers: testdata/responses/<adapter>/<name>.json, each
//   {"about", "status", "headers", "body", "bytes_sent", "transport_code", "events",
//    "expect": [{"outcome", "scope", "reason", "code", "retry_after_s"}], "trace_id", "warning"}
// where body is an object, or a string for what is no JSON; bytes_sent is true and transport_code 0
// unless said; one expectation stands for all events, else one each.
namespace pruuv::platforms::testing {

void check_recorded_responses(const Platform& platform, const std::string& folder,
                              std::size_t at_least);

}  // namespace pruuv::platforms::testing
