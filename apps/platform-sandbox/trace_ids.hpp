#pragma once

#include <cstddef>
#include <string>

/// The random ids platforms put into their answers, each new. They identify nothing.
namespace sandbox {

/// Meta's `fbtrace_id`: 23 characters, the first is A.
[[nodiscard]] std::string new_fbtrace_id();
/// TikTok's `request_id`: a time stamp and upper-case hex.
[[nodiscard]] std::string new_tiktok_request_id();
/// The `requestId` of the Google Ads API: 22 characters of base64url.
[[nodiscard]] std::string new_google_ads_request_id();
/// The `requestId` of the Data Manager API.
[[nodiscard]] std::string new_data_manager_request_id();
/// The `jobId` Google Ads makes when the request has none: 2^31 or more.
[[nodiscard]] std::string new_job_id();

}  // namespace sandbox
