#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/reason.hpp"

namespace pruuv {

// A field of the event that could not be sent, or another remark; the event goes on. Names the
// field, never its value.
struct Warning {
  std::string_view field;  // the event's field, e.g. "phone"
  Reason reason;
};

// One funnel event in the shape one platform takes. Raw personal data ends here: `object` holds
// hashes and what the platform wants in the clear (IP, user agent, click ids).
struct Conversion {
  std::int64_t event_seq = 0;
  std::string event_id;  // as the collector wrote it
  std::string object;  // the platform's JSON object for this event; the same bytes on every resend
  std::string
      dedup_scope;  // destination and event name as sent: with event_id, the platform's dedup key
  std::string batch_key;      // equal keys may share a request
  std::string exclusive_key;  // two with an equal, non-empty key never share a request
};

// What an adapter makes of an event. `refusals` not empty: it cannot be sent, for all these
// reasons, the first one leading; `conversion` is then of no use.
struct Encoding {
  Conversion conversion;
  std::vector<Reason> refusals;
  std::vector<Warning> warnings;
};

// Whether the time is right for an event: a question apart, because encoding knows no clock.
struct Timing {
  Reason reason = Reason::none;  // none = now; else too_old, event_in_future, not_yet, young_click
  std::optional<std::int64_t> until_s;  // for the waiting ones: the first second it may go
  std::int64_t expires_s = 0;           // from this second on the platform takes it no more
};

}  // namespace pruuv
