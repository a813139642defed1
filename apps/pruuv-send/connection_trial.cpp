#include <random>
#include <string>
#include <unistd.h>
#include <vector>

#include "connections.hpp"
#include "delivery/trial.hpp"
#include "report/connection_trials.hpp"
#include "send.hpp"

namespace pruuv::app {
namespace {

Result<std::vector<resolve::Target>> pick(const delivery::Roster& roster,
                                          const ConnectionOptions& options) {
  std::vector<resolve::Target> picked;
  for (const resolve::Target& target : roster.all()) {
    const Connection& connection = *target.connection;
    const bool is_meant =
        (options.client_id.empty() || connection.client_id == options.client_id) &&
        (options.platform.empty() || connection.platform == options.platform) &&
        (options.name.empty() || connection.name == options.name);
    if (is_meant) picked.push_back(target);
  }
  if (!picked.empty()) return picked;
  if (roster.all().empty()) {
    return fail(ErrorKind::usage, "connections test: the store has no connections",
                "make one with `pruuv-send connections add` or `connections import`");
  }
  return fail(ErrorKind::usage, "connections test: there is no such connection",
              "`pruuv-send connections list` shows them");
}

}  // namespace

Result<int> test_connections(const Context& context, const ConnectionOptions& options) {
  if (!options.platform.empty()) PRUUV_TRY(check_platform(options.platform));
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
  PRUUV_TRY(check_client(*database, options.client_id));
  PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(context, *database));
  PRUUV_TRY_ASSIGN(const auto targets, pick(roster, options));
  PRUUV_TRY_ASSIGN(const auto set, ServiceSet::make(context, *database));
  std::random_device chance;
  const delivery::Trials trials = delivery::try_connections(set->services(), targets, chance());
  const int code = delivery::exit_code_of(trials);
  put(STDOUT_FILENO, report::render_trials(trials.lines, code, options.format));
  return code;
}

}  // namespace pruuv::app
