#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/reason.hpp"

namespace pruuv {

enum class Outcome : std::uint8_t {
  accepted = 0,
  rejected = 1,   // will be refused again unless something is mended
  retryable = 2,  // known failure, nothing kept by the platform
  ambiguous = 3,  // may or may not have arrived
  waiting = 4,    // the platform asks to come back later; costs the event nothing
};

// Whose fault it is, and so what stops: a verdict about anything but the event never counts against
// it.
enum class Scope : std::uint8_t {
  event = 0,
  request = 1,
  connection = 2,
  credential = 3,
  platform = 4
};

// What a platform's answer means for one event.
//   rejected + request: the request was refused as a whole for some event it does not name: split
//   it. retryable + request: refused only because another event of the same request was bad: send
//   again at once. rejected + connection | credential | platform: held with `reason`. retryable +
//   connection | credential | platform: throttled or down; leave it alone until retry_after_s.
struct Verdict {
  Outcome outcome = Outcome::ambiguous;
  Scope scope = Scope::event;
  Reason reason = Reason::none;
  std::string
      code;  // the platform's own: "100/2804003", "conversionUploadError:EXPIRED_EVENT", "40002"
  std::string message;  // the platform's text; the caller redacts and cuts it before it is kept
  std::optional<std::int64_t> retry_after_s;  // hint of the platform, in seconds from now
};

// What the platform asks of the pace, beside the verdicts.
struct Pace {
  std::int64_t gap_ms = 0;   // pause before the connection's next request
  bool rest_of_run = false;  // no more requests of the connection in this run
};

// The whole answer read: one verdict per event, in the order of the request, and what names the
// answer when talking to the platform's support.
struct Classification {
  std::vector<Verdict> verdicts;
  std::string trace_id;  // fbtrace_id, requestId, request_id
  std::string warning;   // said by the platform beside a success: a dying version, a field warning
  Pace pace;
};

}  // namespace pruuv
