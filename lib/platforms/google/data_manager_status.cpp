#include "platforms/google/data_manager_status.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platforms/google/answer.hpp"
#include "platforms/google/data_manager_answer.hpp"
#include "platforms/google/processing_errors.hpp"
#include "platforms/google/request.hpp"
#include "platforms/google/rpc_error.hpp"
#include "platforms/transport.hpp"

namespace pruuv::platforms::google {
namespace {

constexpr std::size_t reasons_max = 20;  // shown of an answer; a request has few

// One element of errorCounts or warningCounts.
struct ReasonCount {
  std::string code;
  std::optional<std::int64_t> stated;  // recordCount
  std::int64_t records = 0;            // the same, or as many as there are positions, at least one
  std::vector<std::size_t> rows;       // each once
  bool rows_are_sound = true;          // false: one of them is no position of the request
};

ReasonCount read_count(const json::Value& entry, std::size_t rows) {
  ReasonCount out;
  out.code = code_word(without_prefix(entry["reason"].text().value_or("")));
  if (out.code.empty()) out.code = "UNSPECIFIED";
  for (const json::Value& index : entry["recordIndices"].items()) {
    const auto row = index.integer();
    if (!row || *row < 0 || static_cast<std::size_t>(*row) >= rows) {
      out.rows_are_sound = false;
    } else if (std::ranges::find(out.rows, static_cast<std::size_t>(*row)) == out.rows.end()) {
      out.rows.push_back(static_cast<std::size_t>(*row));
    }
  }
  out.stated = entry["recordCount"].integer();
  out.records =
      out.stated.value_or(std::max<std::int64_t>(1, static_cast<std::int64_t>(out.rows.size())));
  return out;
}

std::vector<ReasonCount> read_counts(const json::Value& list, std::size_t rows) {
  std::vector<ReasonCount> out;
  for (const json::Value& entry : list.items()) out.push_back(read_count(entry, rows));
  return out;
}

// What costs the event most ranks highest.
int severity(Outcome outcome) {
  return outcome == Outcome::rejected ? 2 : outcome == Outcome::waiting ? 1 : 0;
}

// The judgement of the events of one request, gathered reason by reason.
class Diagnoses {
 public:
  explicit Diagnoses(std::size_t rows) : rows_(rows) {}

  // `all_failed`: the platform took none of the events.
  void add(const std::vector<ReasonCount>& counts, bool all_failed) {
    for (const ReasonCount& count : counts) {
      const bool is_only_reason = all_failed && counts.size() == 1 && !count.stated;
      if (count.rows.empty() && (is_only_reason || is_of_all(count))) {
        for (std::size_t row = 0; row < rows_.size(); ++row) set(row, count.code);
        continue;
      }
      for (const std::size_t row : count.rows) set(row, count.code);
      const auto left = count.records - static_cast<std::int64_t>(count.rows.size());
      if (left > 0) remark(fmt::format("{} x {}", left, count.code));
      if (left != 0) is_exact_ = false;
    }
  }

  // Of an answer whose positions cannot be believed.
  void add_unattributed(const std::vector<ReasonCount>& counts) {
    for (const ReasonCount& count : counts) {
      remark(fmt::format("{} x {}", count.records, count.code));
    }
  }

  void remark(std::string text) {
    unattributed_.push_back(std::move(text));
    is_exact_ = false;
  }

  [[nodiscard]] StatusAnswer answer(bool others_are_accepted) const {
    StatusAnswer out;
    out.state = StatusAnswer::State::judged;
    for (const auto& row : rows_) {
      if (row) out.events.push_back(*row);
    }
    out.rest_accepted = others_are_accepted && is_exact_;
    out.unattributed = unattributed_;
    if (out.unattributed.size() > reasons_max) {
      const std::size_t more = out.unattributed.size() - reasons_max;
      out.unattributed.resize(reasons_max);
      out.unattributed.push_back(fmt::format("{} more reasons", more));
    }
    return out;
  }

 private:
  [[nodiscard]] bool is_of_all(const ReasonCount& count) const {
    return rows_.size() == 1 || count.stated == static_cast<std::int64_t>(rows_.size());
  }

  void set(std::size_t row, const std::string& code) {
    const ProcessingError& error = processing_error(code);
    auto& kept = rows_[row];
    if (kept && severity(kept->outcome) >= severity(error.outcome)) return;
    kept = EventDiagnosis{row,
                          error.outcome,
                          error.reason,
                          code,
                          std::string(error.words),
                          error.outcome == Outcome::waiting ? too_recent_wait_s : 0};
  }

  std::vector<std::optional<EventDiagnosis>> rows_;
  std::vector<std::string> unattributed_;
  bool is_exact_ = true;
};

// What one destination says; `is_failed`: that it took none of the events.
void read_errors(const json::Value& destination, std::size_t rows, bool is_failed,
                 Diagnoses& diagnoses) {
  const auto counts = read_counts(destination["errorInfo"]["errorCounts"], rows);
  const auto records = destination["eventsIngestionStatus"]["recordCount"].integer();
  if (records && *records != static_cast<std::int64_t>(rows)) {
    diagnoses.remark(
        fmt::format("Google counts {} events in this request, which had {}", *records, rows));
    diagnoses.add_unattributed(counts);
  } else if (std::ranges::all_of(counts, &ReasonCount::rows_are_sound)) {
    diagnoses.add(counts, is_failed);
  } else {
    diagnoses.add_unattributed(counts);
  }
}

// The destinations of one answer; this program sends to one.
StatusAnswer read_destinations(const std::vector<json::Value>& destinations, std::size_t rows) {
  StatusAnswer pending;
  pending.state = StatusAnswer::State::pending;
  if (destinations.empty()) return pending;

  Diagnoses diagnoses(rows);
  bool others_are_accepted = true;
  std::string warnings;
  for (const json::Value& destination : destinations) {
    const std::string_view status = destination["requestStatus"].text().value_or("");
    const bool is_failed = status == "FAILED" || status == "FAILURE";
    if (!is_failed && status != "SUCCESS" && status != "PARTIAL_SUCCESS") return pending;
    read_errors(destination, rows, is_failed, diagnoses);
    if (destination["errorInfo"]["errorCounts"].items().empty() && status != "SUCCESS") {
      diagnoses.remark(fmt::format("{} without a reason", status));
    }
    if (is_failed) others_are_accepted = false;
    for (const ReasonCount& count :
         read_counts(destination["warningInfo"]["warningCounts"], rows)) {
      warnings += fmt::format("{}{} x {}", warnings.empty() ? "" : "; ", count.records, count.code);
    }
  }
  StatusAnswer out = diagnoses.answer(others_are_accepted);
  out.warning = cut(warnings, 1000);
  return out;
}

// Asking changes nothing at Google: what is neither a refusal of the connection nor of its
// credential can simply be asked again.
StatusAnswer failed(Verdict verdict) {
  if (verdict.scope == Scope::request || verdict.scope == Scope::event) {
    verdict.outcome = Outcome::retryable;
    verdict.scope = Scope::platform;
    verdict.reason = Reason::known_failure;
  }
  StatusAnswer out;
  out.state = StatusAnswer::State::failed;
  out.failure = std::move(verdict);
  return out;
}

bool says_unknown_id(const RpcError& error) {
  constexpr std::string_view reason = "INVALID_REQUEST_ID";
  return error.reason == reason ||
         std::ranges::any_of(error.field_violations, [&](const FieldViolation& violation) {
           return violation.reason == reason;
         });
}

}  // namespace

HttpRequest status_request(std::string_view trace_id, const Connection& connection,
                           const Endpoint& endpoint, const Credential& credential) {
  HttpRequest out;
  out.method = "GET";
  out.url = fmt::format("{}/v1/requestStatus:retrieve?requestId=", endpoint.base_url);
  append_form_value(out.url, trace_id);
  out.headers = bearer_headers(credential, connection);
  return out;
}

StatusAnswer parse_status(const HttpResponse& response, std::size_t rows) {
  if (const auto verdict = classify_transport(response)) return failed(*verdict);
  const auto document = json::parse(response.body);
  const json::Value root = document ? document->root() : json::Value();
  if (const auto error = parse_rpc_error(root)) {
    if (response.status == 400 && says_unknown_id(*error)) {
      StatusAnswer out;
      out.state = StatusAnswer::State::unknown;
      return out;
    }
    return failed(classify_rpc_error(*error, response, data_manager_scope));
  }
  if (response.status != 200 || !root.is_object()) return failed(classify_status(response));
  return read_destinations(root["requestStatusPerDestination"].items(), rows);
}

}  // namespace pruuv::platforms::google
