#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "platform.hpp"

/// Error bodies of the Google Ads API. A violation's code is "family.NAME", the key and value of
/// errorCode, for example "conversionUploadError.TOO_RECENT_EVENT".
/// google/ads/googleads/v25/errors/*.proto
namespace sandbox::google_ads {

/// The detail with all errors of a request: a GoogleAdsFailure of this version, as JSON.
[[nodiscard]] std::string failure(std::span<const Violation> errors, std::string_view version,
                                  std::string_view more_keys = {});

/// A whole request refused with one error.
[[nodiscard]] Answer request_error(int status, std::string_view name, const Violation& error,
                                   std::string_view version);

/// 200 with partialFailureError when there are errors, and one result a row, empty for a bad row.
[[nodiscard]] Answer row_answer(std::span<const Violation> errors, const Judgement& judgement,
                                std::string_view version);

/// Ready-made misbehaviour: unavailable, quota, permission, not_allowlisted, unauthenticated,
/// internal, deadline, too_recent, unsupported_version, project_not_approved.
[[nodiscard]] std::optional<Answer> ready_made(std::string_view name, const Judgement& judgement);

}  // namespace sandbox::google_ads
