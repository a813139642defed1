#include "store/connections.hpp"

#include <optional>

#include <fmt/format.h>

#include "base/text.hpp"
#include "store/connection_settings.hpp"

namespace pruuv::store {
namespace {

struct Stored {
  std::int64_t id = 0;
  std::int64_t from_seq = 0;
  std::string destination;
  std::string api;
  std::string settings;
  bool paused = false;
};

std::string name_of(const Connection& connection) {
  return fmt::format("connection {} of client {} on {}", connection.name, connection.client_id,
                     connection.platform);
}

Result<std::optional<Stored>> load_stored(Database& database, std::int64_t client_no,
                                          const Connection& connection) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare("SELECT id, from_seq, destination, api, settings, paused FROM connection"
                       " WHERE client_no = ?1 AND platform = ?2 AND name = ?3"));
  read->bind(1, client_no).bind(2, connection.platform).bind(3, connection.name);
  std::optional<Stored> stored;
  PRUUV_TRY(read->first([&](const Statement& row) {
    stored = Stored{row.integer(0),           row.integer(1),           std::string(row.text(2)),
                    std::string(row.text(3)), std::string(row.text(4)), row.integer(5) != 0};
  }));
  return stored;
}

Result<void> insert_connection(Database& database, std::int64_t client_no, Connection& connection,
                               const std::string& settings, std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(
      Statement* const write,
      database.prepare(
          "INSERT INTO connection (client_no, platform, name, destination, api, settings,"
          " paused, from_seq, created_at, updated_at)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)"));
  write->bind(1, client_no).bind(2, connection.platform).bind(3, connection.name);
  write->bind(4, connection.destination).bind(5, connection.api).bind(6, settings);
  write->bind(7, std::int64_t{connection.paused}).bind(8, connection.from_seq).bind(9, now_s);
  PRUUV_TRY(write->run());
  connection.id = database.last_insert_rowid();
  return {};
}

Result<void> update_connection(Database& database, const Connection& connection,
                               const std::string& settings, std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(Statement* const write,
                   database.prepare("UPDATE connection SET api = ?2, settings = ?3, paused = ?4,"
                                    " updated_at = ?5 WHERE id = ?1"));
  write->bind(1, connection.id).bind(2, connection.api).bind(3, settings);
  write->bind(4, std::int64_t{connection.paused}).bind(5, now_s);
  return write->run();
}

Result<void> read_connection(const Statement& row, std::vector<Connection>& connections) {
  Connection connection;
  connection.id = row.integer(0);
  connection.client_id = row.text(1);
  connection.platform = row.text(2);
  connection.name = row.text(3);
  connection.destination = row.text(4);
  connection.api = row.text(5);
  connection.paused = row.integer(7) != 0;
  connection.from_seq = row.integer(8);
  auto parsed = parse_settings(row.text(6), connection);
  if (!parsed) {
    return Unexpected(
        std::move(parsed).error().during("read " + name_of(connection) + ": settings"));
  }
  connections.push_back(std::move(connection));
  return {};
}

}  // namespace

Result<Saved> save_connection(Database& database, Connection& connection,
                              std::int64_t from_seq_if_new, std::int64_t now_s) {
  const std::string settings = render_settings(connection);
  // What is not UTF-8 could be written, but never read back.
  if (!is_valid_utf8(settings)) {
    return fail(ErrorKind::config, fmt::format("save {}: a text in it is not valid UTF-8",
                                               printable(name_of(connection))));
  }
  PRUUV_TRY_ASSIGN(const std::int64_t client_no, client_number(database, connection.client_id));
  PRUUV_TRY_ASSIGN(const auto stored, load_stored(database, client_no, connection));
  if (!stored) {
    connection.from_seq = from_seq_if_new;
    PRUUV_TRY(insert_connection(database, client_no, connection, settings, now_s));
    return Saved::added;
  }
  if (stored->destination != connection.destination) {
    return fail(ErrorKind::config,
                fmt::format("save {}: its destination is {} and cannot become {}",
                            printable(name_of(connection)), printable(stored->destination),
                            printable(connection.destination)),
                "give the new destination another connection name, and pause the old one");
  }
  connection.id = stored->id;
  connection.from_seq = stored->from_seq;
  if (stored->api == connection.api && stored->settings == settings &&
      stored->paused == connection.paused) {
    return Saved::unchanged;
  }
  PRUUV_TRY(update_connection(database, connection, settings, now_s));
  return Saved::updated;
}

Result<void> save_from_seq(Database& database, std::int64_t connection_id, std::int64_t from_seq) {
  PRUUV_TRY_ASSIGN(
      Statement* const write,
      database.prepare("UPDATE connection SET from_seq = ?2 WHERE id = ?1 AND from_seq > ?2"));
  return write->bind(1, connection_id).bind(2, from_seq).run();
}

Result<std::vector<Connection>> load_connections(Database& database) {
  return load_connections(database, "");
}

Result<std::vector<Connection>> load_connections(Database& database, std::string_view client_id) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "SELECT cn.id, cl.client_id, cn.platform, cn.name, cn.destination, cn.api,"
          " cn.settings, cn.paused, cn.from_seq"
          " FROM connection cn JOIN client cl ON cl.no = cn.client_no"
          " WHERE ?1 = '' OR cl.client_id = ?1 ORDER BY cl.client_id, cn.platform, cn.name"));
  std::vector<Connection> connections;
  PRUUV_TRY(read->bind(1, client_id).for_each([&](const Statement& row) {
    return read_connection(row, connections);
  }));
  return connections;
}

Result<std::int64_t> client_number(Database& database, std::string_view client_id) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT no FROM client WHERE client_id = ?1"));
  std::int64_t number = 0;
  PRUUV_TRY_ASSIGN(const bool is_known, read->bind(1, client_id).first([&](const Statement& row) {
    number = row.integer(0);
  }));
  if (is_known) return number;
  PRUUV_TRY_ASSIGN(Statement* const write,
                   database.prepare("INSERT INTO client (client_id) VALUES (?1)"));
  PRUUV_TRY(write->bind(1, client_id).run());
  return database.last_insert_rowid();
}

}  // namespace pruuv::store
