#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "audit/records.hpp"
#include "base/text.hpp"
#include "connections.hpp"
#include "platforms/connection_json.hpp"
#include "store/connections.hpp"
#include "store/held.hpp"

namespace pruuv::app {
namespace {

using Changes = std::map<std::string, std::string>;

std::string name_of(const ConnectionOptions& options) {
  return options.name.empty() ? "default" : options.name;
}

std::string title_of(const Connection& connection) {
  return fmt::format("{} {}/{}", printable(connection.client_id), connection.platform,
                     printable(connection.name));
}

Result<std::optional<Connection>> find(store::Database& database,
                                       const ConnectionOptions& options) {
  PRUUV_TRY_ASSIGN(const auto connections, store::load_connections(database, options.client_id));
  for (const Connection& connection : connections) {
    if (connection.platform == options.platform && connection.name == name_of(options))
      return std::optional(connection);
  }
  return std::optional<Connection>();
}

Result<Connection> must_find(store::Database& database, const ConnectionOptions& options) {
  PRUUV_TRY_ASSIGN(const auto found, find(database, options));
  if (found) return *found;
  return fail(ErrorKind::usage,
              fmt::format("client {} has no connection {}/{}", printable(options.client_id),
                          options.platform, printable(name_of(options))),
              "`pruuv-send connections list` shows them; --name picks one that is not default");
}

std::string keys_of(const Changes& changes) {
  std::string keys;
  for (const auto& [key, value] : changes) keys += (keys.empty() ? "" : ", ") + key;
  return keys;
}

// `keys`: those that were given a value, "" where the action is about none. Values stay out of it.
Result<void> record(const Context& context, store::Database& database, std::string_view action,
                    const Connection& connection, const std::string& keys) {
  audit::OperatorAction done;
  done.at_ms = context.clock->now_ms();
  done.action = action;
  done.operator_name = operator_name();
  json::Writer detail;
  detail.begin_object();
  detail.member("client_id", connection.client_id);
  detail.member("platform", connection.platform);
  detail.member("connection", connection.name);
  if (!keys.empty()) detail.member("keys", keys);
  detail.end_object();
  done.detail = detail.str();
  return audit::append_operator_action(database, done);
}

// The connection with those members in place of its own, checked as one of a file is.
Result<Connection> changed(const Connection& connection, const Changes& changes) {
  PRUUV_TRY_ASSIGN(
      const auto document,
      json::parse(platforms::render_connection(connection, changes), json::Numbers::as_text));
  return read_connection(document.root());
}

// Whether that changed anything.
Result<bool> save_paused(const Context& context, store::Database& database, Connection connection,
                         bool paused) {
  if (connection.paused == paused) return false;
  connection.paused = paused;
  std::vector<Connection> one = {connection};
  PRUUV_TRY(save_connections(database, one, context.clock->now_s()));
  PRUUV_TRY(record(context, database, paused ? "connections-pause" : "connections-resume",
                   connection, ""));
  return true;
}

std::string words_of(const store::HeldCount& held) {
  if (held.in_time == 0 && held.too_old == 0) return "nothing was held";
  std::string words = fmt::format("{} held {} in the next run", held.in_time,
                                  held.in_time == 1 ? "delivery goes" : "deliveries go");
  if (held.too_old > 0)
    words += fmt::format(", {} {} too old", held.too_old, held.too_old == 1 ? "is" : "are");
  return words;
}

}  // namespace

Result<int> add_connection(const Context& context, const ConnectionOptions& options) {
  PRUUV_TRY(check_platform(options.platform));
  PRUUV_TRY_ASSIGN(const Changes changes, read_changes(options));
  Connection wanted;
  wanted.client_id = options.client_id;
  wanted.platform = options.platform;
  wanted.name = name_of(options);
  const auto api = changes.find("api");
  if (api != changes.end()) wanted.api = api->second;
  std::vector<Connection> made;
  PRUUV_TRY_ASSIGN(made.emplace_back(), changed(wanted, changes));
  PRUUV_TRY_ASSIGN(const Backfill backfill, read_backfill(options));
  if (!backfill.is_sure) return 0;

  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_write));
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(*database));
  PRUUV_TRY_ASSIGN(const auto existing, find(*database, options));
  if (existing) {
    return fail(ErrorKind::usage,
                fmt::format("add {}: there is such a connection", title_of(*existing)),
                "change it with `pruuv-send connections set`, or give this one another --name");
  }
  PRUUV_TRY(save_connections(*database, made, context.clock->now_s()));
  const Connection& connection = made.front();
  PRUUV_TRY(record(context, *database, "connections-add", connection, keys_of(changes)));
  std::string out = fmt::format("{}: added to {}; takes events that reach the store from here on\n",
                                title_of(connection), printable(connection.destination));
  if (backfill.seconds > 0) {
    PRUUV_TRY_ASSIGN(const std::int64_t earlier,
                     backfill_connections(context, *database, made, backfill.seconds));
    out += fmt::format("backfill {}: {} earlier events are due now\n", options.backfill, earlier);
  }
  PRUUV_TRY(transaction.commit());
  put(STDOUT_FILENO, out);
  warn_of_credentials(made);
  return 0;
}

Result<int> set_connection(const Context& context, const ConnectionOptions& options) {
  PRUUV_TRY(check_platform(options.platform));
  PRUUV_TRY_ASSIGN(const Changes changes, read_changes(options));
  if (changes.empty())
    return fail(ErrorKind::usage, "connections set: nothing to change", "add KEY=VALUE or --api");
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_write));
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(*database));
  PRUUV_TRY_ASSIGN(const Connection stored, must_find(*database, options));
  std::vector<Connection> wanted;
  PRUUV_TRY_ASSIGN(wanted.emplace_back(), changed(stored, changes));
  PRUUV_TRY_ASSIGN(const SavedCounts counts,
                   save_connections(*database, wanted, context.clock->now_s()));
  const std::string keys = keys_of(changes);
  if (counts.updated > 0) PRUUV_TRY(record(context, *database, "connections-set", stored, keys));
  PRUUV_TRY(transaction.commit());
  put(STDOUT_FILENO,
      fmt::format("{}: {}\n", title_of(stored),
                  counts.updated > 0 ? "changed " + keys : std::string("was so already")));
  warn_of_credentials(wanted);
  return 0;
}

Result<int> pause_connection(const Context& context, const ConnectionOptions& options) {
  PRUUV_TRY(check_platform(options.platform));
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_write));
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(*database));
  PRUUV_TRY_ASSIGN(const Connection connection, must_find(*database, options));
  PRUUV_TRY_ASSIGN(const bool is_news, save_paused(context, *database, connection, true));
  PRUUV_TRY(transaction.commit());
  put(STDOUT_FILENO,
      fmt::format("{}: {}; from the next run on what comes is held until `connections resume`\n",
                  title_of(connection), is_news ? "paused" : "was paused already"));
  return 0;
}

Result<int> resume_connection(const Context& context, const ConnectionOptions& options) {
  PRUUV_TRY(check_platform(options.platform));
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_write));
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(*database));
  PRUUV_TRY_ASSIGN(const Connection connection, must_find(*database, options));
  PRUUV_TRY_ASSIGN(const bool is_news, save_paused(context, *database, connection, false));
  PRUUV_TRY_ASSIGN(
      const store::HeldCount held,
      store::count_held(*database, connection.id, Reason::paused, context.clock->now_s()));
  PRUUV_TRY(transaction.commit());
  put(STDOUT_FILENO, fmt::format("{}: {}; {}\n", title_of(connection),
                                 is_news ? "resumed" : "was not paused", words_of(held)));
  return 0;
}

}  // namespace pruuv::app
