#include "platforms/google/rpc_error.hpp"

#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "platforms/transport.hpp"

namespace pruuv::platforms::google {
namespace {

struct StatusMeaning {
  std::string_view status;
  Meaning meaning;
};
// developers.google.com/google-ads/api/docs/best-practices/understand-api-errors and
// developers.google.com/data-manager/api/devguides/concepts/understand-errors agree on these.
constexpr std::array status_meanings = {
    StatusMeaning{"INVALID_ARGUMENT", meaning::bad_request},
    StatusMeaning{"FAILED_PRECONDITION", meaning::bad_request},
    StatusMeaning{"OUT_OF_RANGE", meaning::bad_request},
    StatusMeaning{"ALREADY_EXISTS", meaning::bad_request},
    StatusMeaning{"UNAUTHENTICATED", meaning::bad_credential},
    StatusMeaning{"PERMISSION_DENIED", meaning::not_permitted},
    StatusMeaning{"NOT_FOUND", meaning::misconfigured},
    StatusMeaning{"UNIMPLEMENTED", meaning::dead_version},
    StatusMeaning{"RESOURCE_EXHAUSTED", meaning::throttled},
    StatusMeaning{"ABORTED", meaning::down},
    StatusMeaning{"CANCELLED", meaning::down},
    StatusMeaning{"INTERNAL", meaning::down},
    StatusMeaning{"UNAVAILABLE", meaning::down},
    StatusMeaning{"DATA_LOSS", meaning::down},
    StatusMeaning{"DEADLINE_EXCEEDED", meaning::unknown_outcome},
    StatusMeaning{"UNKNOWN", meaning::unknown_outcome},
};

struct ReasonMeaning {
  std::string_view reason;
  Meaning meaning;
  std::string_view words;
};
// ErrorInfo.reason of Google's front end (domain googleapis.com), the same for all its APIs.
constexpr std::array front_end_reasons = {
    ReasonMeaning{"SERVICE_DISABLED", meaning::not_permitted,
                  "the API is not enabled in the Google Cloud project of the OAuth client"},
    ReasonMeaning{
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT", meaning::not_permitted,
        "the token lacks the scope {}; connect the Google account again and consent to it"},
    ReasonMeaning{"USER_PROJECT_DENIED", meaning::not_permitted,
                  "the Google user of this credential may not use google.user_project"},
    ReasonMeaning{"CONSUMER_INVALID", meaning::not_permitted,
                  "there is no Google Cloud project as google.user_project or the OAuth client "
                  "names it"},
    ReasonMeaning{"CREDENTIALS_MISSING", meaning::bad_credential,
                  "the request carried no access token"},
    ReasonMeaning{"ACCESS_TOKEN_TYPE_UNSUPPORTED", meaning::bad_credential,
                  "the access token is of a kind that Google does not take here"},
    ReasonMeaning{"ACCOUNT_STATE_INVALID", meaning::bad_credential,
                  "the Google user or service account of this credential is disabled or deleted"},
    ReasonMeaning{"CONSUMER_SUSPENDED", meaning::not_permitted,
                  "the Google Cloud project of the OAuth client is suspended"},
    ReasonMeaning{"ACCESS_TOKEN_EXPIRED", meaning::bad_credential, "the access token is expired"},
    ReasonMeaning{"RATE_LIMIT_EXCEEDED", meaning::throttled, ""},
};

Meaning meaning_of_status(const RpcError& error, int http_status) {
  const auto listed = [&error]() -> std::optional<Meaning> {
    for (const StatusMeaning& entry : status_meanings) {
      if (entry.status == error.status) return entry.meaning;
    }
    return std::nullopt;
  }();
  if (http_status == 429) return meaning::throttled;
  if (http_status == 503) return meaning::down;
  if (listed) return *listed;
  if (http_status == 401) return meaning::bad_credential;
  if (http_status == 403) return meaning::not_permitted;
  if (http_status == 404) return meaning::misconfigured;
  return http_status >= 500 ? meaning::down : meaning::bad_request;
}

// The text of an INVALID_ARGUMENT quotes what was sent; the others speak of projects and
// permissions.
std::string words_of(const RpcError& error, const Meaning& meaning) {
  if (meaning.scope == Scope::request && meaning.outcome == Outcome::rejected) {
    return "the request is malformed";
  }
  if (!error.quota_limit.empty()) return fmt::format("{} ({})", error.message, error.quota_limit);
  return error.message;
}

void read_detail(const json::Value& detail, RpcError& out) {
  const std::string_view type = detail["@type"].text().value_or("");
  if (type.ends_with("google.rpc.ErrorInfo")) {
    out.reason = code_word(detail["reason"].text().value_or(""));
    out.quota_limit = code_word(detail["metadata"]["quota_limit"].text().value_or(""));
  } else if (type.ends_with("google.rpc.RequestInfo")) {
    out.request_id = code_word(detail["requestId"].text().value_or(""));
  } else if (type.ends_with("google.rpc.RetryInfo")) {
    out.retry_after_s = parse_duration_rounded_up_s(detail["retryDelay"].text().value_or(""));
  } else if (type.ends_with("google.rpc.BadRequest")) {
    for (const json::Value& violation : detail["fieldViolations"].items()) {
      out.field_violations.push_back({code_word(violation["field"].text().value_or("")),
                                      code_word(violation["reason"].text().value_or(""))});
    }
  }
}

}  // namespace

std::optional<RpcError> parse_rpc_error(const json::Value& root) {
  const json::Value error = root["error"];
  const auto status = error["status"].text();
  if (!status && !error["code"].integer()) return std::nullopt;
  RpcError out;
  out.status = code_word(status.value_or(""));
  out.message = error["message"].text().value_or("");
  for (const json::Value& detail : error["details"].items()) read_detail(detail, out);
  return out;
}

Verdict classify_rpc_error(const RpcError& error, const HttpResponse& response,
                           std::string_view needed_scope) {
  Meaning meaning = meaning_of_status(error, response.status);
  std::string words = words_of(error, meaning);
  std::string code = error.status.empty() ? fmt::format("http/{}", response.status) : error.status;
  if (!error.reason.empty()) code = error.reason;
  // A retry by status stays one: the reason then only names it.
  if (meaning.outcome == Outcome::rejected) {
    for (const ReasonMeaning& entry : front_end_reasons) {
      if (entry.reason != error.reason) continue;
      meaning = entry.meaning;
      if (!entry.words.empty()) words = fmt::format(fmt::runtime(entry.words), needed_scope);
    }
  }
  Verdict out = make_verdict(meaning, std::move(code), std::move(words));
  if (out.outcome == Outcome::retryable) {
    const auto hint = error.retry_after_s ? error.retry_after_s : parse_retry_after_s(response);
    if (hint) out.retry_after_s = hint;
  }
  return out;
}

std::optional<std::int64_t> parse_duration_rounded_up_s(std::string_view text) {
  if (!text.ends_with('s')) return std::nullopt;
  text.remove_suffix(1);
  const auto parts = split(text, '.');
  if (parts.size() > 2 || !is_all_digits(parts.front())) return std::nullopt;
  const auto whole = parse_int64(parts.front());
  if (!whole || parts.size() == 1) return whole;
  if (!is_all_digits(parts.back())) return std::nullopt;
  const bool has_fraction = parts.back().find_first_not_of('0') != std::string_view::npos;
  return has_fraction ? *whole + 1 : *whole;
}

}  // namespace pruuv::platforms::google
