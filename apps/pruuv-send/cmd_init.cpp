#include <filesystem>
#include <unistd.h>

#include <fmt/format.h>

#include "commands.hpp"
#include "store/schema.hpp"

namespace pruuv::app {
namespace {

Result<int> init(const Context& context) {
  const std::string& path = context.config.store;
  // Only the default place's own folders are made: a mistyped --store should say so.
  if (context.settings.store.empty()) {
    std::error_code fault;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), fault);
    if (fault)
      return fail(ErrorKind::cannot_create,
                  fmt::format("make the folder of {}: {}", path, fault.message()));
  }
  PRUUV_TRY(store::create_store(path, context.clock->now_s()));
  if (is_terminal(STDOUT_FILENO) || context.verbose)
    put(STDOUT_FILENO, fmt::format("made the store {}\n", path));
  return 0;
}

}  // namespace

void add_init(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("init", "Make a new, empty store");
  command->final_callback([&context] { context.command = [&context] { return init(context); }; });
}

}  // namespace pruuv::app
