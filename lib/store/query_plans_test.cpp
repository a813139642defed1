#include "store/connections.hpp"
#include "store/deliveries.hpp"
#include "store/events.hpp"
#include "store/outcomes.hpp"
#include "store/runs.hpp"
#include "store/schema.hpp"
#include "store/store_fixture.hpp"

// What a nightly run does may not cost more with every year of history: no table that grows is read
// whole.
using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

TEST_CASE("nothing a run does reads a table of history whole") {
  Store store;
  add_events(store, 2);
  const auto connection = add_connection(store, "meta", "main");
  store.database =
      value_of(open_store(store.path, OpenMode::read_write));  // forgets the statements so far

  FunnelEvent known = sample_event(1);
  CHECK(value_of(insert_event(*store, known)) == Inserted::known);
  (void)value_of(load_events_after(*store, 0, 10));
  (void)value_of(last_event_seq(*store));
  (void)value_of(seq_before_time(*store, now_s));
  (void)value_of(platform_number(*store, "meta"));
  const auto client = value_of(client_number(*store, "acme"));
  must(save_plans(*store, std::vector<Plan>{{client, 1, {}}}));
  (void)value_of(load_plan(*store, client, 1));
  must(save_planned_seq(*store, 1));
  Delivery delivery;
  delivery.event_seq = 1;
  delivery.connection_id = connection;
  must(save_delivery(*store, delivery));
  must(save_delivery(*store, delivery));
  (void)value_of(load_delivery(*store, 1, connection));
  (void)value_of(load_deliveries_of_event(*store, 1));
  (void)value_of(load_backlogs(*store, now_s));
  (void)value_of(load_due(*store, connection, 0, now_s, {}, 10));
  (void)value_of(has_due(*store, now_s));
  (void)value_of(load_expiring(*store, now_s, now_s + 1));
  (void)value_of(expire_open(*store, connection, now_s));
  (void)value_of(load_first_held(*store, connection, Reason::paused));
  (void)value_of(hold_due(*store, connection, Reason::paused, now_s));
  (void)value_of(release_held(*store, connection, Reason::paused, now_s));
  must(make_due(*store, 1, connection, Cause::retry, now_s));
  (void)value_of(count_open(*store));
  (void)value_of(count_outcomes(*store, "acme", {"meta"}, {}, {}));
  (void)value_of(load_connections(*store));
  const Run run = value_of(begin_run(*store, "send", "0.1.0", now_s));
  const std::string store_id = value_of(load_store_info(*store)).store_id;
  must(append_run_journal(store.path, store_id, "lost", true, "", now_s));
  CHECK(value_of(runs_missing_from_store(*store, store_id)).size() == 1);
  must(end_run(*store, run, 0, now_s));

  // Clients, connections, platforms and reasons do not grow with history; `store` has one row,
  // sqlite_sequence two; `o` (count_open) and `x` (load_expiring) are as long as what is open;
  // (subquery-1) is what count_outcomes, which no run does, has found of one client.
  CHECK(scans(store) == std::set<std::string>{"SCAN (subquery-1)", "SCAN cl", "SCAN cn", "SCAN co",
                                              "SCAN o", "SCAN p", "SCAN reason",
                                              "SCAN sqlite_sequence", "SCAN store", "SCAN x"});
}

TEST_CASE("deliveries are listed through an index wherever there is one") {
  Store store;
  store.database = value_of(open_store(store.path, OpenMode::read_write));
  (void)value_of(load_deliveries(*store, {}));
  int whole = 0;
  std::set<std::string> indexes;
  for (const std::string& sql : store.database->prepared()) {
    if (sql.find("candidate") == std::string::npos) continue;
    for (const std::string& line : query_plan(store, sql)) {
      whole += line.starts_with("SCAN de");
      for (const char* index : {"delivery_due", "delivery_held", "delivery_rejected"}) {
        if (line.starts_with("SEARCH de USING") && line.find(index) != std::string::npos)
          indexes.insert(index);
      }
    }
  }
  CHECK(whole == 1);
  CHECK(indexes.size() == 3);
}

TEST_CASE("open deliveries are found by turn and by expiry, and come in order without a sort") {
  Store store;
  const auto connection = add_connection(store, "meta", "main");
  store.database = value_of(open_store(store.path, OpenMode::read_write));
  (void)value_of(load_due(*store, connection, 0, now_s, {}, 10));
  (void)value_of(load_first_held(*store, connection, Reason::throttled));
  (void)value_of(expire_open(*store, connection, now_s));
  (void)value_of(load_expiring(*store, now_s, now_s + 1));
  // What each search is bounded by, as EXPLAIN names it; <expr> is the turn.
  std::multiset<std::string> searches;
  for (const std::string& sql : store.database->prepared()) {
    if (sql.find("delivery") == std::string::npos) continue;
    const bool is_in_order = sql.find("LIMIT") != std::string::npos;
    for (const std::string& line : query_plan(store, sql)) {
      if (is_in_order) CHECK(line.find("TEMP B-TREE") == std::string::npos);
      const std::size_t index = line.find("INDEX delivery_");
      if (index != std::string::npos) searches.insert(line.substr(index + 6));
    }
  }
  CHECK(searches ==
        std::multiset<std::string>{
            "delivery_due (connection_id=? AND <expr>=? AND expires_at<?)",
            "delivery_due (connection_id=? AND <expr>=? AND (expires_at,event_seq)>(?,?))",
            "delivery_due (connection_id=? AND <expr>=? AND expires_at>? AND expires_at<?)",
            "delivery_held (connection_id=? AND expires_at<?)",
            "delivery_held (connection_id=? AND expires_at>? AND expires_at<?)",
            "delivery_held (connection_id=?)"});
}
