#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>

#include "base/result.hpp"
#include "delivery/roster.hpp"
#include "delivery/run.hpp"
#include "model/run_summary.hpp"
#include "resolve/resolve.hpp"
#include "store/database.hpp"
#include "store/deliveries.hpp"

namespace pruuv::delivery {

// Turns events nobody has looked at yet into deliveries and reasons, page by page, each page in one
// transaction with the mark that says how far planning got.
class Planner {
 public:
  // Every event is planned; counted are those of the connections that `options` select.
  Planner(store::Database& database, const Roster& roster, const RunOptions& options,
          RunSummary& summary)
      : database_(database), roster_(roster), options_(options), summary_(summary) {}

  // Plans every event up to the last one there is when it starts, or until `go_on`, asked after
  // each page, says no; it may be null.
  Result<void> plan_all(std::int64_t now_s, const std::function<bool()>& go_on);

  // Plans events from `from_seq` + 1 up to the mark again for one connection that asked for earlier
  // events (backfill). Gives how many deliveries it made. The caller has the transaction.
  Result<std::int64_t> plan_backfill(const resolve::Target& target, std::int64_t from_seq,
                                     std::int64_t planned_seq, std::int64_t now_s);

 private:
  Result<void> save(const FunnelEvent& event, const resolve::Resolution& resolution,
                    std::int64_t now_s);
  Result<void> save_delivery(const FunnelEvent& event, const resolve::Decision& decision,
                             std::int64_t now_s);
  Result<std::int64_t> client_number(const std::string& client_id);
  Result<int> platform_number(std::string_view platform);

  store::Database& database_;
  const Roster& roster_;
  const RunOptions& options_;
  RunSummary& summary_;
  std::unordered_map<std::string, std::int64_t> client_numbers_;
  std::map<std::string, int, std::less<>> platform_numbers_;
};

}  // namespace pruuv::delivery
