#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "model/reason.hpp"

namespace pruuv {

// What one run did, counted in deliveries (one event to one connection), by platform.
struct PlatformCounts {
  std::int64_t accepted = 0;
  std::int64_t rejected = 0;   // by the platform, or given up
  std::int64_t retryable = 0;  // failed, the platform kept nothing: a later run sends them again
  std::int64_t ambiguous = 0;  // nobody knows: a later run sends them again inside the dedup window
  std::int64_t waiting = 0;    // not yet due by rule
  std::int64_t held = 0;
  std::int64_t paused = 0;  // held too, but because somebody paused the connection
  std::int64_t expired = 0;
  // Accepted by an earlier run, and judged by the platform since: counted; refused after all; or
  // not counted for a reason that has passed, and due once more.
  std::int64_t confirmed = 0;
  std::int64_t refused_afterwards = 0;
  std::int64_t asked_again = 0;
  std::int64_t requests = 0;
  std::map<Reason, std::int64_t>
      skipped;  // events planned in this run that do not go to the platform
};

// A connection this run had to stop.
struct StoppedConnection {
  std::string client_id;
  std::string platform;
  std::string name;
  Reason reason = Reason::none;
  std::string detail;  // the platform's code and text, redacted
  bool held = false;   // a person must act; else it is left alone for this run only
};

// Open deliveries of a connection whose platform will soon take them no more.
struct ExpiringSoon {
  std::string client_id;
  std::string platform;
  std::string connection_name;
  std::int64_t count = 0;
  std::int64_t first_s = 0;  // when the first of them expires
};

// What ended a run before everything due was tried.
enum class EarlyEnd {
  none,
  limit,     // --limit
  deadline,  // --deadline
  signal,
};

[[nodiscard]] std::string_view word_of(EarlyEnd end);  // "" for none

struct RunSummary {
  std::string run_id;
  std::int64_t planned_events = 0;
  std::map<std::string, PlatformCounts> platforms;
  std::vector<StoppedConnection> stopped;
  std::vector<std::string> warnings;
  std::int64_t recovered_requests = 0;      // found open: an earlier run died
  std::int64_t unknown_after_recovery = 0;  // then: unknown outcomes in the whole store at the end
  std::int64_t due = 0;                     // deliveries this run had to send
  std::int64_t tried_requests = 0;          // to platforms and token endpoints
  std::int64_t answered_requests = 0;       // of them, those that got any answer
  std::int64_t open_held = 0;  // held in the store at the end, of the clients and platforms the run
                               // was for; paused connections aside
  EarlyEnd early_end = EarlyEnd::none;
  // Credentials kept in one place could not be had, for the place's sake: it refuses us (and of
  // what kind that is), or it is down.
  std::optional<ErrorKind> secrets_refused;
  bool secrets_down = false;
  bool work_left = false;  // something that is due was not tried
  std::vector<ExpiringSoon> expiring;
  std::string chain_head_hex;
  std::int64_t elapsed_ms = 0;

  [[nodiscard]] PlatformCounts total() const;
};

}  // namespace pruuv
