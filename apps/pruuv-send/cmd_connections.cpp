#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "audit/records.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "delivery/planner.hpp"
#include "platforms/connection_json.hpp"
#include "report/inspection.hpp"
#include "secrets/source.hpp"
#include "store/connections.hpp"
#include "store/events.hpp"
#include "store/schema.hpp"

namespace pruuv::app {
namespace {

struct Options {
  std::string file;
  std::string backfill;
  bool yes = false;
  std::string client_id;
  std::string platform;
  std::string name = "default";
  std::string api;
  std::vector<std::string> changes;
  report::Format format = report::Format::table;
};

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
  auto connection = platforms::parse_connection(value);
  const std::string which = fmt::format("connection {}", out.size() + 1);
  if (!connection) return Unexpected(std::move(connection).error().during(which));
  if (auto reference = secrets::check_reference(connection->credential); !reference) {
    return Unexpected(std::move(reference).error().during(which + ": credential"));
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

struct Counts {
  std::int64_t added = 0, updated = 0, unchanged = 0;
};

Result<Counts> save_all(store::Database& database, std::vector<Connection>& connections,
                        std::int64_t now_s) {
  Counts counts;
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

// Events that came before their connection, back to a time: how many deliveries that made.
Result<std::int64_t> backfill(const Context& context, store::Database& database,
                              const std::vector<Connection>& connections, std::int64_t seconds) {
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

Result<int> import(const Context& context, const Options& options) {
  std::int64_t backfill_s = 0;
  if (!options.backfill.empty()) {
    const auto seconds = parse_duration_s(options.backfill);
    if (!seconds)
      return fail(ErrorKind::usage, "read --backfill: no length of time", "write 48h or 7d");
    backfill_s = *seconds;
    constexpr std::int64_t asks_above_s = 48 * 3600;
    if (backfill_s > asks_above_s) {
      PRUUV_TRY_ASSIGN(
          const bool sure,
          confirm(fmt::format("backfill {}: events of more than 48 hours may be counted at the "
                              "platforms already; go on?",
                              options.backfill),
                  options.yes));
      if (!sure) return 0;
    }
  }
  PRUUV_TRY_ASSIGN(const std::string text, read_whole(options.file));
  auto connections = parse_connections(text);
  if (!connections)
    return Unexpected(std::move(connections).error().during("read " + options.file));
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_write));
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(*database));
  PRUUV_TRY_ASSIGN(const Counts counts, save_all(*database, *connections, context.clock->now_s()));
  std::int64_t made = 0;
  if (backfill_s > 0) {
    PRUUV_TRY_ASSIGN(made, backfill(context, *database, *connections, backfill_s));
  }
  PRUUV_TRY(transaction.commit());
  std::string out = fmt::format("connections added {}, updated {}, unchanged {}\n", counts.added,
                                counts.updated, counts.unchanged);
  if (backfill_s > 0)
    out += fmt::format("backfill {}: {} earlier events are due now\n", options.backfill, made);
  put(STDOUT_FILENO, out);
  return 0;
}

// "currency=EUR": what to change, from the flags and the words behind the connection.
Result<std::map<std::string, std::string>> read_changes(const Options& options) {
  std::map<std::string, std::string> changes;
  if (!options.api.empty()) changes["api"] = options.api;
  // Not quoted in errors: a bare word may be a token typed in the wrong place.
  for (const std::string& word : options.changes) {
    const auto equals = word.find('=');
    const std::string key(trim(std::string_view(word).substr(0, equals)));
    constexpr std::array<std::string_view, 6> not_here = {
        "client_id", "platform", "name", "event_names", "conversion_actions", "match"};
    const bool is_for_import = std::ranges::find(not_here, key) != not_here.end();
    if (equals == std::string::npos || key.empty() || is_for_import) {
      return fail(ErrorKind::usage,
                  fmt::format("read change {}: not one of a connection",
                              &word - options.changes.data() + 1),
                  "write KEY=VALUE with a key of the connection's file, such as currency=EUR; "
                  "event_names, conversion_actions and match are changed by `connections import`");
    }
    changes[key] = word.substr(equals + 1);
  }
  if (changes.empty())
    return fail(ErrorKind::usage, "connections set: nothing to change", "add KEY=VALUE or --api");
  return changes;
}

Result<Connection> find_connection(store::Database& database, const Options& options) {
  PRUUV_TRY_ASSIGN(const auto connections, store::load_connections(database, options.client_id));
  for (const Connection& connection : connections) {
    if (connection.platform == options.platform && connection.name == options.name)
      return connection;
  }
  return fail(ErrorKind::usage,
              fmt::format("client {} has no connection {}/{}", printable(options.client_id),
                          printable(options.platform), printable(options.name)),
              "`pruuv-send connections list` shows them; --name picks one that is not default");
}

Result<int> set(const Context& context, const Options& options) {
  PRUUV_TRY_ASSIGN(const auto changes, read_changes(options));
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_write));
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(*database));
  PRUUV_TRY_ASSIGN(const Connection stored, find_connection(*database, options));
  PRUUV_TRY_ASSIGN(const auto document, json::parse(platforms::render_connection(stored, changes),
                                                    json::Numbers::as_text));
  std::vector<Connection> changed;
  PRUUV_TRY(parse_into(document.root(), changed));
  PRUUV_TRY_ASSIGN(const Counts counts, save_all(*database, changed, context.clock->now_s()));
  std::string keys;
  for (const auto& [key, value] : changes) keys += (keys.empty() ? "" : ", ") + key;
  if (counts.updated > 0) {
    audit::OperatorAction action;
    action.at_ms = context.clock->now_ms();
    action.action = "connections-set";
    action.operator_name = operator_name();
    json::Writer detail;
    detail.begin_object();
    detail.member("client_id", stored.client_id);
    detail.member("platform", stored.platform);
    detail.member("connection", stored.name);
    detail.member("keys", keys);
    detail.end_object();
    action.detail = detail.str();
    PRUUV_TRY(audit::append_operator_action(*database, action));
  }
  PRUUV_TRY(transaction.commit());
  put(STDOUT_FILENO,
      fmt::format(
          "{} {}/{}: {}\n", printable(stored.client_id), stored.platform, printable(stored.name),
          counts.updated > 0 ? "changed " + printable(keys) : std::string("was so already")));
  return 0;
}

Result<int> list(const Context& context, const Options& options) {
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
  auto connections = options.client_id.empty()
                         ? store::load_connections(*database)
                         : store::load_connections(*database, options.client_id);
  if (!connections) return Unexpected(std::move(connections).error());
  put(STDOUT_FILENO, report::render_connections(*connections, options.format));
  return 0;
}

}  // namespace

void add_connections(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("connections", "The clients' links to their ad accounts");
  command->require_subcommand(1);
  CLI::App* importing =
      command->add_subcommand("import", "Add or update connections from a JSON file");
  importing->add_option("FILE", options->file, "JSON file, or - for standard input")->required();
  importing->add_option("--backfill", options->backfill,
                        "also take events that reached the store before, such as 48h");
  importing->add_flag("--yes", options->yes, "do not ask");
  importing->final_callback([&context, options] {
    context.command = [&context, options] { return import(context, *options); };
  });
  CLI::App* setting = command->add_subcommand("set", "Change one connection");
  setting->add_option("CLIENT", options->client_id, "the client's id")->required();
  setting->add_option("PLATFORM", options->platform, "meta, google or tiktok")->required();
  setting->add_option("--name", options->name, "which of several connections (default)");
  setting->add_option("--api", options->api, "google: data_manager or google_ads");
  setting->add_option("KEY=VALUE", options->changes, "keys as in the connections' file");
  setting->final_callback([&context, options] {
    context.command = [&context, options] { return set(context, *options); };
  });
  CLI::App* listing = command->add_subcommand("list", "Show the connections");
  listing->add_option("--client", options->client_id, "of this client only");
  add_format_option(*listing, options->format);
  listing->final_callback([&context, options] {
    context.command = [&context, options] { return list(context, *options); };
  });
}

}  // namespace pruuv::app
