#include "platforms/transport.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "base/text.hpp"

namespace pruuv::platforms {
namespace {

// CURLcodes by number: this layer knows no libcurl. Each means that a person has to mend something
// here: unsupported protocol, malformed URL, certificate files, ciphers and certificates that do
// not verify.
constexpr std::array setup_faults = {1, 3, 53, 54, 58, 59, 60, 66, 77, 80, 82, 83, 90, 91};

constexpr std::string_view too_large_code = "http/413";

struct StatusRow {
  int status;
  Outcome outcome;
  Scope scope;
  Reason reason;
};

// Whole answers without the platform's own shape. Statuses of the 5xx range that are
// not listed are ambiguous, those of the 4xx range a refusal of the request.
constexpr std::array status_rows = {
    StatusRow{401, Outcome::rejected, Scope::credential, Reason::credential_refused},
    StatusRow{403, Outcome::rejected, Scope::connection, Reason::permission_missing},
    StatusRow{404, Outcome::rejected, Scope::platform, Reason::connection_misconfigured},
    StatusRow{405, Outcome::rejected, Scope::platform, Reason::connection_misconfigured},
    StatusRow{407, Outcome::rejected, Scope::platform, Reason::connection_misconfigured},
    StatusRow{408, Outcome::retryable, Scope::connection, Reason::known_failure},
    StatusRow{410, Outcome::rejected, Scope::platform, Reason::api_version_dead},
    StatusRow{425, Outcome::retryable, Scope::connection, Reason::known_failure},
    StatusRow{429, Outcome::retryable, Scope::connection, Reason::throttled},
    StatusRow{501, Outcome::rejected, Scope::platform, Reason::connection_misconfigured},
    StatusRow{503, Outcome::retryable, Scope::platform, Reason::known_failure},
    StatusRow{505, Outcome::rejected, Scope::platform, Reason::connection_misconfigured},
};

Verdict by_status(int status) {
  for (const StatusRow& row : status_rows) {
    if (row.status == status) return {row.outcome, row.scope, row.reason, {}, {}, {}};
  }
  if (status >= 300 && status < 400) {
    return {Outcome::rejected, Scope::platform, Reason::connection_misconfigured, {}, {}, {}};
  }
  if (status >= 400 && status < 500) {
    return {Outcome::rejected, Scope::request, Reason::rejected_by_platform, {}, {}, {}};
  }
  return {Outcome::ambiguous, Scope::request, Reason::unknown_outcome, {}, {}, {}};
}

// A fixed number of digits of a date; nothing else may stand there.
std::optional<unsigned> number_at(std::string_view text, std::size_t at, std::size_t digits) {
  const std::string_view part = text.substr(at, digits);
  if (!is_all_digits(part)) return std::nullopt;
  unsigned number = 0;
  for (const char c : part) number = number * 10 + static_cast<unsigned>(c - '0');
  return number;
}

std::optional<unsigned> month_of(std::string_view name) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto found = months.find(name);
  if (name.size() != 3 || found == std::string_view::npos || found % 3 != 0) return std::nullopt;
  return static_cast<unsigned>(found / 3 + 1);
}

}  // namespace

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  // Sun, 06 Nov 1994 08:49:37 GMT
  text = trim(text);
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT")
    return std::nullopt;
  if (text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':') {
    return std::nullopt;
  }
  const auto day = number_at(text, 5, 2);
  const auto month = month_of(text.substr(8, 3));
  const auto year = number_at(text, 12, 4);
  const auto hour = number_at(text, 17, 2);
  const auto minute = number_at(text, 20, 2);
  const auto second = number_at(text, 23, 2);
  if (!day || !month || !year || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + std::int64_t{*hour} * 3600 + std::int64_t{*minute} * 60 +
         std::int64_t{*second};
}

std::optional<std::int64_t> parse_retry_after_s(const HttpResponse& response) {
  const std::string header = response.header("retry-after");
  const std::string_view text = trim(header);
  if (is_all_digits(text)) return parse_int64(text);
  const auto until = parse_http_date(text);
  const auto sent = parse_http_date(response.header("date"));
  if (!until || !sent || *until < *sent) return std::nullopt;
  return *until - *sent;
}

std::optional<Verdict> classify_transport(const HttpResponse& response) {
  const int status = response.status;
  const bool is_redirect = status >= 300 && status < 400;
  if (response.is_whole()) {
    if (is_redirect || status == 413) return classify_status(response);
    return std::nullopt;
  }
  if (status == 413 || is_busy(status)) return classify_status(response);
  Verdict verdict;
  verdict.code = fmt::format("curl/{}", response.transport_code);
  verdict.message = response.transport_error;
  if (response.bytes_sent || status != 0) {
    verdict.outcome = Outcome::ambiguous;
    verdict.scope = Scope::request;
    verdict.reason = Reason::unknown_outcome;
    return verdict;
  }
  const bool is_setup_fault =
      std::ranges::find(setup_faults, response.transport_code) != setup_faults.end();
  verdict.outcome = Outcome::retryable;
  verdict.scope = Scope::platform;
  verdict.reason = is_setup_fault ? Reason::connection_misconfigured : Reason::known_failure;
  return verdict;
}

Verdict classify_status(const HttpResponse& response) {
  Verdict verdict = by_status(response.status);
  verdict.code = fmt::format("http/{}", response.status);
  if (verdict.outcome == Outcome::retryable) verdict.retry_after_s = parse_retry_after_s(response);
  return verdict;
}

Classification for_all(const Verdict& verdict, std::size_t conversions) {
  Verdict each = verdict;
  if (conversions == 1 && each.outcome == Outcome::rejected && each.scope == Scope::request) {
    each.scope = Scope::event;
    // One event too large says more of something on the way than of the event: it is not the end
    // of it.
    if (each.code == too_large_code) {
      each.outcome = Outcome::retryable;
      each.reason = Reason::known_failure;
    }
  }
  Classification out;
  out.verdicts.assign(conversions, each);
  return out;
}

Classification for_one(const Verdict& verdict, std::optional<std::size_t> index,
                       std::size_t conversions) {
  if (!index || *index >= conversions) return for_all(verdict, conversions);
  Verdict company{Outcome::retryable,
                  Scope::request,
                  Reason::refused_with_others,
                  verdict.code,
                  "refused only because another event of the request was",
                  std::nullopt};
  Classification out;
  out.verdicts.assign(conversions, company);
  out.verdicts[*index] = verdict;
  out.verdicts[*index].scope = Scope::event;
  return out;
}

}  // namespace pruuv::platforms
