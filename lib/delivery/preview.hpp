#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "delivery/batch.hpp"
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

// What one connection would get now.
struct Selected {
  resolve::Target target;
  std::vector<Item> items;
};
struct Selection {
  RunSummary summary;  // planned_events, due, and per platform: skipped, expired, waiting
  std::map<std::int64_t, Selected> by_connection;
};

// What `send` with these options would send now, encoded.
Result<Selection> select(store::Database& database, const Roster& roster, const RunOptions& options,
                         std::int64_t now_s);

// The requests it would make of it.
std::vector<Batch> batches_of(const Selected& selected, const RunOptions& options);

struct DryRun {
  RunSummary summary;
  std::vector<DryRunLine> lines;
};

// What `send` with these options would do now.
Result<DryRun> dry_run(store::Database& database, const Roster& roster, const RunOptions& options,
                       std::int64_t now_s);

}  // namespace pruuv::delivery
