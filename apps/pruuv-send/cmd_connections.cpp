#include <memory>
#include <unistd.h>

#include "commands.hpp"
#include "connections.hpp"
#include "report/inspection.hpp"
#include "store/connections.hpp"

namespace pruuv::app {
namespace {

using Options = ConnectionOptions;

Result<int> list(const Context& context, const Options& options) {
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
  PRUUV_TRY_ASSIGN(const auto connections,
                   options.client_id.empty()
                       ? store::load_connections(*database)
                       : store::load_connections(*database, options.client_id));
  put(STDOUT_FILENO, report::render_connections(connections, options.format));
  return 0;
}

using Action = Result<int> (*)(const Context&, const Options&);

CLI::App* add_action(CLI::App& command, Context& context, const std::shared_ptr<Options>& options,
                     const std::string& name, const std::string& words, Action action) {
  CLI::App* added = command.add_subcommand(name, words);
  added->final_callback([&context, options, action] {
    context.command = [&context, options, action] { return action(context, *options); };
  });
  return added;
}

// CLIENT PLATFORM [--name]: the one connection that is meant.
void add_which(CLI::App& command, Options& options) {
  command.add_option("CLIENT", options.client_id, "the client's id")->required();
  command.add_option("PLATFORM", options.platform, "meta, google or tiktok")->required();
  command.add_option("--name", options.name, "which of several connections (default)");
}

void add_changes(CLI::App& command, Options& options) {
  command.add_option("--api", options.api, "google: data_manager or google_ads");
  command.add_option("KEY=VALUE", options.changes, "keys as in the connections' file");
}

void add_backfill(CLI::App& command, Options& options) {
  command.add_option("--backfill", options.backfill,
                     "also take events that reached the store before, such as 48h");
  command.add_flag("--yes", options.yes, "do not ask");
}

}  // namespace

void add_connections(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("connections", "The clients' links to their ad accounts");
  command->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& words, Action action) {
    return add_action(*command, context, options, name, words, action);
  };

  CLI::App* importing =
      add("import", "Add or update connections from a JSON file", import_connections);
  importing->add_option("FILE", options->file, "JSON file, or - for standard input")->required();
  add_backfill(*importing, *options);

  CLI::App* adding = add("add", "Add one connection", add_connection);
  add_which(*adding, *options);
  add_changes(*adding, *options);
  add_backfill(*adding, *options);

  CLI::App* setting = add("set", "Change one connection", set_connection);
  add_which(*setting, *options);
  add_changes(*setting, *options);

  add_which(*add("pause", "Hold what is due on one connection", pause_connection), *options);
  add_which(*add("resume", "Let a paused connection go on", resume_connection), *options);

  CLI::App* testing =
      add("test", "Try credentials and settings as far as that counts nothing", test_connections);
  testing->add_option("CLIENT", options->client_id, "of this client only");
  testing->add_option("PLATFORM", options->platform, "on this platform only");
  testing->add_option("--name", options->name, "of this name only");
  add_format_option(*testing, options->format, false);

  CLI::App* listing = add("list", "Show the connections", list);
  listing->add_option("--client", options->client_id, "of this client only");
  add_format_option(*listing, options->format);
}

}  // namespace pruuv::app
