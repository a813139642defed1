#include "platforms/google/google_ads_answer.hpp"

#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/json.hpp"
#include "platforms/google/answer.hpp"
#include "platforms/google/google_ads_errors.hpp"
#include "platforms/google/rpc_error.hpp"
#include "platforms/transport.hpp"

namespace pruuv::platforms::google {
namespace {

struct Fault {
  std::optional<std::size_t> row;  // none: of the whole request
  Verdict verdict;
};

struct Failure {
  std::vector<Fault> faults;
  std::string request_id;
};

// The row an error speaks of: `index` of the first path element "conversions". A path without one
// is about the request; an index left out is 0, as JSON of protocol buffers may do.
std::optional<std::size_t> row_of(const json::Value& error) {
  for (const json::Value& element : error["location"]["fieldPathElements"].items()) {
    if (element["fieldName"].text() != "conversions") continue;
    const std::int64_t index = element["index"].integer().value_or(0);
    if (index < 0) return std::nullopt;
    return static_cast<std::size_t>(index);
  }
  return std::nullopt;
}

// Google's words, unless they quote the offending input, which `trigger` holds.
std::string words_of(const json::Value& error) {
  const std::string_view message = error["message"].text().value_or("");
  for (const auto& [kind, value] : error["trigger"].members()) {
    const std::string_view input = value.text().value_or("");
    if (!input.empty() && message.find(input) != std::string_view::npos) return {};
  }
  return std::string(message);
}

// `unlisted` is what a code means that the tables do not know.
Fault read_error(const json::Value& error, const Meaning& unlisted) {
  std::string family;
  std::string name;
  for (const auto& [key, value] : error["errorCode"].members()) {
    family = code_word(key);
    name = code_word(value.text().value_or(""));
  }
  const AdsErrorMeaning* known = meaning_of_ads_error(family, name);
  std::string code = family.empty() ? std::string("unknown") : fmt::format("{}:{}", family, name);
  const std::string unpublished =
      code_word(error["details"]["unpublishedErrorCode"].text().value_or(""));
  if (!unpublished.empty()) code += "/" + unpublished;

  const bool has_words = known != nullptr && !known->words.empty();
  Fault out{row_of(error),
            make_verdict(known != nullptr ? known->meaning : unlisted, std::move(code),
                         has_words ? std::string(known->words) : words_of(error))};
  if (out.verdict.reason == Reason::throttled) {
    const json::Value quota = error["details"]["quotaErrorDetails"];
    const auto delay_s = parse_duration_rounded_up_s(quota["retryDelay"].text().value_or(""));
    if (delay_s) out.verdict.retry_after_s = delay_s;
    if (quota["rateScope"].text() == "ACCOUNT") out.verdict.scope = Scope::connection;
  }
  return out;
}

// All errors of all details: one GoogleAdsFailure normally holds those of every row. Its type URL
// has the API version in it.
Failure read_failure(const json::Value& details, const Meaning& unlisted) {
  Failure out;
  for (const json::Value& detail : details.items()) {
    if (!detail["@type"].text().value_or("").ends_with(".errors.GoogleAdsFailure")) continue;
    out.request_id = code_word(detail["requestId"].text().value_or(""));
    for (const json::Value& error : detail["errors"].items())
      out.faults.push_back(read_error(error, unlisted));
  }
  return out;
}

Verdict sent_in_bad_company() {
  return make_verdict(meaning::with_others, {},
                      "refused only because another event of the request was");
}

Classification classify_rows(const json::Value& root, std::size_t rows) {
  Classification out;
  const json::Value partial = root["partialFailureError"];
  const Failure failure = read_failure(partial["details"], meaning::bad_event);
  if (failure.faults.empty() && partial["code"].integer().value_or(0) != 0) {
    out = for_all(make_verdict(meaning::unknown_outcome, "partialFailureError",
                               "some rows failed, and the answer does not say which"),
                  rows);
    return out;
  }
  Verdict otherwise = make_verdict(meaning::accepted);
  Faults faults(rows);
  for (const Fault& fault : failure.faults) {
    faults.add(fault.row, fault.verdict);
    if (fault.verdict.code == duplicate_order_id_code) otherwise = sent_in_bad_company();
  }
  out.verdicts = faults.verdicts(otherwise);
  out.trace_id = failure.request_id;
  return out;
}

// A failure that will pass: the errors inside only name it, and may say how long to wait.
Verdict passing(Verdict whole, const std::vector<Fault>& faults) {
  if (faults.empty()) return whole;
  const Verdict& named = faults.front().verdict;
  whole.code = named.code;
  whole.message = named.message;
  if (whole.outcome == Outcome::retryable && named.reason == Reason::throttled) {
    whole.reason = named.reason;
    whole.scope = named.scope;
    whole.retry_after_s = named.retry_after_s;
  }
  return whole;
}

Classification classify_refusal(const RpcError& error, const json::Value& root,
                                const HttpResponse& response, std::size_t rows) {
  const Verdict whole = classify_rpc_error(error, response, google_ads_scope);
  // The status still tells whose fault an unlisted code is: 403 is not the events'.
  const Meaning by_status = whole.scope == Scope::request
                                ? meaning::bad_event
                                : Meaning{whole.outcome, whole.scope, whole.reason};
  const Failure failure = read_failure(root["error"]["details"], by_status);
  Classification out;
  if (whole.outcome != Outcome::rejected) {
    out = for_all(passing(whole, failure.faults), rows);
  } else {
    Faults faults(rows);
    for (const Fault& fault : failure.faults) faults.add(fault.row, fault.verdict);
    for (const FieldViolation& violation : error.field_violations) {
      faults.add(row_in_path(violation.field, "conversions"),
                 make_verdict(meaning::bad_event, error.status, violation.field));
    }
    if (faults.empty()) faults.add(std::nullopt, whole);
    out.verdicts = faults.verdicts(sent_in_bad_company());
  }
  out.trace_id = failure.request_id;
  return out;
}

// An UploadClickConversionsResponse and nothing else; proto3 JSON leaves out what is empty.
bool is_upload_response(const json::Value& root) {
  if (!root.is_object()) return false;
  for (const auto& [key, value] : root.members()) {
    if (key != "results" && key != "partialFailureError" && key != "jobId") return false;
  }
  return true;
}

}  // namespace

Classification classify_upload(const HttpResponse& response, std::size_t rows) {
  if (const auto verdict = classify_transport(response)) return for_all(*verdict, rows);
  const auto document = json::parse(response.body);
  const json::Value root = document ? document->root() : json::Value();
  Classification out;
  if (const auto error = parse_rpc_error(root)) {
    out = classify_refusal(*error, root, response, rows);
  } else if (response.status == 200 && is_upload_response(root)) {
    out = classify_rows(root, rows);
  } else {
    out = for_all(classify_status(response), rows);
  }
  if (out.trace_id.empty()) out.trace_id = code_word(response.header("request-id"));
  return out;
}

}  // namespace pruuv::platforms::google
