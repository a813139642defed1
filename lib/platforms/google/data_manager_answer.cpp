#include "platforms/google/data_manager_answer.hpp"

#include <string>

#include <fmt/format.h>

#include "base/json.hpp"
#include "platforms/google/answer.hpp"
#include "platforms/google/data_manager_errors.hpp"
#include "platforms/google/rpc_error.hpp"
#include "platforms/transport.hpp"

namespace pruuv::platforms::google {
namespace {

constexpr std::size_t warnings_max = 5;

bool is_at_destination(const FieldViolation& violation) {
  return violation.field.starts_with("destinations");
}

Verdict read_violation(const FieldViolation& violation, std::optional<std::size_t> row,
                       const std::string& status) {
  const ErrorReason* known = error_reason(violation.reason);
  Meaning meaning = known != nullptr ? known->meaning : meaning::bad_event;
  if (is_at_destination(violation) && meaning.scope != Scope::connection) {
    meaning = meaning::misconfigured;
  } else if (row && meaning.scope == Scope::request) {
    meaning = meaning::bad_event;
  }
  // The description may quote what was sent; the path does not.
  std::string words = violation.field;
  if (known != nullptr && !known->words.empty())
    words = fmt::format("{} ({})", known->words, words);
  return make_verdict(meaning, violation.reason.empty() ? status : violation.reason,
                      std::move(words));
}

// Named rows fail, the others go again at once without them. A fault of the destination is
// everybody's.
std::vector<Verdict> read_violations(const RpcError& error, std::size_t rows) {
  Faults faults(rows);
  Faults of_destination(rows);
  for (const FieldViolation& violation : error.field_violations) {
    const auto row = row_in_path(violation.field, "events");
    const Verdict verdict = read_violation(violation, row, error.status);
    if (is_at_destination(violation)) {
      of_destination.add(std::nullopt, verdict);
    } else {
      faults.add(row, verdict);
    }
  }
  const Verdict otherwise = make_verdict(meaning::with_others, {},
                                         "refused only because another event of the request was");
  return (of_destination.empty() ? faults : of_destination).verdicts(otherwise);
}

Verdict read_reason(const RpcError& error, Verdict whole) {
  const ErrorReason* known = error_reason(error.reason);
  if (known == nullptr || whole.outcome != Outcome::rejected) return whole;
  if (known->meaning.outcome != Outcome::rejected) return whole;
  Meaning meaning = known->meaning;
  // Some event is at fault, and nobody says which.
  if (meaning.scope == Scope::event) meaning = meaning::bad_request;
  if (meaning.scope == Scope::request && whole.scope != Scope::request) return whole;
  return make_verdict(meaning, std::move(whole.code), std::string(known->words));
}

Classification classify_refusal(const RpcError& error, const HttpResponse& response,
                                std::size_t rows) {
  const Verdict whole = classify_rpc_error(error, response, data_manager_scope);
  Classification out;
  if (whole.outcome == Outcome::rejected && !error.field_violations.empty()) {
    out.verdicts = read_violations(error, rows);
  } else {
    out = for_all(read_reason(error, whole), rows);
  }
  out.trace_id = error.request_id;
  return out;
}

// "WARNING_REASON_X at events.events[1].cart_data", the first few of them.
std::string read_warnings(const json::Value& field_warnings) {
  const auto warnings = field_warnings.items();
  std::string out;
  for (std::size_t i = 0; i < warnings.size() && i < warnings_max; ++i) {
    if (i > 0) out += "; ";
    out += fmt::format("{} at {}", code_word(warnings[i]["reason"].text().value_or("")),
                       code_word(warnings[i]["field"].text().value_or("")));
  }
  if (warnings.size() > warnings_max)
    out += fmt::format("; {} more", warnings.size() - warnings_max);
  return out;
}

}  // namespace

Classification classify_ingest(const HttpResponse& response, std::size_t rows) {
  if (const auto verdict = classify_transport(response)) return for_all(*verdict, rows);
  const auto document = json::parse(response.body);
  const json::Value root = document ? document->root() : json::Value();
  if (const auto error = parse_rpc_error(root)) return classify_refusal(*error, response, rows);
  const std::string request_id = code_word(root["requestId"].text().value_or(""));
  if (response.status != 200 || request_id.empty()) return for_all(classify_status(response), rows);
  Classification out = for_all(make_verdict(meaning::accepted), rows);
  out.trace_id = request_id;
  out.warning = read_warnings(root["fieldWarnings"]);
  return out;
}

}  // namespace pruuv::platforms::google
