#include <limits>
#include <memory>
#include <unistd.h>

#include <fmt/format.h>

#include "audit/records.hpp"
#include "commands.hpp"
#include "delivery/planner.hpp"
#include "delivery/recovery.hpp"
#include "send.hpp"
#include "store/deliveries.hpp"
#include "store/runs.hpp"

namespace pruuv::app {
namespace {

// Holds whatever the lost runs may have sent: everything not at its end in this older copy.
Result<std::int64_t> hold_unproven(const Context& context, store::Database& database,
                                   std::int64_t run) {
  PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(context, database));
  PRUUV_TRY(delivery::recover_unclosed_requests(database, roster, run, context.clock->now_ms()));
  RunSummary summary;
  const delivery::RunOptions all;
  delivery::Planner planner(database, roster, all, summary);
  PRUUV_TRY(planner.plan(context.clock->now_s(), nullptr, {}));
  std::int64_t held = 0;
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database));
  for (const resolve::Target& target : roster.all()) {
    PRUUV_TRY_ASSIGN(const std::int64_t moved,
                     store::hold_due(database, target.connection->id, Reason::restored_copy,
                                     std::numeric_limits<std::int64_t>::max()));
    held += moved;
  }
  audit::OperatorAction action;
  action.at_ms = context.clock->now_ms();
  action.action = "accept-restore";
  action.operator_name = operator_name();
  action.detail = fmt::format(R"({{"held":{}}})", held);
  PRUUV_TRY(audit::append_operator_action(database, action));
  PRUUV_TRY(transaction.commit());
  return held;
}

Result<int> accept_restore(const Context& context, bool yes) {
  PRUUV_TRY_ASSIGN(LockedStore locked, lock_store(context, true));
  store::Database& database = *locked.database;
  PRUUV_TRY_ASSIGN(const auto missing, store::runs_missing_from_store(database, locked.store_id));
  if (missing.empty()) {
    put(STDOUT_FILENO, "the store is no older copy of itself; nothing to accept\n");
    return 0;
  }
  PRUUV_TRY_ASSIGN(
      const bool sure,
      confirm(fmt::format("{} runs are missing from this store; hold everything they may have sent",
                          missing.size()),
              yes));
  if (!sure) return 0;
  PRUUV_TRY_ASSIGN(const store::Run run,
                   store::begin_run(database, "accept-restore", "", context.clock->now_s()));
  PRUUV_TRY_ASSIGN(const std::int64_t held, hold_unproven(context, database, run.id));
  PRUUV_TRY(store::accept_missing_runs(database, missing, context.clock->now_s()));
  PRUUV_TRY(store::end_run(database, run, 0, context.clock->now_s()));
  put(STDOUT_FILENO, fmt::format("held {} deliveries; look at the platforms, then `pruuv-send "
                                 "retry --failed --include-ambiguous`\n",
                                 held));
  return 0;
}

}  // namespace

void add_accept_restore(CLI::App& app, Context& context) {
  auto yes = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("accept-restore", "Go on with a store that was restored from a copy");
  command->add_flag("--yes", *yes, "do not ask");
  command->final_callback([&context, yes] {
    context.command = [&context, yes] { return accept_restore(context, *yes); };
  });
}

}  // namespace pruuv::app
