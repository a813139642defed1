#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>

#include "commands.hpp"
#include "doctor.hpp"
#include "send.hpp"
#include "version.hpp"

namespace pruuv::app {

void Findings::ok(std::string name, std::string detail) {
  checks_.push_back({std::move(name), report::Check::Status::ok, std::move(detail), {}});
}

void Findings::warn(std::string name, std::string detail, std::string fix) {
  checks_.push_back(
      {std::move(name), report::Check::Status::warn, std::move(detail), std::move(fix)});
}

void Findings::fail(std::string name, const Error& error) {
  checks_.push_back({std::move(name), report::Check::Status::fail, error.message, error.hint});
  kinds_.push_back(error.kind);
}

int Findings::exit_code() const {
  constexpr std::array worst_first = {
      ErrorKind::bug,    ErrorKind::io,          ErrorKind::disk_full,     ErrorKind::store_content,
      ErrorKind::config, ErrorKind::permission,  ErrorKind::cannot_create, ErrorKind::no_store,
      ErrorKind::usage,  ErrorKind::unavailable, ErrorKind::try_again};
  for (const ErrorKind kind : worst_first) {
    if (std::ranges::find(kinds_, kind) != kinds_.end()) return exit_code_of(kind);
  }
  return 0;
}

namespace {

struct Options {
  std::string client_id;
  report::Format format = report::Format::table;
};

Targets active_targets(const delivery::Roster& roster, const std::string& client_id) {
  Targets targets;
  for (const resolve::Target& target : roster.all()) {
    const bool is_asked_for = client_id.empty() || target.connection->client_id == client_id;
    if (is_asked_for && !target.connection->paused) targets.push_back(&target);
  }
  return targets;
}

Result<std::unique_ptr<http::Client>> make_brief_client(const Context& context) {
  constexpr int timeout_ms = 10'000;
  http::CurlOptions curl;
  curl.ca_file = context.config.ca_file;
  curl.total_timeout_ms = timeout_ms;
  curl.user_agent = std::string("pruuv-send/") + version;
  return http::make_curl_client(curl);
}

// Each check that what came before allows.
Result<void> look(const Context& context, const Options& options, Findings& findings) {
  check_settings(context, findings);
  if (context.settings_fault) return {};
  const auto database = check_store(context, findings);
  std::optional<delivery::Roster> roster;
  if (database) {
    PRUUV_TRY(check_client(*database, options.client_id));
    if (auto loaded = load_roster(context, *database)) {
      roster.emplace(std::move(loaded).value());
    } else {
      findings.fail("connections", loaded.error());
    }
  }
  const Targets targets = roster ? active_targets(*roster, options.client_id) : Targets();
  const auto client = make_brief_client(context);
  if (!client) {
    findings.fail("certificates", client.error());
    return {};
  }
  check_platforms(context, **client, targets, findings);
  if (roster) check_secrets(context, **client, *database, targets, findings);
  return {};
}

Result<int> doctor(const Context& context, const Options& options) {
  Findings findings;
  PRUUV_TRY(look(context, options, findings));
  const int code = findings.exit_code();
  put(STDOUT_FILENO, report::render_checks(findings.checks(), code, options.format));
  return code;
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "doctor", "Look whether everything is in place for a run; changes nothing");
  command->add_option("--client", options->client_id, "the connections of this client only");
  add_format_option(*command, options->format, false);
  command->final_callback([&context, options] {
    context.outlives_bad_settings = true;
    context.command = [&context, options] { return doctor(context, *options); };
  });
}

}  // namespace pruuv::app
