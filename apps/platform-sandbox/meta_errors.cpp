#include "meta_errors.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "trace_ids.hpp"

namespace sandbox::meta {
namespace {

struct Title {
  std::string_view subcode;
  std::string_view title;
};

constexpr std::array<Title, 12> titles{{
    {bad_click_id, "Click ID Incorrectly Formatted"},
    {event_too_old, "Event Timestamp Too Old"},
    {event_in_future, "Event Timestamp In The Future"},
    {content_without_id, "Missing Content ID"},
    {purchase_without_value, "Missing Value For Purchase Event"},
    {purchase_without_currency, "Missing Currency For Purchase Event"},
    {currency_not_accepted, "Invalid Currency For Purchase Event"},
    {invalid_parameter, "Invalid Parameter"},
    {parameter_error, "Server Side Api Parameter Error"},
    {value_without_currency, "Missing Currency"},
    {bad_lead_id, "Invalid Lead ID"},
    {user_data_too_broad, "Customer Information Parameters Too Broad"},
}};

std::string_view title_of(std::string_view subcode) {
  const auto* const found = std::find_if(
      titles.begin(), titles.end(), [&](const Title& title) { return title.subcode == subcode; });
  return found == titles.end() ? "Invalid Parameter" : found->title;
}

std::string parameter_message(const Violation& bad) {
  if (bad.problem != Problem::unknown_key || bad.path.empty()) {
    return fmt::format("Server Side Api Parameter Error: {} ({})", bad.message,
                       bracketed(bad.path));
  }
  const Path holder(bad.path.begin(), bad.path.end() - 1);
  return fmt::format("Server Side Api Parameter Error: Unexpected key \"{}\" on param \"{}\".",
                     bad.path.back().name, bracketed(holder));
}

}  // namespace

Answer error_answer(const Error& error) {
  std::string body = fmt::format(R"({{"error":{{"message":{},"type":{},"code":{})",
                                 json_quoted(error.message), json_quoted(error.type), error.code);
  if (!error.subcode.empty()) body += fmt::format(R"(,"error_subcode":{})", error.subcode);
  body += fmt::format(R"(,"is_transient":{})", error.transient);
  if (!error.title.empty()) {
    body += fmt::format(R"(,"error_user_title":{},"error_user_msg":{})", json_quoted(error.title),
                        json_quoted(error.user_message));
  }
  body += fmt::format(R"(,"fbtrace_id":"{}"}}}})", new_fbtrace_id());
  return {error.status, std::move(body), "application/json", {}};
}

Answer event_error_answer(const Violation& bad) {
  const std::string message = bad.named ? parameter_message(bad) : "Invalid parameter";
  Error error;
  error.subcode = bad.code;
  error.message = message;
  error.title = title_of(bad.code);
  error.user_message = bad.message;
  return error_answer(error);
}

std::optional<Answer> ready_made(std::string_view name, const Judgement& judgement) {
  if (name == "token_expired") {
    return error_answer({401, 190, "463",
                         "Error validating access token: Session has expired on Sunday, 22-Nov-26 "
                         "03:00:00 PST."});
  }
  if (name == "token_invalid") {
    return error_answer({401, 190, {}, "Invalid OAuth access token - Cannot parse access token"});
  }
  if (name == "permission") {
    return error_answer({403, 200, {}, "(#200) Permissions error"});
  }
  if (name == "unknown_pixel") {
    return error_answer({400, 100, "33",
                         "Unsupported post request. Object with ID does not exist, cannot be "
                         "loaded due to missing permissions, or does not support this operation",
                         "GraphMethodException"});
  }
  if (name == "rate_limit") {
    Answer answer = error_answer(
        {400, 4, "1504022", "(#4) Application request limit reached", "OAuthException", true});
    answer.headers.push_back(
        {"X-App-Usage", R"({"call_count":100,"total_time":25,"total_cputime":25})"});
    return answer;
  }
  if (name == "transient") {
    return error_answer(
        {500, 2, {}, "(#2) Service temporarily unavailable", "OAuthException", true});
  }
  if (name == "unknown_error") {
    return error_answer({500, 1, "99", "An unknown error occurred"});
  }
  if (name == "blocked") {
    return error_answer({400, 368, {}, "The action attempted has been deemed abusive"});
  }
  if (name == "invalid_event") {
    Violation bad = violation(invalid_parameter, {}, "One event of the request is invalid.");
    bad.named = false;
    return event_error_answer(bad);
  }
  if (name == "partial") {
    const std::size_t received = judgement.events.empty() ? 0 : judgement.events.size() - 1;
    return Answer{200,
                  fmt::format(R"({{"events_received":{},"messages":[],"fbtrace_id":"{}"}})",
                              received, new_fbtrace_id()),
                  "application/json",
                  {}};
  }
  return std::nullopt;
}

}  // namespace sandbox::meta
