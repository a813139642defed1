#include "google_ads_errors.hpp"

#include <array>

#include <fmt/format.h>

#include "google.hpp"
#include "trace_ids.hpp"

namespace sandbox::google_ads {
namespace {

constexpr std::string_view usual_version = "v25";

std::string location_of(const Path& path) {
  std::string elements;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i].index) continue;
    if (!elements.empty()) elements += ',';
    elements += fmt::format(R"({{"fieldName":{})", json_quoted(snake_case(path[i].name)));
    if (i + 1 < path.size() && path[i + 1].index) {
      elements += fmt::format(R"(,"index":{})", *path[i + 1].index);
    }
    elements += '}';
  }
  return fmt::format(R"({{"fieldPathElements":[{}]}})", elements);
}

std::string error_json(const Violation& error, std::string_view more_keys) {
  const std::string_view code = error.code;
  const std::size_t dot = code.find('.');
  std::string text =
      fmt::format(R"({{"errorCode":{{{}:{}}},"message":{})", json_quoted(code.substr(0, dot)),
                  json_quoted(code.substr(dot + 1)), json_quoted(error.message));
  if (!error.trigger.empty()) {
    text += fmt::format(R"(,"trigger":{{"stringValue":{}}})", json_quoted(error.trigger));
  }
  if (!error.path.empty()) text += fmt::format(R"(,"location":{})", location_of(error.path));
  if (!more_keys.empty()) text += fmt::format(R"(,"details":{{{}}})", more_keys);
  return text + "}";
}

std::string first_message(std::span<const Violation> errors) {
  const std::string text =
      fmt::format("{}, at {}", errors.front().message, proto_path(errors.front().path));
  return errors.size() == 1 ? text : "Multiple errors in 'details'. First error: " + text;
}

/// ClickConversionResult: what was sent, for the rows that were taken.
std::string result_json(const Json& row) {
  std::string text;
  for (const std::string_view key :
       {"gclid", "gbraid", "wbraid", "conversionAction", "conversionDateTime"}) {
    const std::string_view value = find_text(row, key);
    if (value.empty()) continue;
    text += fmt::format("{}\"{}\":{}", text.empty() ? "" : ",", key, json_quoted(value));
  }
  return "{" + text + "}";
}

/// The same error for every row, as an account-wide fault shows itself.
Answer every_row(std::string_view code, std::string_view message, const Judgement& judgement) {
  std::vector<Violation> errors;
  for (std::size_t i = 0; i < judgement.events.size(); ++i) {
    errors.push_back(violation(code, {}, message));
    prepend(errors.back(), "conversions", i);
  }
  return row_answer(errors, judgement, usual_version);
}

Answer ready_request_error(int status, std::string_view name, std::string_view code,
                           std::string_view message) {
  return request_error(status, name, violation(code, {}, message), usual_version);
}

Answer quota_answer() {
  const std::array errors{
      violation("quotaError.RESOURCE_EXHAUSTED", {}, "Too many requests. Retry in 5 seconds.")};
  return google::error_answer(
      429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).",
      failure(errors, usual_version,
              R"("quotaErrorDetails":{"rateScope":"ACCOUNT","rateName":"Number of operations",)"
              R"("retryDelay":"5s"})"));
}

}  // namespace

std::string failure(std::span<const Violation> errors, std::string_view version,
                    std::string_view more_keys) {
  std::string list;
  for (const Violation& error : errors) {
    if (!list.empty()) list += ',';
    list += error_json(error, more_keys);
  }
  return fmt::format(
      R"({{"@type":"type.googleapis.com/google.ads.googleads.{}.errors.GoogleAdsFailure",)"
      R"("errors":[{}],"requestId":"{}"}})",
      version, list, new_google_ads_request_id());
}

Answer request_error(int status, std::string_view name, const Violation& error,
                     std::string_view version) {
  const std::string_view message = status == 403 ? "The caller does not have permission"
                                                 : "Request contains an invalid argument.";
  return google::error_answer(status, name, status < 500 ? message : error.message,
                              failure(std::span(&error, 1), version));
}

Answer row_answer(std::span<const Violation> errors, const Judgement& judgement,
                  std::string_view version) {
  std::string body = "{";
  if (!errors.empty()) {
    body += fmt::format(R"("partialFailureError":{{"code":3,"message":{},"details":[{}]}},)",
                        json_quoted(first_message(errors)), failure(errors, version));
  }
  std::vector<bool> failed(judgement.events.size(), false);
  for (const Violation& error : errors) {
    if (error.path.size() > 1 && error.path[1].index) failed[*error.path[1].index] = true;
  }
  if (judgement.executed) {
    const Json* rows = event_objects(judgement, "conversions");
    body += R"("results":[)";
    for (rapidjson::SizeType i = 0; i < judgement.events.size(); ++i) {
      if (i > 0) body += ',';
      body += failed[i] ? "{}" : result_json((*rows)[i]);
    }
    body += "],";
  }
  const Json* job = find(judgement.body, "jobId");
  body += fmt::format(R"("jobId":"{}"}})", job != nullptr && job->IsInt64()
                                               ? std::to_string(job->GetInt64())
                                               : new_job_id());
  return {200, std::move(body), "application/json; charset=UTF-8", {}};
}

std::optional<Answer> ready_made(std::string_view name, const Judgement& judgement) {
  if (name == "unavailable") {
    return ready_request_error(503, "UNAVAILABLE", "internalError.TRANSIENT_ERROR",
                               "The service is currently unavailable.");
  }
  if (name == "internal") {
    return ready_request_error(500, "INTERNAL", "internalError.INTERNAL_ERROR",
                               "Internal error encountered.");
  }
  if (name == "deadline") {
    return google::error_answer(504, "DEADLINE_EXCEEDED",
                                "Deadline expired before operation could complete.");
  }
  if (name == "quota") return quota_answer();
  if (name == "permission") {
    return ready_request_error(403, "PERMISSION_DENIED",
                               "authorizationError.USER_PERMISSION_DENIED",
                               "User doesn't have permission to access customer. Note: If you're "
                               "accessing a client customer, the manager's customer id must be set "
                               "in the 'login-customer-id' header.");
  }
  if (name == "project_not_approved") {
    return ready_request_error(403, "PERMISSION_DENIED",
                               "authorizationError.CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION",
                               "The Cloud project is not approved for production accounts.");
  }
  if (name == "unsupported_version") {
    return ready_request_error(400, "INVALID_ARGUMENT", "requestError.UNSUPPORTED_VERSION",
                               "Version is deprecated. Requests to this version will be blocked.");
  }
  if (name == "unauthenticated") return google::unauthenticated();
  if (name == "not_allowlisted") {
    return every_row("notAllowlistedError.CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE",
                     "New integrations should use the Data Manager API; this feature is limited to "
                     "existing users.",
                     judgement);
  }
  if (name == "too_recent") {
    return every_row("conversionUploadError.TOO_RECENT_EVENT",
                     "The click occurred less than 6 hours ago. Please try again after 6 hours.",
                     judgement);
  }
  return std::nullopt;
}

}  // namespace sandbox::google_ads
