#include "context.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <pwd.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "platforms/platform.hpp"
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

// CLI11 reads the file before the environment and lets the first of them win. An operator expects
// the one nearer to the command to win, so a line of the file is dropped where its variable is set.
class ConfigBelowEnvironment final : public CLI::ConfigTOML {
 public:
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    std::vector<CLI::ConfigItem> lines = CLI::ConfigTOML::from_config(input);
    const auto is_overruled = [](const CLI::ConfigItem& item) {
      std::string variable = "PRUUV_" + ascii_upper(item.name);
      std::replace(variable.begin(), variable.end(), '-', '_');
      const char* value = std::getenv(variable.c_str());
      return value != nullptr && *value != '\0';
    };
    lines.erase(std::remove_if(lines.begin(), lines.end(), is_overruled), lines.end());
    return lines;
  }
};

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

namespace {

// "google_ads", "url": the flag --google-ads-url, the variable PRUUV_GOOGLE_ADS_URL.
void add_setting(CLI::App& app, std::string name, std::string& value, const std::string& text) {
  for (char& c : name) c = c == '_' ? '-' : c;
  std::string variable = "PRUUV_" + ascii_upper(name);
  for (char& c : variable) c = c == '-' ? '_' : c;
  app.add_option("--" + name, value, text)->envname(variable)->group("Settings");
}

// Where each adapter of the registry sends, and what those of one platform share.
void add_endpoint_options(CLI::App& app, config::Settings& settings) {
  for (const platforms::Platform& adapter : platforms::registry()) {
    const std::string name(adapter.name);
    const std::string platform(adapter.platform);
    const platforms::Endpoint& usual = adapter.default_endpoint;
    config::EndpointSettings& endpoint = settings.endpoints[name];
    endpoint.platform = platform;
    endpoint.version_has_decimal = usual.version.find('.') != std::string::npos;
    add_setting(app, name + "-url", endpoint.url, fmt::format("base URL ({})", usual.base_url));
    if (!usual.version.empty()) {
      add_setting(app, name + "-version", endpoint.version,
                  fmt::format("version of the API ({})", usual.version));
    }
    if (usual.token_url.empty() || settings.platforms.contains(platform)) continue;
    config::PlatformSettings& shared = settings.platforms[platform];
    add_setting(app, platform + "-token-url", shared.token_url,
                fmt::format("token endpoint ({})", usual.token_url));
    if (usual.min_click_age_s == 0) continue;
    add_setting(
        app, platform + "-min-click-age", shared.min_click_age,
        fmt::format("younger clicks wait ({}h; 0 sends at once)", usual.min_click_age_s / 3600));
  }
}

}  // namespace

void add_common_options(CLI::App& app, Context& context) {
  config::Settings& s = context.settings;
  const auto option = [&](const char* flag, std::string& value, const char* environment,
                          const char* text) {
    app.add_option(flag, value, text)->envname(environment)->group("Settings");
  };
  option("--store", s.store, "PRUUV_STORE", "the SQLite store");
  option("--ca-file", s.ca_file, "PRUUV_CA_FILE",
         "certificates to trust instead of the system's (PEM)");
  add_endpoint_options(app, s);
  option("--max-in-flight", s.max_in_flight, "PRUUV_MAX_IN_FLIGHT",
         "requests at a time, 1 to 64 (8)");
  option("--batch-events", s.batch_events, "PRUUV_BATCH_EVENTS",
         "events a request at most (the platform's own limit)");
  option("--request-timeout", s.request_timeout, "PRUUV_REQUEST_TIMEOUT",
         "the longest one request may take, 1s to 5m (30s)");
  option("--deadline", s.deadline, "PRUUV_DEADLINE",
         "start no request that could end later than this after the start, such as 2h (none)");
  option("--wait-lock", s.wait_lock, "PRUUV_WAIT_LOCK",
         "wait this long for another run to end, such as 5m (not at all)");
  app.add_flag("-v,--verbose", context.verbose, "print the summary without a terminal too");
#ifdef PRUUV_TEST_CLOCK
  app.add_option("--now", context.now_s, "the time, in Unix seconds (test builds only)")
      ->group("Settings");
#endif
  app.set_config("--config", config::default_config_path(),
                 "configuration file (TOML); keys are the names of these flags");
  app.config_formatter(std::make_shared<ConfigBelowEnvironment>());
  app.allow_config_extras(false);
}

Result<void> prepare(Context& context) {
  if (context.now_s > 0) {
    context.clock = std::make_unique<FixedClock>(context.now_s);
  } else {
    context.clock = std::make_unique<SystemClock>();
  }
  context.begun_steady_ms = context.clock->steady_ms();
  PRUUV_TRY_ASSIGN(context.config, config::check(context.settings));
  if (context.config.store.empty()) context.config.store = config::default_store_path();
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

void add_format_option(CLI::App& app, report::Format& format) {
  static const std::map<std::string, report::Format> formats = {{"table", report::Format::table},
                                                                {"json", report::Format::json},
                                                                {"csv", report::Format::csv}};
  app.add_option("--format", format, "table, json or csv")
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
