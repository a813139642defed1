#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "model/http_message.hpp"
#include "model/verdict.hpp"

// What an answer means before, or without, a look at what the platform wrote into it. Every
// adapter's classify goes: classify_transport; else the platform's own shape; else classify_status.
namespace pruuv::platforms {

// The verdict when the body need not, or cannot, be looked at; nothing when it has to be:
//   nothing left this machine              retryable, platform   (reason connection_misconfigured
//                                          where the certificate or the URL is at fault)
//   no answer, or one that broke off       ambiguous, request    (but 413, 429 and 503 are known by
//                                          their status alone)
//   a redirect, which is never followed    rejected, platform, connection_misconfigured
//   413                                    rejected, request
// The code is "curl/28" or "http/302".
[[nodiscard]] std::optional<Verdict> classify_transport(const HttpResponse& response);

// The verdict by status alone, for a whole answer that is not in the platform's own shape: HTML of
// a proxy, an empty body. Never `accepted`: a 2xx without the platform's words is ambiguous.
[[nodiscard]] Verdict classify_status(const HttpResponse& response);

// 429 and 503: nothing was taken, whatever the body says. An adapter that finds its own shape in
// such an answer keeps the code for the record, but the outcome is retryable.
[[nodiscard]] constexpr bool is_busy(int status) { return status == 429 || status == 503; }

// Seconds to wait by Retry-After: a number, or an HTTP date counted from the answer's own Date
// header, so that no clock is needed. Nothing where it is absent, garbage or in the past. Not
// clamped.
[[nodiscard]] std::optional<std::int64_t> parse_retry_after_s(const HttpResponse& response);

// Unix seconds of "Sun, 06 Nov 1994 08:49:37 GMT", the one form of date HTTP senders may write.
[[nodiscard]] std::optional<std::int64_t> parse_http_date(std::string_view text);

// The same verdict for all events of a request. A refusal of a whole request that held one event
// only is a verdict about that event; that it was too large (413) is a failure that may pass.
[[nodiscard]] Classification for_all(const Verdict& verdict, std::size_t conversions);

// A refusal that names event number `index`: that one is rejected as `verdict` says, the others
// were refused only for its company (retryable, request). An index out of range counts as none.
[[nodiscard]] Classification for_one(const Verdict& verdict, std::optional<std::size_t> index,
                                     std::size_t conversions);

}  // namespace pruuv::platforms
