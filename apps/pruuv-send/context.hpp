#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "config/config_file.hpp"
#include "config/setting.hpp"
#include "delivery/roster.hpp"
#include "report/table.hpp"
#include "store/database.hpp"

namespace pruuv::app {

// The composition root: what the command line said, and the parts made from it. A command parses
// its own flags, puts what it does into `command`, and main runs that.
struct Context {
  config::Settings settings;  // as set in the end, whatever the place
  std::vector<config::Setting> known_settings;
  std::string config_path;  // --config; "" = where it is looked for without
  config::ConfigFile config_file;
  std::int64_t now_s = 0;  // --now of test builds; 0 = the real clock
  bool verbose = false;
  bool outlives_bad_settings = false;  // the command says itself what is wrong with them
  std::optional<Error> settings_fault;
  std::function<Result<int>()> command;  // gives the exit code

  std::unique_ptr<Clock> clock;
  std::int64_t begun_steady_ms = 0;  // Clock::steady_ms at the start, for --deadline
  config::Config config;
};

// The options every command takes.
void add_common_options(CLI::App& app, Context& context);

// Makes the clock, and the configuration from flags, variables and file; to be called after
// parsing.
Result<void> prepare(Context& context);

// Endpoints of every adapter, the operator's settings over the adapters' own.
delivery::Endpoints make_endpoints(const config::Config& config);

// Opens the configured store; the error names it and says how to make one.
Result<std::unique_ptr<store::Database>> open_store(const Context& context, store::OpenMode mode);

// Every connection of the store, ready to be decided about.
Result<delivery::Roster> load_roster(const Context& context, store::Database& database);

// The time that `text`, the value of `flag`, means; nothing for "". Error usage where it means
// none.
Result<std::optional<std::int64_t>> read_time(const Context& context, const std::string& flag,
                                              const std::string& text);

[[nodiscard]] bool is_terminal(int file);

// Text to a stream; whether it took it all. A closed or full stdout is no reason to stop sending.
bool put(int file, std::string_view text);

// --format: "table", "json" or "csv", as CLI11 checks it; or the first two.
void add_format_option(CLI::App& app, report::Format& format, bool has_csv = true);

// The user who runs the program, for the operator's record.
std::string operator_name();

// Asks on the terminal; without one `yes` decides. Error usage where nobody can be asked.
Result<bool> confirm(const std::string& question, bool yes);

int exit_code_of(ErrorKind kind);

}  // namespace pruuv::app
