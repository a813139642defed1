#include "platforms/google/data_manager_answer.hpp"

#include <array>
#include <string>

#include <fmt/format.h>

#include "base/json.hpp"
#include "platforms/google/answer.hpp"
#include "platforms/google/rpc_error.hpp"
#include "platforms/transport.hpp"

namespace pruuv::platforms::google {
namespace {

constexpr std::size_t warnings_max = 5;

struct ReasonMeaning {
  std::string_view reason;
  Meaning meaning;
  std::string_view words;
};

// ErrorReason of google/ads/datamanager/v1/error.proto. Those that are not listed are about the
// event whose field they stand at, or, where they stand at none, about the request.
constexpr std::array error_reasons = {
    ReasonMeaning{"INTERNAL_ERROR", meaning::passing, ""},
    ReasonMeaning{"DEADLINE_EXCEEDED", meaning::passing, ""},
    ReasonMeaning{"RESOURCE_EXHAUSTED", meaning::throttled, ""},

    ReasonMeaning{"NOT_FOUND", meaning::misconfigured, ""},
    ReasonMeaning{
        "PERMISSION_DENIED", meaning::not_permitted,
        "the Google user of this credential may not write to customer_id; where access runs "
        "through a manager account, set login_customer_id to it"},
    ReasonMeaning{"INVALID_DESTINATION", meaning::misconfigured, ""},
    ReasonMeaning{"TERMS_AND_CONDITIONS_NOT_SIGNED", meaning::misconfigured,
                  "the terms are not accepted in the Google Ads account"},
    ReasonMeaning{"INVALID_CONVERSION_ACTION_ID", meaning::misconfigured,
                  "no such conversion action in this account"},
    ReasonMeaning{"INVALID_CONVERSION_ACTION_TYPE", meaning::misconfigured,
                  "the conversion action is not of the type import from clicks (UPLOAD_CLICKS)"},
    ReasonMeaning{"DESTINATION_ACCOUNT_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS",
                  meaning::misconfigured,
                  "enhanced conversions for leads are not turned on in the Google Ads account"},
    ReasonMeaning{
        "DESTINATION_ACCOUNT_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS", meaning::misconfigured,
        "the account may not use enhanced conversions, so no e-mail or phone may be sent to it"},
    ReasonMeaning{"DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED",
                  meaning::misconfigured,
                  "the customer data terms are not accepted in the Google Ads account"},
    ReasonMeaning{"LINKED_ACCOUNT_ONLY_ALLOWED_WITH_DATA_PARTNER_LOGIN_ACCOUNT",
                  meaning::misconfigured, ""},
    ReasonMeaning{"OPERATING_ACCOUNT_LOGIN_ACCOUNT_MISMATCH", meaning::misconfigured,
                  "login_customer_id does not manage customer_id"},
    ReasonMeaning{"NOT_ALLOWLISTED", meaning::not_permitted, ""},
    ReasonMeaning{"EVENT_SOURCE_AND_DESTINATION_MISMATCH", meaning::misconfigured,
                  "the conversion action takes no events of this source"},
    ReasonMeaning{"DESTINATION_ACCOUNT_TYPE_MISMATCH", meaning::misconfigured, ""},
    ReasonMeaning{"CUSTOM_VARIABLE_NOT_ENABLED", meaning::misconfigured, ""},
    ReasonMeaning{"CUSTOM_VARIABLE_NOT_FOUND", meaning::misconfigured, ""},
};

const ReasonMeaning* find(std::string_view reason) {
  for (const ReasonMeaning& entry : error_reasons) {
    if (entry.reason == reason) return &entry;
  }
  return nullptr;
}

Verdict read_violation(const FieldViolation& violation, bool at_destination,
                       const std::string& status) {
  const ReasonMeaning* known = find(violation.reason);
  Meaning meaning = known != nullptr ? known->meaning : meaning::bad_event;
  if (at_destination && meaning.scope != Scope::connection) meaning = meaning::misconfigured;
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
    const bool at_destination = violation.field.starts_with("destinations");
    const Verdict verdict = read_violation(violation, at_destination, error.status);
    if (at_destination) {
      of_destination.add(std::nullopt, verdict);
    } else {
      faults.add(row_in_path(violation.field, "events"), verdict);
    }
  }
  const Verdict otherwise = make_verdict(meaning::with_others, {},
                                         "refused only because another event of the request was");
  return (of_destination.empty() ? faults : of_destination).verdicts(otherwise);
}

Verdict read_reason(const RpcError& error, Verdict whole) {
  const ReasonMeaning* known = find(error.reason);
  if (known == nullptr || whole.outcome != Outcome::rejected) return whole;
  if (known->meaning.outcome != Outcome::rejected) return whole;
  return make_verdict(known->meaning, std::move(whole.code),
                      known->words.empty() ? std::move(whole.message) : std::string(known->words));
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
