#include "audit/audit_fixture.hpp"
#include "audit/chain.hpp"
#include "audit/diagnoses.hpp"
#include "audit/log.hpp"
#include "store/runs.hpp"
#include "store/schema.hpp"

using namespace pruuv;
using namespace pruuv::audit;
using namespace pruuv::audit::testing;
using namespace pruuv::store::testing;

namespace {

// Three requests, closed in another order than opened, a diagnosis and an operator action; one
// request in flight. The links: opened 1, 2, 3, closed 2, 1, 3, diagnosis 1, action 1, opened 4.
struct History : Audited {
  History() {
    for (const std::int64_t seq : {1, 4, 7}) (void)open(meta, {seq, seq + 1, seq + 2});
    close(2, {4, 5, 6}, AttemptStatus::rejected);
    close(1, {1, 2, 3});
    close(3, {7, 8, 9});
    diagnose();
    act("retry");
    (void)open(tiktok, {10});
  }

  void diagnose() const {
    auto transaction = value_of(store::Transaction::begin(**this));
    must(append_diagnosis(**this, {1, {}, "confirmed", "r", "words", 5}));
    must(transaction.commit());
  }

  // What somebody with the file and an SQLite shell can do.
  void tamper(const std::string& sql) const {
    std::vector<std::string> triggers;
    auto* const read =
        value_of(database->prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'"));
    must(read->for_each([&](const store::Statement& row) { triggers.emplace_back(row.text(0)); }));
    for (const std::string& trigger : triggers) run("DROP TRIGGER " + trigger);
    run("PRAGMA foreign_keys = OFF");
    run(sql);
  }

  [[nodiscard]] std::string fault() const { return value_of(verify(**this)).fault; }
  [[nodiscard]] std::string fault_after(const std::string& sql) const {
    tamper(sql);
    return fault();
  }
};

}  // namespace

TEST_CASE("a chain that nobody touched holds") {
  const History store;
  const Verification sound = value_of(verify(*store));
  CHECK(sound.fault.empty());
  CHECK(sound.links == 9);
  CHECK(sound.head_hex == value_of(chain_head_hex(*store)));

  const Audited empty;
  const Verification none = value_of(verify(*empty, std::string(64, '0')));
  CHECK(none.fault.empty());
  CHECK(none.links == 0);
}

TEST_CASE("a change in any column of any record is found and named") {
  struct Table {
    std::string name;
    std::string key;
    std::string record;
    std::vector<std::string> columns;
  };
  const std::vector<Table> tables = {
      {"request_opened",
       "id",
       "request_opened",
       {"run", "connection_id", "adapter", "endpoint", "api_version", "body_sha256", "body_bytes",
        "opened_at_ms", "events", "manifest"}},
      {"request_closed",
       "request_id",
       "request_closed",
       {"run", "closed_at_ms", "status", "bytes_sent", "transport_code", "trace_id", "error",
        "error_message", "warning", "first_attempt", "attempts"}},
      {"attempt",
       "id",
       "request_closed",
       {"request_id", "event_seq", "number", "status", "reason", "cause", "error",
        "error_message"}},
      {"diagnosis",
       "id",
       "diagnosis",
       {"request_id", "position", "status", "reason", "at_ms", "message"}},
      {"operator_action", "id", "operator_action", {"at_ms", "action", "operator", "detail"}}};
  for (const Table& table : tables) {
    for (const std::string& column : table.columns) {
      INFO(table.name << "." << column);
      const History store;
      // Of its own type, and not what it was.
      const std::string fault =
          store.fault_after("UPDATE " + table.name + " SET " + column + " = CASE typeof(" + column +
                            ") WHEN 'integer' THEN 1 - min(" + column +
                            ", 1) WHEN 'blob' THEN zeroblob(32)"
                            " WHEN 'text' THEN " +
                            column + " || 'x' ELSE CASE '" + column +
                            "' WHEN 'position' THEN 0 ELSE '' END END WHERE " + table.key + " = 1");
      CHECK(fault.find(table.record + " ") == 0);
      CHECK(fault.find(": ") != std::string::npos);
    }
  }
}

TEST_CASE("the place of a change is named") {
  CHECK(History().fault_after("UPDATE request_opened SET body_bytes = 5 WHERE id = 2") ==
        "request_opened 2: changed");
  CHECK(History().fault_after("UPDATE attempt SET status = 0 WHERE id = 2") ==
        "request_closed 2: changed");
  CHECK(History().fault_after("UPDATE chain_link SET hash = zeroblob(32) WHERE id = 4") ==
        "request_closed 2: changed");
  CHECK(History().fault_after("UPDATE chain_link SET kind = 4, record_id = 1 WHERE id = 2") ==
        "operator_action 1: changed");
}

TEST_CASE("what is taken out is found") {
  CHECK(History().fault_after("DELETE FROM request_opened WHERE id = 2") ==
        "request_opened 2: missing");
  CHECK(History().fault_after("DELETE FROM request_closed WHERE request_id = 1") ==
        "request_closed 1: missing");
  CHECK(History().fault_after("DELETE FROM diagnosis") == "diagnosis 1: missing");
  CHECK(History().fault_after("DELETE FROM operator_action") == "operator_action 1: missing");
  CHECK(History().fault_after("DELETE FROM attempt WHERE id = 5") ==
        "request_closed 1: 2 of its 3 attempts are there");
  CHECK(History().fault_after("DELETE FROM attempt WHERE id = 9") ==
        "request_closed 3: 2 of its 3 attempts are there");
  CHECK(History().fault_after("DELETE FROM chain_link WHERE id = 5") == "chain_link 5: missing");
  CHECK(History().fault_after("DELETE FROM chain_link WHERE id = 1") == "chain_link 1: missing");
}

TEST_CASE("what is put in is found") {
  CHECK(
      History().fault_after("INSERT INTO operator_action SELECT 2, at_ms, action, operator, detail"
                            " FROM operator_action") == "operator_action 2: without a link");
  CHECK(
      History().fault_after("INSERT INTO operator_action SELECT -7, at_ms, action, operator, detail"
                            " FROM operator_action") == "operator_action -7: without a link");
  CHECK(History().fault_after(
            "INSERT INTO request_opened SELECT 5, run, connection_id, adapter, endpoint,"
            " api_version, body_sha256, body_bytes, opened_at_ms, events, manifest"
            " FROM request_opened WHERE id = 1") == "request_opened 5: without a link");
  CHECK(History().fault_after(
            "INSERT INTO request_closed SELECT 4, run, closed_at_ms, status, bytes_sent,"
            " transport_code, trace_id, error, error_message, warning, 10, 0"
            " FROM request_closed WHERE request_id = 1") == "request_closed 4: without a link");
  CHECK(History().fault_after(
            "INSERT INTO attempt SELECT 10, request_id, event_seq, number, status, reason,"
            " cause, error, error_message, connection_id FROM attempt WHERE id = 9") ==
        "attempt 10: belongs to no closed request");
  CHECK(History().fault_after(
            "INSERT INTO attempt SELECT 0, request_id, event_seq, number, status, reason,"
            " cause, error, error_message, connection_id FROM attempt WHERE id = 9") ==
        "attempt 0: belongs to no closed request");
  CHECK(History().fault_after("UPDATE attempt SET connection_id = 99 WHERE id = 9") ==
        "attempt 9: its connection is not its request's");
  CHECK(History().fault_after(
            "INSERT INTO chain_link SELECT 10, kind, record_id, hash FROM chain_link"
            " WHERE id = 8") == "operator_action 1: out of order");
  CHECK(
      History().fault_after("INSERT INTO chain_link SELECT 0, kind, record_id, hash FROM chain_link"
                            " WHERE id = 8") == "chain_link: a link is numbered below 1");
}

TEST_CASE("what changed places is found") {
  // Two records of one kind.
  CHECK(History().fault_after("UPDATE request_opened SET id = 99 WHERE id = 1;"
                              "UPDATE request_opened SET id = 1 WHERE id = 2;"
                              "UPDATE request_opened SET id = 2 WHERE id = 99") ==
        "request_opened 1: changed");
  // Two attempts of one request.
  CHECK(History().fault_after("UPDATE attempt SET id = 99 WHERE id = 1;"
                              "UPDATE attempt SET id = 1 WHERE id = 2;"
                              "UPDATE attempt SET id = 2 WHERE id = 99") ==
        "request_closed 2: changed");
  // Two links, hashes and all.
  CHECK(History().fault_after("UPDATE chain_link SET id = 99 WHERE id = 1;"
                              "UPDATE chain_link SET id = 1 WHERE id = 2;"
                              "UPDATE chain_link SET id = 2 WHERE id = 99") ==
        "request_opened 2: changed");
  CHECK(History().fault_after("UPDATE chain_link SET id = 99 WHERE id = 4;"
                              "UPDATE chain_link SET id = 4 WHERE id = 5;"
                              "UPDATE chain_link SET id = 5 WHERE id = 99") ==
        "request_closed 1: out of order, or changed");
}

TEST_CASE("the list of open requests must agree with the records") {
  CHECK(History().fault_after("DELETE FROM open_request") ==
        "open_request: 0 rows, but 1 requests are open");
}

TEST_CASE("a claim of endless attempts is found at once") {
  CHECK(History().fault_after("UPDATE request_closed SET attempts = 9223372036854775807") ==
        "request_closed 2: 3 of its 9223372036854775807 attempts are there");
  CHECK(History().fault_after("UPDATE request_closed SET attempts = -1") ==
        "request_closed 2: 0 of its -1 attempts are there");
}

TEST_CASE("a cut end is found by a head known outside") {
  const History store;
  const std::string head = value_of(chain_head_hex(*store));
  CHECK(value_of(verify(*store, head)).fault.empty());
  CHECK(value_of(verify(*store, std::string(64, '0'))).fault.empty());
  store.act("replay");
  CHECK(value_of(verify(*store, head)).fault.empty());
  store.tamper(
      "DELETE FROM chain_link WHERE id >= 9; DELETE FROM operator_action WHERE id = 2;"
      "DELETE FROM request_opened WHERE id = 4; DELETE FROM open_request");
  CHECK(store.fault().empty());
  CHECK(value_of(verify(*store, head)).fault == "known head " + head + ": not among the links");
}

TEST_CASE("a store that was cut short or rewound is found by the run journal") {
  const History store;
  const std::string store_id = value_of(store::load_store_info(*store)).store_id;
  std::int64_t lines = 0;
  const auto journal = [&](const std::string& head) {
    must(store::append_run_journal(store.path, store_id, "run", true, head, now_s));
    ++lines;
  };
  const auto fault = [&] {
    const auto heads = value_of(store::load_journal_heads(*store, store_id));
    return value_of(verify(*store, {}, heads)).fault;
  };
  journal(std::string(64, '0'));
  journal(value_of(chain_head_hex(*store)));
  store.act("replay");
  journal(value_of(chain_head_hex(*store)));
  journal(value_of(chain_head_hex(*store)));
  store.act("backfill");
  CHECK(fault().empty());

  SECTION("the end is gone") {
    journal(value_of(chain_head_hex(*store)));
    store.tamper("DELETE FROM chain_link WHERE id = 11; DELETE FROM operator_action WHERE id = 3");
    CHECK(store.fault().empty());
  }
  SECTION("a head of another chain") { journal(std::string(64, 'e')); }
  SECTION("heads out of their order") {
    journal(value_of(chain_head_hex(*store)));
    store::Statement* const read =
        value_of(store.database->prepare("SELECT hash FROM chain_link WHERE id = 3"));
    std::string earlier;
    (void)value_of(
        read->first([&](const store::Statement& row) { earlier = to_hex(row.blob(0)); }));
    journal(earlier);
  }
  CHECK(fault() == "run journal, line " + std::to_string(lines) +
                       ": its chain head is not among the links; the store was cut short, or is an "
                       "older copy of itself");
}

TEST_CASE("a known head is written in 64 hexadecimal digits") {
  const Audited store;
  CHECK(verify(*store, "abc").error().kind == ErrorKind::usage);
  store.act("retry");
  std::string head = value_of(chain_head_hex(*store));
  for (char& c : head) c = c >= 'a' ? static_cast<char>(c - 32) : c;
  CHECK(value_of(verify(*store, head)).fault.empty());
}

TEST_CASE("more links than a page are walked to the end") {
  const Audited store;
  auto transaction = value_of(store::Transaction::begin(*store));
  for (int i = 0; i < 2500; ++i) store.act("retry");
  must(transaction.commit());
  CHECK(value_of(verify(*store)).links == 2500);
  const std::string sql = "UPDATE operator_action SET at_ms = 0 WHERE id = 2400";
  store.run("DROP TRIGGER operator_action_no_update");
  store.run(sql);
  const Verification broken = value_of(verify(*store));
  CHECK(broken.fault == "operator_action 2400: changed");
  CHECK(broken.links == 2399);
}

TEST_CASE("a store of the first schema is brought up to date with its records, and they hold") {
  const pruuv::testing::TempDir folder;
  const std::string path = folder.file("pruuv.db");
  make_first_store(path);
  std::string head;
  {
    const auto old = value_of(store::Database::open(path, store::OpenMode::read_write));
    must(old->execute(
        "INSERT INTO client VALUES (1, 'acme');"
        "INSERT INTO connection VALUES (1, 1, 'meta', 'main', '1', '', '{}', 0, 0, 0, 0);"
        "INSERT INTO funnel_event (id, client_id, event_name, event_time)"
        " VALUES ('0190a1b2-c3d4-4e5f-8a9b-000000000001', 'acme', 'lead', 1);"
        "INSERT INTO run (run_id, command, version, started_at) VALUES ('r', 'send', '', 1);"));
    OpenedRequest opened;
    opened.run = 1;
    opened.connection_id = 1;
    opened.manifest = {{1, 1, "1:Lead", {}}};
    CHECK(value_of(append_request_opened(*old, opened)) == 1);
    // As the first versions wrote it: an attempt had no connection of its own.
    must(old->execute(
        "INSERT INTO request_closed VALUES (1, 1, 0, 200, 1, 0, NULL, NULL, NULL, NULL, 1, 1);"
        "INSERT INTO attempt VALUES (1, 1, 1, 1, 0, 0, 2, NULL, NULL)"));
    CanonicalForm closed(RecordKind::request_closed);
    for (const int number : {1, 1, 0, 200, 1, 0}) closed.add(std::int64_t{number});
    for (int i = 0; i < 4; ++i) closed.add_null();
    for (const int number : {1, 1, 1, 1, 1, 0, 0, 2}) closed.add(std::int64_t{number});
    closed.add_null().add_null();
    must(append_link(*old, RecordKind::request_closed, 1, closed));
    (void)value_of(append_request_opened(*old, opened));
    must(append_operator_action(*old, {1, "replay", "root", "{}"}));
    head = value_of(chain_head_hex(*old));
  }
  const auto database = value_of(store::open_store(path, store::OpenMode::read_write));
  const Verification sound = value_of(verify(*database, head));
  CHECK(sound.fault.empty());
  CHECK(sound.links == 4);
  CHECK(value_of(load_unclosed_requests(*database)).size() == 1);
  const LogPage page = value_of(load_log(*database, {}));
  REQUIRE(page.rows.size() == 1);
  CHECK(page.rows[0].cause == "replay");
  CHECK(value_of(load_last_error(*database, 1, 1)).empty());
  CHECK(value_of(load_last_manifest_entry(*database, 1, 1)).has_value());
}
