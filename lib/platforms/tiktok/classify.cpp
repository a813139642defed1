#include "platforms/tiktok/classify.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platforms/transport.hpp"

namespace pruuv::platforms::tiktok {
namespace {

enum class Kind {
  accepted,
  unknown,    // partly successful, duplicate, timed out inside: may have been kept
  throttled,  // this pixel or advertiser
  app_limit,  // the developer app behind the token
  transient,
  maintenance,
  credential,
  permission,
  host_banned,  // this machine's country
  invalid,      // an event is at fault
  broken,       // the program or its settings are
};

struct KindRow {
  Kind kind;
  Outcome outcome;
  Scope scope;
  Reason reason;
};

constexpr std::array kind_rows = {
    KindRow{Kind::accepted, Outcome::accepted, Scope::event, Reason::none},
    KindRow{Kind::unknown, Outcome::ambiguous, Scope::request, Reason::unknown_outcome},
    KindRow{Kind::throttled, Outcome::retryable, Scope::connection, Reason::throttled},
    KindRow{Kind::app_limit, Outcome::retryable, Scope::credential, Reason::throttled},
    KindRow{Kind::transient, Outcome::retryable, Scope::connection, Reason::known_failure},
    KindRow{Kind::maintenance, Outcome::retryable, Scope::platform, Reason::known_failure},
    KindRow{Kind::credential, Outcome::rejected, Scope::credential, Reason::credential_refused},
    KindRow{Kind::permission, Outcome::rejected, Scope::connection, Reason::permission_missing},
    KindRow{Kind::host_banned, Outcome::rejected, Scope::platform, Reason::permission_missing},
    KindRow{Kind::invalid, Outcome::rejected, Scope::request, Reason::rejected_by_platform},
    KindRow{Kind::broken, Outcome::rejected, Scope::platform, Reason::connection_misconfigured},
};

struct CodeRow {
  std::int64_t code;
  std::int64_t last;  // end of a range of codes
  Kind kind;
};

// Read from the top: single codes before the ranges they lie in. Names in TikTok's own SDK
// (tiktok_code.py) where the page has none. 40062 (personal data not hashed) would be our fault for
// every event, and is not to be repeated.
constexpr std::array code_rows = {
    CodeRow{0, 0, Kind::accepted},
    CodeRow{20001, 20001, Kind::unknown},
    CodeRow{40001, 40001, Kind::permission},
    CodeRow{40003, 40003, Kind::permission},
    CodeRow{40006, 40008, Kind::broken},
    CodeRow{40010, 40010, Kind::broken},
    CodeRow{40016, 40016, Kind::app_limit},
    CodeRow{40050, 40050, Kind::unknown},
    CodeRow{40051, 40051, Kind::broken},
    CodeRow{40062, 40062, Kind::broken},
    CodeRow{40100, 40100, Kind::app_limit},
    CodeRow{40101, 40107, Kind::credential},
    CodeRow{40110, 40110, Kind::credential},
    CodeRow{40113, 40116, Kind::credential},
    CodeRow{40117, 40119, Kind::permission},
    CodeRow{40124, 40125, Kind::permission},
    CodeRow{40130, 40130, Kind::permission},
    CodeRow{40132, 40133, Kind::throttled},
    CodeRow{40202, 40202, Kind::transient},
    CodeRow{40400, 40400, Kind::broken},
    CodeRow{41000, 41000, Kind::host_banned},
    CodeRow{41001, 41001, Kind::broken},
    CodeRow{40000, 49999, Kind::invalid},
    CodeRow{50002, 50002, Kind::unknown},
    CodeRow{60001, 60001, Kind::maintenance},
    CodeRow{61000, 61000, Kind::app_limit},
};

Kind kind_of(std::int64_t code, std::string_view message) {
  const auto row = std::ranges::find_if(
      code_rows, [&](const CodeRow& one) { return code >= one.code && code <= one.last; });
  const Kind kind = row == code_rows.end() ? Kind::transient : row->kind;
  // "40002 No permission to operate pixel code" has been seen.
  const bool says_permission = ascii_lower(message).find("permission") != std::string::npos;
  return kind == Kind::invalid && says_permission ? Kind::permission : kind;
}

Verdict verdict_of(Kind kind) {
  const auto row = std::ranges::find(kind_rows, kind, &KindRow::kind);
  Verdict verdict;
  verdict.outcome = row->outcome;
  verdict.scope = row->scope;
  verdict.reason = row->reason;
  return verdict;
}

bool is_word(char c) { return is_ascii_alpha(c) || is_ascii_digit(c) || c == '_'; }

// The N of "data.N" or "Batch.N" standing as words of their own.
std::optional<std::size_t> index_in(std::string_view message) {
  const std::string text = ascii_lower(message);
  for (const std::string_view before : {std::string_view("data."), std::string_view("batch.")}) {
    for (auto at = text.find(before); at != std::string::npos; at = text.find(before, at + 1)) {
      const auto begin = at + before.size();
      const auto end = std::min(text.find_first_not_of("0123456789", begin), text.size());
      const bool is_apart =
          (at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]));
      if (end == begin || end - begin > 6 || !is_apart) continue;
      return static_cast<std::size_t>(
          parse_int64(std::string_view(text).substr(begin, end - begin)).value_or(0));
    }
  }
  return std::nullopt;
}

}  // namespace

Classification classify(const HttpResponse& response, std::size_t conversions) {
  if (const auto verdict = classify_transport(response)) return for_all(*verdict, conversions);
  const auto document = json::parse(response.body);
  const json::Value root = document ? document->root() : json::Value();
  const auto code = root["code"].is_number() ? root["code"].integer() : std::nullopt;
  if (!code) return for_all(classify_status(response), conversions);

  const std::string message(root["message"].text().value_or(""));
  Kind kind = kind_of(*code, message);
  const bool is_success = response.status >= 200 && response.status < 300;
  if (kind == Kind::accepted && !is_success) kind = Kind::unknown;
  Verdict verdict = verdict_of(kind);
  if (is_busy(response.status) && verdict.outcome != Outcome::retryable)
    verdict = classify_status(response);
  if (verdict.outcome == Outcome::retryable) verdict.retry_after_s = parse_retry_after_s(response);
  if (verdict.outcome != Outcome::accepted) {
    verdict.code = fmt::format("{}", *code);
    verdict.message = message;
  }
  const bool is_about_events =
      verdict.outcome == Outcome::rejected && verdict.scope == Scope::request;
  Classification out =
      for_one(verdict, is_about_events ? index_in(message) : std::nullopt, conversions);
  out.trace_id = root["request_id"].text().value_or("");
  if (out.trace_id.empty()) out.trace_id = response.header("x-tt-logid");
  return out;
}

}  // namespace pruuv::platforms::tiktok
