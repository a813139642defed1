#include "data_manager_errors.hpp"

#include <fmt/format.h>

#include "google.hpp"
#include "trace_ids.hpp"

namespace sandbox::data_manager {
namespace {

constexpr std::string_view domain = "datamanager.googleapis.com";

/// Paths within an event are written `events.events[1].event_source`.
std::string field_path(const Path& path) {
  const std::string text = proto_path(path);
  return text.starts_with("events[") ? "events." + text : text;
}

std::string request_info() {
  return fmt::format(R"({{"@type":"type.googleapis.com/google.rpc.RequestInfo","requestId":"{}"}})",
                     new_data_manager_request_id());
}

Answer destination_fault(std::string_view reason, std::string_view message) {
  Violation bad = violation(reason, {}, message);
  prepend(bad, "destinations", 0);
  return fast_fail(std::span(&bad, 1));
}

Answer quota_answer() {
  return google::error_answer(
      429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Ingestion requests'.",
      google::error_info("RATE_LIMIT_EXCEEDED", "googleapis.com",
                         R"("quota_limit":"IngestionRequestsPerMinutePerProject",)"
                         R"("service":"datamanager.googleapis.com")") +
          R"(,{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"5s"})");
}

}  // namespace

Answer fast_fail(std::span<const Violation> violations) {
  std::string list;
  for (const Violation& bad : violations) {
    if (!bad.named) continue;
    list += fmt::format(R"({}{{"field":{},"description":{},"reason":{}}})", list.empty() ? "" : ",",
                        json_quoted(field_path(bad.path)), json_quoted(bad.message),
                        json_quoted(bad.code));
  }
  std::string details = google::error_info("INVALID_ARGUMENT", domain) + "," + request_info();
  if (!list.empty()) {
    details += fmt::format(
        R"(,{{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{}]}})", list);
  }
  return google::error_answer(400, "INVALID_ARGUMENT", "There was a problem with the request.",
                              details);
}

std::optional<Answer> ready_made(std::string_view name, const Judgement&) {
  if (name == "unavailable") {
    return google::error_answer(503, "UNAVAILABLE", "The service is currently unavailable.");
  }
  if (name == "internal") {
    return google::error_answer(500, "INTERNAL", "Internal error encountered.");
  }
  if (name == "deadline") {
    return google::error_answer(504, "DEADLINE_EXCEEDED",
                                "Deadline expired before operation could complete.");
  }
  if (name == "quota") return quota_answer();
  if (name == "permission") {
    return google::error_answer(403, "PERMISSION_DENIED", "The caller does not have permission",
                                google::error_info("PERMISSION_DENIED", domain));
  }
  if (name == "service_disabled") {
    return google::error_answer(403, "PERMISSION_DENIED",
                                "Data Manager API has not been used in this project before or it "
                                "is disabled.",
                                google::error_info("SERVICE_DISABLED", "googleapis.com",
                                                   R"("service":"datamanager.googleapis.com")"));
  }
  if (name == "unauthenticated") return google::unauthenticated();
  if (name == "scope") return google::scope_insufficient();
  if (name == "not_allowlisted") {
    return destination_fault("NOT_ALLOWLISTED", "The destination is not on the allowlist.");
  }
  if (name == "invalid_destination") {
    return destination_fault("INVALID_DESTINATION", "The destination is not valid.");
  }
  if (name == "invalid_argument") return fast_fail({});
  return std::nullopt;
}

}  // namespace sandbox::data_manager
