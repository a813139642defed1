#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "model/http_message.hpp"
#include "platforms/google/answer.hpp"

// The error object that every Google API answers a refused request with (google.rpc.Status in
// JSON):
//   {"error": {"code": 403, "message": "...", "status": "PERMISSION_DENIED", "details": [{"@type":
//   ...}]}}
// `details` and each of its parts may be missing. cloud.google.com/apis/design/errors
namespace pruuv::platforms::google {

struct FieldViolation {
  std::string field;   // path into the request, code_word() of it
  std::string reason;  // of Data Manager only; else empty
};

struct RpcError {
  std::string status;                            // "PERMISSION_DENIED"; empty where none was given
  std::string message;                           // as it came
  std::string reason;                            // ErrorInfo.reason: "SERVICE_DISABLED"
  std::string quota_limit;                       // ErrorInfo.metadata: which quota is used up
  std::string request_id;                        // RequestInfo
  std::vector<FieldViolation> field_violations;  // BadRequest
  std::optional<std::int64_t> retry_after_s;     // RetryInfo
};

// Nothing where the answer is not in this shape: a proxy's page, or another vendor's JSON.
[[nodiscard]] std::optional<RpcError> parse_rpc_error(const json::Value& root);

// What it means for the whole request, field violations apart: by ErrorInfo.reason where that says
// more than the status, else by status, else by the HTTP status. 429 and 503 are known failures
// with any status; DEADLINE_EXCEEDED and UNKNOWN leave the outcome open. `needed_scope`
// is named where the token lacks it.
[[nodiscard]] Verdict classify_rpc_error(const RpcError& error, const HttpResponse& response,
                                         std::string_view needed_scope);

// A duration as JSON spells it, "5s" or "0.5s", in whole seconds, rounded up.
[[nodiscard]] std::optional<std::int64_t> parse_duration_rounded_up_s(std::string_view text);

}  // namespace pruuv::platforms::google
