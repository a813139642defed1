#include "store/store_fixture.hpp"

#include <fmt/format.h>

#include "store/connections.hpp"
#include "store/embedded_schema.hpp"
#include "store/events.hpp"
#include "store/schema.hpp"

namespace pruuv::store::testing {

Store::Store() {
  must(create_store(path, now_s));
  database = value_of(open_store(path, OpenMode::read_write));
}

std::int64_t Store::number(std::string_view sql) const {
  Statement* const read = value_of(database->prepare(sql));
  std::int64_t number = 0;
  const bool is_row = value_of(read->first([&](const Statement& row) { number = row.integer(0); }));
  REQUIRE(is_row);
  return number;
}

void make_first_store(const std::string& path) {
  const auto database = value_of(Database::open(path, OpenMode::create));
  must(database->execute("PRAGMA application_id = 1347573078"));
  must(apply_schema(*database, embedded_schema().first(1)));
  must(database->execute(
      "INSERT INTO store (one, store_id, created_at) VALUES (1, 'first', 1780000000)"));
}

std::string event_id(int number) { return fmt::format("0190a1b2-c3d4-4e5f-8a9b-{:012}", number); }

FunnelEvent sample_event(int number) {
  FunnelEvent event;
  event.id = event_id(number);
  event.client_id = "acme";
  event.event_name = "lead";
  event.event_time = now_s - 3600 + number;
  event.email = "jane@example.com";
  event.fbclid = "IwAR0";
  return event;
}

void add_events(const Store& store, int count) {
  for (int number = 1; number <= count; ++number) {
    REQUIRE(value_of(insert_event(*store, sample_event(number))) == Inserted::stored);
  }
}

std::int64_t add_connection(const Store& store, const std::string& platform,
                            const std::string& name) {
  Connection connection;
  connection.client_id = "acme";
  connection.platform = platform;
  connection.name = name;
  connection.destination = "123456789";
  connection.credential = "env:TOKEN";
  REQUIRE(value_of(save_connection(*store, connection, 0, now_s)) == Saved::added);
  return connection.id;
}

std::vector<std::string> query_plan(const Store& store, const std::string& sql) {
  Statement* const read = value_of(store.database->prepare("EXPLAIN QUERY PLAN " + sql));
  std::vector<std::string> lines;
  must(read->for_each([&](const Statement& row) { lines.emplace_back(row.text(3)); }));
  return lines;
}

std::set<std::string> scans(const Store& store) {
  std::set<std::string> found;
  for (const std::string& sql : store.database->prepared()) {
    if (sql.starts_with("EXPLAIN") || sql.starts_with("PRAGMA")) continue;
    for (const std::string& line : query_plan(store, sql)) {
      const std::string scan = line.substr(0, line.find(' ', line.find(' ') + 1));
      if (scan.starts_with("SCAN ")) found.insert(scan);
    }
  }
  return found;
}

}  // namespace pruuv::store::testing
