#include <memory>
#include <unistd.h>

#include "by_hand.hpp"
#include "commands.hpp"

namespace pruuv::app {
namespace {

struct Options {
  HandOptions hand;
  bool failed = false;
  delivery::FailedOptions which;
};

Result<int> retry(const Context& context, const Options& options) {
  if (!options.failed && options.hand.filter.event_id.empty()) {
    return fail(ErrorKind::usage, "retry: which deliveries?",
                "say --failed for all that were rejected, held or given up, or --event ID");
  }
  delivery::FailedOptions which = options.which;
  which.now_s = context.clock->now_s();
  PRUUV_TRY_ASSIGN(const store::DeliveryFilter filter, make_filter(context, options.hand));
  if (options.hand.dry_run) {
    PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
    PRUUV_TRY_ASSIGN(const delivery::Picked picked,
                     delivery::pick_failed(*database, filter, which));
    put(STDOUT_FILENO, render_picked(picked, Cause::retry, true));
    return 0;
  }
  PRUUV_TRY_ASSIGN(LockedStore store, lock_store(context));
  PRUUV_TRY_ASSIGN(const delivery::Picked picked,
                   delivery::pick_failed(*store.database, filter, which));
  return send_picked(context, store, picked, Cause::retry, options.hand);
}

}  // namespace

void add_retry(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("retry", "Send failed deliveries again, now");
  command->add_flag("--failed", options->failed,
                    "all that were rejected, held, failed or given up");
  command->add_option("--error", options->which.error,
                      "with this reason, or this error of the platform: credential_refused, 190");
  command->add_flag("--include-ambiguous", options->which.include_ambiguous,
                    "also what may have arrived");
  add_hand_options(*command, options->hand);
  command->final_callback([&context, options] {
    context.command = [&context, options] { return retry(context, *options); };
  });
}

}  // namespace pruuv::app
