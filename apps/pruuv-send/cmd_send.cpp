#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include "commands.hpp"
#include "delivery/preview.hpp"
#include "platforms/platform.hpp"
#include "report/run.hpp"
#include "send.hpp"

namespace pruuv::app {
namespace {

struct Options {
  delivery::RunOptions run;
  bool dry_run = false;
  bool validate_only = false;
  Output output;
};

Result<int> preview(const Context& context, const Options& options) {
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
  PRUUV_TRY(check_client(*database, options.run.client_id));
  PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(context, *database));
  PRUUV_TRY_ASSIGN(const delivery::DryRun dry,
                   delivery::dry_run(*database, roster, options.run, context.clock->now_s()));
  put(STDOUT_FILENO, options.output.json ? report::render_dry_run_json(dry.summary, dry.lines)
                                         : report::render_dry_run(dry.summary, dry.lines));
  return 0;
}

Result<int> send(const Context& context, Options options) {
  options.run.batch_events_max = context.config.batch_events_max;
  if (options.dry_run) return preview(context, options);
  if (options.validate_only) return validate_and_report(context, options.run, options.output);
  PRUUV_TRY_ASSIGN(LockedStore store, lock_store(context));
  return run_and_report(context, store, "send", options.run, options.output);
}

void add_options(CLI::App& app, const std::shared_ptr<Options>& options) {
  app.add_option("--client", options->run.client_id, "this client only");
  const auto names = platforms::platform_names();
  const std::vector<std::string> platforms(names.begin(), names.end());
  app.add_option("--platform", options->run.platform, "this platform only")
      ->check(CLI::IsMember(platforms));
  app.add_option("--limit", options->run.limit, "deliveries at most")->check(CLI::PositiveNumber);
  app.add_flag("--dry-run", options->dry_run, "show what would be sent; send and write nothing");
  app.add_flag("--validate-only", options->validate_only,
               "have the platforms that can check what would be sent, without counting it")
      ->excludes("--dry-run");
  app.add_flag("--json", options->output.json, "print the result as JSON");
}

}  // namespace

void add_send(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  add_options(app, options);
  CLI::App* command = app.add_subcommand("send", "Send what is new and what is due (the default)");
  add_options(*command, options);
  context.command = [&context, options] { return send(context, *options); };
}

}  // namespace pruuv::app
