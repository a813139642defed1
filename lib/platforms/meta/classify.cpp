#include "platforms/meta/classify.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platforms/meta/error_words.hpp"
#include "platforms/meta/usage.hpp"
#include "platforms/transport.hpp"

namespace pruuv::platforms::meta {
namespace {

constexpr int any = -1;

// What an error code means. Rows are read from the top; `last` ends a range of codes.
struct CodeRow {
  int code;
  int last;
  int subcode;
  Outcome outcome;
  Scope scope;
  Reason reason;
};

// Pages: graph-api/guides/error-handling, marketing-api/overview/rate-limiting. Code 100 stands for
// a fault of the event unless a row above says otherwise. Faults of Meta's own are the connection's
// affair: one pixel may fail while the others work.
constexpr std::array code_rows = {
    CodeRow{1, 2, any, Outcome::retryable, Scope::connection, Reason::known_failure},
    CodeRow{3, 3, any, Outcome::rejected, Scope::connection, Reason::permission_missing},
    CodeRow{4, 4, any, Outcome::retryable, Scope::credential, Reason::throttled},
    CodeRow{10, 10, any, Outcome::rejected, Scope::connection, Reason::permission_missing},
    CodeRow{17, 17, any, Outcome::retryable, Scope::credential, Reason::throttled},
    CodeRow{32, 32, any, Outcome::retryable, Scope::connection, Reason::throttled},
    CodeRow{100, 100, 33, Outcome::rejected, Scope::connection, Reason::connection_misconfigured},
    CodeRow{100, 100, any, Outcome::rejected, Scope::request, Reason::rejected_by_platform},
    CodeRow{102, 102, any, Outcome::rejected, Scope::credential, Reason::credential_refused},
    CodeRow{104, 104, any, Outcome::rejected, Scope::credential, Reason::credential_refused},
    CodeRow{190, 190, any, Outcome::rejected, Scope::credential, Reason::credential_refused},
    CodeRow{200, 299, any, Outcome::rejected, Scope::connection, Reason::permission_missing},
    CodeRow{341, 341, any, Outcome::retryable, Scope::credential, Reason::throttled},
    CodeRow{368, 368, any, Outcome::rejected, Scope::connection, Reason::permission_missing},
    CodeRow{613, 613, any, Outcome::retryable, Scope::credential, Reason::throttled},
    CodeRow{803, 803, any, Outcome::rejected, Scope::connection, Reason::connection_misconfigured},
    CodeRow{2500, 2500, any, Outcome::rejected, Scope::credential, Reason::credential_refused},
    CodeRow{2635, 2635, any, Outcome::rejected, Scope::platform, Reason::api_version_dead},
    CodeRow{2655, 2655, any, Outcome::rejected, Scope::connection,
            Reason::connection_misconfigured},
    CodeRow{5000, 5000, any, Outcome::retryable, Scope::connection, Reason::known_failure},
    CodeRow{21009, 21009, any, Outcome::retryable, Scope::connection, Reason::known_failure},
    CodeRow{80000, 80014, any, Outcome::retryable, Scope::connection, Reason::throttled},
};

struct MetaError {
  std::int64_t code = 0;
  std::optional<std::int64_t> subcode;
  bool is_transient = false;
  std::string text;  // everything it says, for people and for the index in it
};

std::optional<MetaError> parse_error(json::Value root) {
  const json::Value error = root["error"];
  const auto code = error["code"].integer();
  if (!code) return std::nullopt;
  MetaError out;
  out.code = *code;
  out.subcode = error["error_subcode"].integer();
  out.is_transient = error["is_transient"].boolean().value_or(false);
  for (const std::string_view key : {"message", "error_user_title", "error_user_msg"}) {
    const auto text = error[key].text();
    if (!text || text->empty()) continue;
    if (!out.text.empty()) out.text += ": ";
    out.text += *text;
  }
  return out;
}

std::string code_text(const MetaError& error) {
  return error.subcode ? fmt::format("{}/{}", error.code, *error.subcode)
                       : fmt::format("{}", error.code);
}

// The event named by "$['data'][3]['user_data']" in the text.
std::optional<std::size_t> index_in(std::string_view text) {
  constexpr std::string_view before = "['data'][";
  const auto found = text.find(before);
  if (found == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(found + before.size());
  const auto end = rest.find(']');
  const auto index = end > 6 ? std::nullopt : parse_int64(rest.substr(0, end));
  if (!index || *index < 0) return std::nullopt;
  return static_cast<std::size_t>(*index);
}

// Plain words first, then Meta's own.
std::string message_of(const MetaError& error) {
  const std::string_view words = error_words(error.code, error.subcode);
  if (words.empty() || error.text.empty()) return words.empty() ? error.text : std::string(words);
  return fmt::format("{}; Meta says: {}", words, error.text);
}

const CodeRow* find_row(const MetaError& error) {
  for (const CodeRow& row : code_rows) {
    const bool is_code = error.code >= row.code && error.code <= row.last;
    if (is_code && (row.subcode == any || error.subcode == row.subcode)) return &row;
  }
  return nullptr;
}

Verdict verdict_of(const MetaError& error, const HttpResponse& response) {
  Verdict out;
  const CodeRow* const row = find_row(error);
  const bool is_proof_fault =
      error.code == 100 && error.text.find("appsecret_proof") != std::string::npos;
  if (is_proof_fault) {
    out.outcome = Outcome::rejected;
    out.scope = Scope::connection;
    out.reason = Reason::connection_misconfigured;
  } else if (row != nullptr && !(error.is_transient && row->scope == Scope::request)) {
    out.outcome = row->outcome;
    out.scope = row->scope;
    out.reason = row->reason;
  } else if (error.is_transient || response.status >= 500) {
    out.outcome = Outcome::retryable;
    out.scope = Scope::connection;
    out.reason = Reason::known_failure;
  } else {
    out.outcome = Outcome::rejected;
    out.scope = Scope::request;
    out.reason = Reason::rejected_by_platform;
  }
  if (is_busy(response.status) && out.outcome != Outcome::retryable)
    out = classify_status(response);
  out.code = code_text(error);
  out.message = message_of(error);
  if (out.outcome == Outcome::retryable) {
    out.retry_after_s = parse_retry_after_s(response);
    if (!out.retry_after_s) out.retry_after_s = estimated_wait_s(response);
  }
  return out;
}

// A 2xx in Meta's shape. Another number than was sent leaves open which events were taken.
Verdict verdict_of_success(json::Value root, std::size_t conversions) {
  Verdict out;
  const auto received = root["events_received"].integer();
  if (received && *received == static_cast<std::int64_t>(conversions)) {
    out.outcome = Outcome::accepted;
    return out;
  }
  out.outcome = Outcome::ambiguous;
  out.scope = Scope::request;
  out.reason = Reason::unknown_outcome;
  out.code = "events_received/" + (received ? fmt::format("{}", *received) : std::string("none"));
  out.message = fmt::format("{} events were sent", conversions);
  return out;
}

std::string warning_of(const HttpResponse& response, json::Value root) {
  std::string out = response.header("x-ad-api-version-warning");
  for (const json::Value message : root["messages"].items()) {
    if (!out.empty()) out += "; ";
    out += message.text() ? std::string(*message.text()) : message.dump();
  }
  return out;
}

}  // namespace

Classification classify(const HttpResponse& response, std::size_t conversions) {
  if (const auto verdict = classify_transport(response)) return for_all(*verdict, conversions);
  Classification out;
  const auto document = json::parse(response.body);
  const json::Value root = document ? document->root() : json::Value();
  if (const auto error = parse_error(root)) {
    const Verdict verdict = verdict_of(*error, response);
    const bool is_about_events =
        verdict.outcome == Outcome::rejected && verdict.scope == Scope::request;
    const auto index = is_about_events ? index_in(error->text) : std::nullopt;
    out = for_one(verdict, index, conversions);
    out.trace_id = root["error"]["fbtrace_id"].text().value_or("");
  } else if (root.is_object() && response.status >= 200 && response.status < 300) {
    out = for_all(verdict_of_success(root, conversions), conversions);
    out.trace_id = root["fbtrace_id"].text().value_or("");
  } else {
    return for_all(classify_status(response), conversions);
  }
  out.warning = warning_of(response, root);
  out.pace = pace_of(response);
  return out;
}

}  // namespace pruuv::platforms::meta
