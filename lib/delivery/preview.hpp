#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "delivery/roster.hpp"
#include "delivery/run.hpp"
#include "model/inspection.hpp"
#include "model/run_summary.hpp"
#include "store/database.hpp"

// What would be sent, without a lock, a write or a credential.
namespace pruuv::delivery {

// The event with that id, at every connection of its client. Error usage where there is no such
// event.
Result<Inspection> inspect(store::Database& database, const Roster& roster,
                           std::string_view event_id, std::int64_t now_s);

struct DryRun {
  RunSummary summary;  // planned_events, due, and per platform: skipped, expired, waiting
  std::vector<DryRunLine> lines;
};

// What `send` with these options would do now.
Result<DryRun> dry_run(store::Database& database, const Roster& roster, const RunOptions& options,
                       std::int64_t now_s);

}  // namespace pruuv::delivery
