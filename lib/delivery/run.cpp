#include "delivery/run.hpp"

#include <set>

#include "audit/chain.hpp"
#include "delivery/dispatcher.hpp"
#include "delivery/planner.hpp"
#include "delivery/recovery.hpp"
#include "delivery/status_checks.hpp"
#include "delivery/token_desk.hpp"
#include "platforms/version.hpp"
#include "store/deliveries.hpp"

namespace pruuv::delivery {
namespace {

Result<void> look_at_what_is_left(store::Database& database, const Clock& clock,
                                  const RunOptions& options, RunSummary& summary) {
  // Time for one more nightly run, and for one that fails.
  constexpr std::int64_t soon_s = std::int64_t{48} * 3600;
  const std::int64_t now_s = clock.now_s();
  PRUUV_TRY_ASSIGN(const auto open, store::count_open(database));
  for (const store::StateCount& count : open) {
    const bool is_held = count.state == DeliveryState::held && count.reason != Reason::paused;
    if (is_held && is_selected(count.client_id, count.platform, options))
      summary.open_held += count.count;
    if (count.state == DeliveryState::ambiguous && summary.recovered_requests > 0)
      summary.unknown_after_recovery += count.count;
  }
  PRUUV_TRY_ASSIGN(summary.expiring, store::load_expiring(database, now_s, now_s + soon_s));
  if (summary.early_end == EarlyEnd::none || summary.work_left) return {};
  PRUUV_TRY_ASSIGN(summary.work_left, store::has_due(database, now_s));
  return {};
}

// Only of adapters that have a connection.
void look_at_versions(const Roster& roster, std::int64_t now_s, RunSummary& summary) {
  std::set<std::string_view> seen;
  for (const resolve::Target& target : roster.all()) {
    if (target.connection->paused || !seen.insert(target.adapter->name).second) continue;
    std::string text = platforms::version_warning(*target.adapter, *target.endpoint, now_s);
    if (!text.empty()) summary.warnings.push_back(std::move(text));
  }
}

}  // namespace

Result<RunSummary> run(const Services& services, const Roster& roster, const store::Run& run,
                       const RunOptions& options) {
  RunSummary summary;
  summary.run_id = run.run_id;
  store::Database& database = *services.database;
  const std::int64_t begin_ms = services.clock->now_ms();
  const std::int64_t begin_steady_ms = services.clock->steady_ms();

  look_at_versions(roster, begin_ms / 1000, summary);
  PRUUV_TRY_ASSIGN(summary.recovered_requests,
                   recover_unclosed_requests(database, roster, run.id, begin_ms));
  TokenDesk tokens(services, options.seed);
  Planner planner(database, roster, options, summary);
  Dispatcher dispatcher(services, roster, run, options, tokens, options.only ? nullptr : &planner,
                        summary);
  if (!options.only) {
    // First, because what has to go again may go in this run.
    StatusChecks checks(services, roster, tokens, options, summary);
    PRUUV_TRY(checks.ask_all([&] { return dispatcher.is_stopping(); }));
  }
  PRUUV_TRY(dispatcher.deliver_all());

  summary.secrets_refused = tokens.secrets_refused();
  summary.secrets_down = tokens.secrets_down();
  PRUUV_TRY(look_at_what_is_left(database, *services.clock, options, summary));
  PRUUV_TRY_ASSIGN(summary.chain_head_hex, audit::chain_head_hex(database));
  summary.elapsed_ms = services.clock->steady_ms() - begin_steady_ms;
  return summary;
}

int exit_code_of(const RunSummary& summary) {
  constexpr int service_down = 69;
  constexpr int try_again = 75;
  constexpr int partly = 3;
  constexpr int permission = 77;
  constexpr int configuration = 78;
  if (summary.secrets_refused)
    return *summary.secrets_refused == ErrorKind::permission ? permission : configuration;
  if (summary.secrets_down && summary.answered_requests == 0) return service_down;
  if (summary.tried_requests > 0 && summary.answered_requests == 0) return service_down;
  if (summary.early_end == EarlyEnd::deadline && summary.work_left) return try_again;
  const PlatformCounts total = summary.total();
  const bool trouble = total.rejected > 0 || total.refused_afterwards > 0 || total.expired > 0 ||
                       total.ambiguous > 0 || total.retryable > 0 || total.held > 0 ||
                       summary.open_held > 0 || summary.unknown_after_recovery > 0 ||
                       summary.secrets_down;
  return trouble ? partly : 0;
}

}  // namespace pruuv::delivery
