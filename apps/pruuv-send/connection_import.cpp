#include <cstdint>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "audit/records.hpp"
#include "base/text.hpp"
#include "connections.hpp"
#include "delivery/planner.hpp"
#include "platforms/connection_json.hpp"
#include "secrets/reference.hpp"
#include "store/connections.hpp"
#include "store/events.hpp"
#include "store/schema.hpp"

namespace pruuv::app {
namespace {

Result<std::string> read_whole(const std::string& path) {
  std::ostringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
  } else {
    std::ifstream file(path, std::ios::binary);
    if (!file || !(text << file.rdbuf())) {
      return fail(ErrorKind::usage, fmt::format("read {}: cannot be opened, or is empty", path));
    }
  }
  return text.str();
}

Result<void> parse_into(const json::Value& value, std::vector<Connection>& out) {
  auto connection = read_connection(value);
  if (!connection) {
    return Unexpected(
        std::move(connection).error().during(fmt::format("connection {}", out.size() + 1)));
  }
  out.push_back(std::move(*connection));
  return {};
}

// A list of connections, {"connections": [...]}, one connection, or one a line.
Result<std::vector<Connection>> parse_connections(const std::string& text) {
  std::vector<Connection> out;
  auto document = json::parse(text, json::Numbers::as_text);
  if (document) {
    const json::Value root = document->root();
    const json::Value list = root.is_array() ? root : root["connections"];
    if (!list.is_array()) {
      PRUUV_TRY(parse_into(root, out));
      return out;
    }
    for (const json::Value& item : list.items()) PRUUV_TRY(parse_into(item, out));
    return out;
  }
  for (const std::string_view line : split(text, '\n')) {
    if (trim(line).empty()) continue;
    // Neither one JSON text nor one a line: the fault of the whole is the one to show.
    const auto one = json::parse(line, json::Numbers::as_text);
    if (!one) return Unexpected(document.error());
    PRUUV_TRY(parse_into(one->root(), out));
  }
  return out;
}

}  // namespace

Result<Connection> read_connection(const json::Value& value) {
  PRUUV_TRY_ASSIGN(Connection connection, platforms::parse_connection(value));
  if (auto reference = secrets::check_reference(connection.credential); !reference)
    return Unexpected(std::move(reference).error().during("credential"));
  return connection;
}

Result<SavedCounts> save_connections(store::Database& database,
                                     std::vector<Connection>& connections, std::int64_t now_s) {
  SavedCounts counts;
  PRUUV_TRY_ASSIGN(const std::int64_t last, store::last_event_seq(database));
  for (Connection& connection : connections) {
    PRUUV_TRY_ASSIGN(const store::Saved saved,
                     store::save_connection(database, connection, last, now_s));
    switch (saved) {
      case store::Saved::added:
        ++counts.added;
        break;
      case store::Saved::updated:
        ++counts.updated;
        break;
      case store::Saved::unchanged:
        ++counts.unchanged;
        break;
    }
  }
  return counts;
}

Result<Backfill> read_backfill(const ConnectionOptions& options) {
  Backfill backfill;
  if (options.backfill.empty()) return backfill;
  const auto seconds = parse_duration_s(options.backfill);
  if (!seconds)
    return fail(ErrorKind::usage, "read --backfill: no length of time", "write 48h or 7d");
  backfill.seconds = *seconds;
  constexpr std::int64_t asks_above_s = 48 * 3600;
  if (backfill.seconds <= asks_above_s) return backfill;
  PRUUV_TRY_ASSIGN(backfill.is_sure,
                   confirm(fmt::format("backfill {}: events of more than 48 hours may be counted "
                                       "at the platforms already; go on?",
                                       options.backfill),
                           options.yes));
  return backfill;
}

Result<std::int64_t> backfill_connections(const Context& context, store::Database& database,
                                          const std::vector<Connection>& connections,
                                          std::int64_t seconds) {
  const std::int64_t now_s = context.clock->now_s();
  PRUUV_TRY_ASSIGN(const std::int64_t from_seq, store::seq_before_time(database, now_s - seconds));
  PRUUV_TRY_ASSIGN(const store::StoreInfo info, store::load_store_info(database));
  for (const Connection& connection : connections) {
    if (connection.from_seq > from_seq)
      PRUUV_TRY(store::save_from_seq(database, connection.id, from_seq));
  }
  PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(context, database));
  RunSummary ignored;
  const delivery::RunOptions all;
  delivery::Planner planner(database, roster, all, ignored);
  std::int64_t made = 0;
  for (const Connection& connection : connections) {
    const resolve::Target* target = roster.of_connection(connection.id);
    PRUUV_TRY_ASSIGN(const std::int64_t deliveries,
                     planner.plan_backfill(*target, from_seq, info.planned_seq, now_s));
    made += deliveries;
  }
  audit::OperatorAction action;
  action.at_ms = context.clock->now_ms();
  action.action = "backfill";
  action.operator_name = operator_name();
  action.detail = fmt::format(R"({{"seconds":{},"connections":{},"deliveries":{}}})", seconds,
                              connections.size(), made);
  PRUUV_TRY(audit::append_operator_action(database, action));
  return made;
}

void warn_of_credentials(const std::vector<Connection>& connections) {
  std::set<std::string_view> warnings;
  for (const Connection& connection : connections) {
    const auto reference = secrets::parse_reference(connection.credential);
    if (reference) warnings.insert(secrets::warning_of(*reference));
  }
  warnings.erase("");
  for (const std::string_view warning : warnings)
    put(STDERR_FILENO, fmt::format("pruuv-send: warning: {}\n", warning));
}

Result<int> import_connections(const Context& context, const ConnectionOptions& options) {
  PRUUV_TRY_ASSIGN(const Backfill backfill, read_backfill(options));
  if (!backfill.is_sure) return 0;
  PRUUV_TRY_ASSIGN(const std::string text, read_whole(options.file));
  auto connections = parse_connections(text);
  if (!connections)
    return Unexpected(std::move(connections).error().during("read " + options.file));
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_write));
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(*database));
  PRUUV_TRY_ASSIGN(const SavedCounts counts,
                   save_connections(*database, *connections, context.clock->now_s()));
  std::int64_t made = 0;
  if (backfill.seconds > 0) {
    PRUUV_TRY_ASSIGN(made,
                     backfill_connections(context, *database, *connections, backfill.seconds));
  }
  PRUUV_TRY(transaction.commit());
  warn_of_credentials(*connections);
  std::string out = fmt::format("connections added {}, updated {}, unchanged {}\n", counts.added,
                                counts.updated, counts.unchanged);
  if (backfill.seconds > 0)
    out += fmt::format("backfill {}: {} earlier events are due now\n", options.backfill, made);
  put(STDOUT_FILENO, out);
  return 0;
}

}  // namespace pruuv::app
