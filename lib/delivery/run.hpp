#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/redact.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "delivery/roster.hpp"
#include "delivery/spool.hpp"
#include "http/client.hpp"
#include "model/run_summary.hpp"
#include "secrets/keeper.hpp"
#include "store/database.hpp"
#include "store/runs.hpp"

// The loop of `send`: plan what is new, deliver what is due, record every attempt.
namespace pruuv::delivery {

// A delivery picked by hand.
struct PickedDelivery {
  std::int64_t connection_id = 0;
  std::int64_t event_seq = 0;
};

struct RunOptions {
  std::string client_id;  // "" = all
  std::string platform;   // "" = all
  std::size_t limit = 0;  // deliveries to try at most; 0 = all
  std::size_t in_flight_max = 8;
  std::size_t in_flight_per_connection_max = 4;
  std::size_t batch_events_max = 0;  // 0 = the platform's own limit
  // No request is started later than `deadline_ms` (Clock::steady_ms) less the time one may take.
  std::optional<std::int64_t> deadline_ms;
  std::int64_t request_timeout_ms = 30'000;
  std::uint64_t seed = 0;               // of the pauses between tries
  Spool::Limits spool;                  // how much a round of new events is,
  std::size_t plan_page_events = 1000;  // and how many are read at a time: no round is smaller
  // Set: these and nothing else are sent, and nothing is planned (retry, replay).
  std::optional<std::vector<PickedDelivery>> only;
};

// Whether it is one of those that --client and --platform name.
[[nodiscard]] inline bool is_selected(std::string_view client_id, std::string_view platform,
                                      const RunOptions& options) {
  return (options.client_id.empty() || options.client_id == client_id) &&
         (options.platform.empty() || options.platform == platform);
}
[[nodiscard]] inline bool is_selected(const Connection& connection, const RunOptions& options) {
  return is_selected(connection.client_id, connection.platform, options);
}

// What somebody outside asks of a run in progress.
enum class Stop {
  no,
  soon,  // start nothing more, finish what is under way
  now,   // break off what is under way, too
};

// What the loop works with; it owns none of it.
struct Services {
  store::Database* database = nullptr;  // open for writing, its lock held by the caller
  http::Client* client = nullptr;
  Clock* clock = nullptr;
  secrets::Keeper* secrets = nullptr;
  audit::Redactor* redactor =
      nullptr;  // learns what credentials consist of; the keeper tells it the rest
  // Called now and then with what is done and what is known to be due; may be null.
  std::function<void(const RunSummary&)> progress;
  // Asked all the time; null = never stopped.
  std::function<Stop()> stop;
  // Gets the answers the store could not take any more, a line of JSON each; may be null.
  std::function<void(const std::string&)> unrecorded;
};

// One run. An Error is about the store or a broken setting and ends it; whatever happens to single
// deliveries and connections is in the summary.
Result<RunSummary> run(const Services& services, const Roster& roster, const store::Run& run,
                       const RunOptions& options);

// The exit code of a run that came to its end: 78, 77, 69, 75, 3 or 0. A run that a signal ended is
// the caller's to tell.
int exit_code_of(const RunSummary& summary);

}  // namespace pruuv::delivery
