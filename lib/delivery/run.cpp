#include "delivery/run.hpp"

#include "audit/chain.hpp"
#include "delivery/dispatcher.hpp"
#include "delivery/planner.hpp"
#include "delivery/recovery.hpp"
#include "store/deliveries.hpp"

namespace pruuv::delivery {

Result<RunSummary> run(const Services& services, const Roster& roster, const store::Run& run,
                       const RunOptions& options) {
  RunSummary summary;
  summary.run_id = run.run_id;
  store::Database& database = *services.database;
  const std::int64_t begin_ms = services.clock->now_ms();

  PRUUV_TRY_ASSIGN(summary.recovered_requests,
                   recover_unclosed_requests(database, roster, run.id, begin_ms));
  if (!options.only) {
    Planner planner(database, roster, summary);
    PRUUV_TRY(planner.plan_all(begin_ms / 1000, [&](std::int64_t, std::int64_t) {
      if (services.progress) services.progress(summary);
    }));
  }
  Dispatcher dispatcher(services, roster, run, options, summary);
  PRUUV_TRY(dispatcher.deliver_all());

  PRUUV_TRY_ASSIGN(const auto open, store::count_open(database));
  for (const store::StateCount& count : open) {
    if (count.state == DeliveryState::held && count.reason != Reason::paused)
      summary.open_held += count.count;
  }
  PRUUV_TRY_ASSIGN(summary.chain_head_hex, audit::chain_head_hex(database));
  summary.elapsed_ms = services.clock->now_ms() - begin_ms;
  return summary;
}

int exit_code_of(const RunSummary& summary) {
  constexpr int service_down = 69;
  constexpr int partly = 3;
  if (summary.tried_requests > 0 && summary.answered_requests == 0) return service_down;
  const PlatformCounts total = summary.total();
  const bool trouble = total.rejected > 0 || total.expired > 0 || total.ambiguous > 0 ||
                       total.retryable > 0 || total.held > 0 || summary.open_held > 0;
  return trouble ? partly : 0;
}

}  // namespace pruuv::delivery
