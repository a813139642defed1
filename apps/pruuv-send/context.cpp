#include "context.hpp"

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <map>
#include <pwd.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "platforms/platform.hpp"
#include "settings.hpp"
#include "store/connections.hpp"
#include "store/schema.hpp"

namespace pruuv::app {
namespace {

constexpr int exit_usage = 64;
constexpr int exit_store_content = 65;
constexpr int exit_no_store = 66;
constexpr int exit_unavailable = 69;
constexpr int exit_bug = 70;
constexpr int exit_cannot_create = 73;
constexpr int exit_io = 74;
constexpr int exit_try_again = 75;
constexpr int exit_permission = 77;
constexpr int exit_config = 78;

}  // namespace

int exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return exit_usage;
    case ErrorKind::store_content:
      return exit_store_content;
    case ErrorKind::no_store:
      return exit_no_store;
    case ErrorKind::unavailable:
      return exit_unavailable;
    case ErrorKind::bug:
      return exit_bug;
    case ErrorKind::cannot_create:
      return exit_cannot_create;
    case ErrorKind::io:
    case ErrorKind::disk_full:
      return exit_io;
    case ErrorKind::try_again:
      return exit_try_again;
    case ErrorKind::permission:
      return exit_permission;
    case ErrorKind::config:
      return exit_config;
  }
  return exit_bug;
}

void add_common_options(CLI::App& app, Context& context) {
  add_settings(app, context);
  app.add_flag("-v,--verbose", context.verbose, "print the summary without a terminal too");
#ifdef PRUUV_TEST_CLOCK
  app.add_option("--now", context.now_s, "the time, in Unix seconds (test builds only)");
#endif
}

namespace {

Result<void> make_config(Context& context) {
  PRUUV_TRY(settle_settings(context));
  PRUUV_TRY_ASSIGN(context.config, config::check(context.settings));
  return {};
}

}  // namespace

Result<void> prepare(Context& context) {
  if (context.now_s > 0) {
    context.clock = std::make_unique<FixedClock>(context.now_s);
  } else {
    context.clock = std::make_unique<SystemClock>();
  }
  context.begun_steady_ms = context.clock->steady_ms();
  auto made = make_config(context);
  if (made || !context.outlives_bad_settings) return made;
  context.settings_fault = std::move(made).error();
  return {};
}

delivery::Endpoints make_endpoints(const config::Config& config) {
  delivery::Endpoints endpoints;
  for (const platforms::Platform& adapter : platforms::registry()) {
    platforms::Endpoint endpoint = adapter.default_endpoint;
    const auto override = config.endpoints.find(std::string(adapter.name));
    if (override != config.endpoints.end()) {
      const config::EndpointOverride& o = override->second;
      if (!o.base_url.empty()) endpoint.base_url = o.base_url;
      if (!o.version.empty()) endpoint.version = o.version;
      if (!o.token_url.empty()) endpoint.token_url = o.token_url;
      if (o.min_click_age_s >= 0) endpoint.min_click_age_s = o.min_click_age_s;
    }
    endpoints.emplace(std::string(adapter.name), std::move(endpoint));
  }
  return endpoints;
}

Result<std::unique_ptr<store::Database>> open_store(const Context& context, store::OpenMode mode) {
  return store::open_store(context.config.store, mode);
}

Result<delivery::Roster> load_roster(const Context& context, store::Database& database) {
  PRUUV_TRY_ASSIGN(std::vector<Connection> connections, store::load_connections(database));
  return delivery::Roster::make(std::move(connections), make_endpoints(context.config));
}

Result<std::optional<std::int64_t>> read_time(const Context& context, const std::string& flag,
                                              const std::string& text) {
  if (text.empty()) return std::optional<std::int64_t>();
  const auto time = parse_time(text, context.clock->now_s());
  if (time) return time;
  return fail(ErrorKind::usage, fmt::format("read {}: neither a time nor a length of time", flag),
              "write 2026-11-22, 2026-11-22T03:00:00Z, 24h or 7d; all times are UTC");
}

bool is_terminal(int file) { return ::isatty(file) == 1; }

bool put(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void add_format_option(CLI::App& app, report::Format& format, bool has_csv) {
  std::map<std::string, report::Format> formats = {{"table", report::Format::table},
                                                   {"json", report::Format::json}};
  if (has_csv) formats.emplace("csv", report::Format::csv);
  app.add_option("--format", format, has_csv ? "table, json or csv" : "table or json")
      ->transform(CLI::CheckedTransformer(formats, CLI::ignore_case).description(""))
      ->type_name("FORMAT");
}

std::string operator_name() {
  const passwd* user = ::getpwuid(::getuid());
  return user == nullptr ? fmt::format("uid {}", ::getuid()) : std::string(user->pw_name);
}

Result<bool> confirm(const std::string& question, bool yes) {
  if (yes) return true;
  if (!is_terminal(STDIN_FILENO)) {
    return fail(ErrorKind::usage, question + ": there is no terminal to ask on", "say --yes");
  }
  put(STDERR_FILENO, question + " [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace pruuv::app
