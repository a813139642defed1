#include <memory>
#include <unistd.h>

#include "by_hand.hpp"
#include "commands.hpp"

namespace pruuv::app {
namespace {

struct Options {
  HandOptions hand;
  bool force = false;
};

bool has_filter(const HandOptions& options) {
  return !options.filter.client_id.empty() || !options.filter.platform.empty() ||
         !options.filter.event_id.empty() || !options.since.empty() || !options.until.empty();
}

Result<int> replay(const Context& context, const Options& options) {
  if (!has_filter(options.hand)) {
    return fail(ErrorKind::usage, "replay: of which events?",
                "say --event, --client, --platform, --since or --until");
  }
  PRUUV_TRY_ASSIGN(const store::DeliveryFilter filter, make_filter(context, options.hand));
  const std::int64_t now_s = context.clock->now_s();
  if (options.hand.dry_run) {
    PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
    PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(context, *database));
    PRUUV_TRY_ASSIGN(const delivery::Picked picked,
                     delivery::pick_accepted(*database, roster, filter, options.force, now_s));
    put(STDOUT_FILENO, render_picked(picked, Cause::replay, true));
    return 0;
  }
  PRUUV_TRY_ASSIGN(LockedStore store, lock_store(context));
  PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(context, *store.database));
  PRUUV_TRY_ASSIGN(const delivery::Picked picked,
                   delivery::pick_accepted(*store.database, roster, filter, options.force, now_s));
  return send_picked(context, store, picked, Cause::replay, options.hand);
}

}  // namespace

void add_replay(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("replay", "Send accepted events a second time");
  add_hand_options(*command, options->hand);
  command->add_flag("--force", options->force,
                    "also where the platform would count the second copy");
  command->final_callback([&context, options] {
    context.command = [&context, options] { return replay(context, *options); };
  });
}

}  // namespace pruuv::app
