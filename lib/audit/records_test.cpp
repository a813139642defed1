#include "audit/records.hpp"

#include "audit/audit_fixture.hpp"
#include "audit/chain.hpp"

using namespace pruuv;
using namespace pruuv::audit;
using namespace pruuv::audit::testing;
using namespace pruuv::store::testing;

TEST_CASE("a request is open until it is closed, and both are records") {
  const Audited store;
  const std::int64_t first = store.open(store.meta, {1, 2});
  const std::int64_t second = store.open(store.tiktok, {3});
  auto unclosed = value_of(load_unclosed_requests(*store));
  REQUIRE(unclosed.size() == 2);
  CHECK(unclosed[0].id == first);
  CHECK(unclosed[0].connection_id == store.meta);
  CHECK(unclosed[0].opened_at_ms == now_s * 1000);
  REQUIRE(unclosed[0].manifest.size() == 2);
  CHECK(unclosed[0].manifest[1].event_seq == 2);
  CHECK(unclosed[0].manifest[1].dedup_scope == "1:Lead");
  CHECK(unclosed[0].manifest[1].object_sha256 == sha256("2"));

  store.close(first, {1, 2});
  unclosed = value_of(load_unclosed_requests(*store));
  REQUIRE(unclosed.size() == 1);
  CHECK(unclosed[0].id == second);
  CHECK(store.number("SELECT count(*) FROM attempt WHERE request_id = 1") == 2);
  CHECK(store.number("SELECT count(*) FROM chain_link") == 3);
}

TEST_CASE("every column of the records is written") {
  const Audited store;
  OpenedRequest opened;
  opened.run = store.run_id;
  opened.connection_id = store.tiktok;
  opened.adapter = "tiktok";
  opened.endpoint = "https://tiktok.example/x";
  opened.api_version = "v1.3";
  opened.body_sha256 = sha256("b");
  opened.body_bytes = 77;
  opened.opened_at_ms = 123;
  opened.manifest = {{4, 3, "scope", sha256("o")}};
  const std::int64_t id = value_of(append_request_opened(*store, opened));
  CHECK(store.number(
            "SELECT count(*) FROM request_opened WHERE id = 1 AND run = 1 AND connection_id = 2"
            " AND adapter = 'tiktok' AND endpoint = 'https://tiktok.example/x'"
            " AND api_version = 'v1.3' AND length(body_sha256) = 32 AND body_bytes = 77"
            " AND opened_at_ms = 123 AND events = 1") == 1);
  ClosedRequest closed;
  closed.request_id = id;
  closed.run = store.run_id;
  closed.closed_at_ms = 456;
  closed.status = 503;
  closed.transport_code = transport_code_crash;
  closed.error = "e";
  closed.error_message = "m";
  closed.warning = "w";
  closed.attempts = {
      {4, 3, AttemptStatus::not_sent, Reason::unknown_outcome, Cause::replay, "ae", "am"}};
  must(append_request_closed(*store, closed));
  CHECK(store.number(
            "SELECT count(*) FROM request_closed WHERE request_id = 1 AND run = 1"
            " AND closed_at_ms = 456 AND status = 503 AND bytes_sent = 0 AND transport_code = -1"
            " AND trace_id IS NULL AND error = 'e' AND error_message = 'm' AND warning = 'w'"
            " AND first_attempt = 1 AND attempts = 1") == 1);
  CHECK(
      store.number("SELECT count(*) FROM attempt WHERE id = 1 AND request_id = 1 AND event_seq = 4"
                   " AND number = 3 AND status = 6 AND reason = 54 AND cause = 2 AND error = 'ae'"
                   " AND error_message = 'am'") == 1);
  store.act("replay");
  CHECK(store.number(
            "SELECT count(*) FROM operator_action WHERE action = 'replay' AND operator = 'root'"
            " AND at_ms = 1790000000000 AND detail = '{\"events\":1}'") == 1);
  // All columns differ, so that a form which mixes two up does not hold.
  CHECK(value_of(verify(*store)).fault.empty());
}

TEST_CASE("a scope is kept once, whoever uses it") {
  const Audited store;
  (void)store.open(store.meta, {1, 2, 3});
  (void)store.open(store.tiktok, {1});
  CHECK(store.number("SELECT count(*) FROM dedup_scope") == 1);
}

TEST_CASE("what a request carried of an event is found again") {
  const Audited store;
  const std::int64_t id = store.open(store.meta, {5, 9, 7});
  const auto entry = value_of(load_manifest_entry(*store, id, 7));
  REQUIRE(entry);
  CHECK(entry->attempt_number == 1);
  CHECK(entry->dedup_scope == "1:Lead");
  CHECK(entry->object_sha256 == sha256("7"));
  CHECK_FALSE(value_of(load_manifest_entry(*store, id, 8)));
  CHECK_FALSE(value_of(load_manifest_entry(*store, id + 1, 7)));
}

TEST_CASE("what the last attempt of a delivery carried is found again") {
  const Audited store;
  CHECK_FALSE(value_of(load_last_manifest_entry(*store, store.meta, 7)));
  const std::int64_t first = store.open(store.meta, {5, 7});
  CHECK_FALSE(value_of(load_last_manifest_entry(*store, store.meta, 7)));
  const auto send = [&](std::int64_t connection, const std::string& scope) {
    OpenedRequest again;
    again.run = store.run_id;
    again.connection_id = connection;
    again.manifest = {{7, 2, scope, sha256(scope)}};
    ClosedRequest closed;
    closed.request_id = value_of(append_request_opened(*store, again));
    closed.run = store.run_id;
    closed.attempts.resize(1);
    closed.attempts[0].event_seq = 7;
    closed.attempts[0].number = 2;
    must(append_request_closed(*store, closed));
  };
  send(store.meta, "second");
  store.close(first, {5, 7});  // opened first, answered last
  send(store.tiktok, "elsewhere");
  CHECK(value_of(load_last_manifest_entry(*store, store.meta, 7))->dedup_scope == "second");
  CHECK(value_of(load_last_manifest_entry(*store, store.meta, 5))->dedup_scope == "1:Lead");
  CHECK(value_of(load_last_manifest_entry(*store, store.tiktok, 7))->dedup_scope == "elsewhere");
}

TEST_CASE("the last error of a delivery is its own, else its request's") {
  const Audited store;
  CHECK(value_of(load_last_error(*store, store.meta, 1)).empty());
  const auto send = [&](std::int64_t connection, int number, const std::string& own,
                        const std::string& shared) {
    ClosedRequest closed;
    closed.request_id = store.open(connection, {1});
    closed.run = store.run_id;
    closed.error = shared;
    closed.attempts.resize(1);
    closed.attempts[0].event_seq = 1;
    closed.attempts[0].number = number;
    closed.attempts[0].error = own;
    must(append_request_closed(*store, closed));
    return value_of(load_last_error(*store, store.meta, 1));
  };
  CHECK(send(store.meta, 1, "", "190/463") == "190/463");
  CHECK(send(store.meta, 2, "100", "190/463") == "100");
  CHECK(send(store.tiktok, 1, "", "40100") == "100");
  CHECK(send(store.meta, 3, "", "").empty());
}

TEST_CASE("recent requests say which of them came to nothing, the newest first") {
  const Audited store;
  const auto send = [&](std::int64_t at_s, AttemptStatus status, Reason reason = Reason::none,
                        int transport_code = 0) {
    const std::int64_t id = store.open(store.meta, {1, 2}, at_s);
    ClosedRequest closed;
    closed.request_id = id;
    closed.run = store.run_id;
    closed.closed_at_ms = at_s;
    closed.transport_code = transport_code;
    closed.attempts.resize(2);  // the second one, ambiguous, is of no account
    closed.attempts[0].status = status;
    closed.attempts[0].reason = reason;
    must(append_request_closed(*store, closed));
  };
  send(1, AttemptStatus::retryable);
  send(2, AttemptStatus::accepted);
  send(3, AttemptStatus::retryable, Reason::refused_with_others);
  send(4, AttemptStatus::ambiguous);
  send(5, AttemptStatus::ambiguous, Reason::none, transport_code_crash);
  send(6, AttemptStatus::not_sent);
  send(7, AttemptStatus::rejected);
  send(8, AttemptStatus::waiting);
  send(9, AttemptStatus::held);
  (void)store.open(store.meta, {3}, 10);
  store.close(store.open(store.tiktok, {3}, 11), {3});

  const auto recent = [&](std::int64_t since_s, std::size_t limit) {
    std::string out;
    for (const RecentRequest& request :
         value_of(load_recent_requests(*store, store.meta, (now_s + since_s) * 1000, limit))) {
      out += std::to_string(request.closed_at_ms) + (request.failed ? "! " : " ");
    }
    return out;
  };
  CHECK(recent(0, 100) == "9 8 7 6! 4! 3 2 1! ");
  CHECK(recent(3, 100) == "9 8 7 6! 4! 3 ");
  CHECK(recent(0, 4) == "9 8 7 6! ");
}

TEST_CASE("records that cannot be are refused as bugs") {
  const Audited store;
  OpenedRequest nothing;
  CHECK(append_request_opened(*store, nothing).error().kind == ErrorKind::bug);
  const std::int64_t id = store.open(store.meta, {1, 2});
  ClosedRequest closed;
  closed.request_id = id;
  closed.run = store.run_id;
  closed.attempts.resize(1);
  CHECK(append_request_closed(*store, closed).error().kind == ErrorKind::bug);
  closed.attempts.resize(2);
  closed.request_id = id + 1;
  CHECK(append_request_closed(*store, closed).error().kind == ErrorKind::bug);
  store.close(id, {1, 2});
  closed.request_id = id;
  CHECK(append_request_closed(*store, closed).error().kind == ErrorKind::bug);
  CHECK(value_of(verify(*store)).fault.empty());
}

TEST_CASE("the records are append-only, against REPLACE too") {
  const Audited store;
  store.close(store.open(store.meta, {1}), {1});
  store.act("retry");
  store.run("INSERT INTO diagnosis (request_id, position, status, at_ms) VALUES (1, 0, 'ok', 1)");
  const auto refused = [&](const std::string& sql) {
    return !store.database->execute(sql).has_value();
  };
  for (const std::string table : {"request_opened", "request_closed", "attempt", "diagnosis",
                                  "operator_action", "chain_link", "dedup_scope"}) {
    INFO(table);
    CHECK(refused("UPDATE " + table + " SET rowid = rowid"));
    CHECK(refused("DELETE FROM " + table));
    CHECK(refused("INSERT OR REPLACE INTO " + table + " SELECT * FROM " + table));
    CHECK(store.number("SELECT count(*) FROM " + table) > 0);
  }
}

TEST_CASE("a damaged manifest is store content and names its request") {
  const Audited store;
  const std::int64_t id = store.open(store.meta, {1});
  store.run("DROP TRIGGER request_opened_no_update");
  store.run("UPDATE request_opened SET manifest = x'0201'");
  for (const auto& error :
       {load_unclosed_requests(*store).error(), load_manifest_entry(*store, id, 1).error()}) {
    CHECK(error.kind == ErrorKind::store_content);
    CHECK(error.message.find("read request 1: ") == 0);
  }
}

TEST_CASE("an unknown scope is store content") {
  const Audited store;
  (void)store.open(store.meta, {1});
  store.run("DROP TRIGGER dedup_scope_no_delete");
  store.run("DELETE FROM dedup_scope");
  CHECK(load_unclosed_requests(*store).error().kind == ErrorKind::store_content);
}
