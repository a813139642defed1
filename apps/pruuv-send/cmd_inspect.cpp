#include <memory>
#include <string>
#include <unistd.h>

#include "commands.hpp"
#include "delivery/preview.hpp"
#include "report/inspection.hpp"

namespace pruuv::app {
namespace {

struct Options {
  std::string event_id;
  bool json = false;
};

Result<int> inspect(const Context& context, const Options& options) {
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
  PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(context, *database));
  PRUUV_TRY_ASSIGN(const Inspection inspection,
                   delivery::inspect(*database, roster, options.event_id, context.clock->now_s()));
  put(STDOUT_FILENO, options.json ? report::render_inspection_json(inspection)
                                  : report::render_inspection(inspection));
  return 0;
}

}  // namespace

void add_inspect(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "inspect", "Show one event: where it goes, why or why not, and its attempts");
  command->add_option("EVENT_ID", options->event_id, "the funnel event's UUID")->required();
  command->add_flag("--json", options->json, "print JSON");
  command->final_callback([&context, options] {
    context.command = [&context, options] { return inspect(context, *options); };
  });
}

}  // namespace pruuv::app
