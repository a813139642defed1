#include "audit/log.hpp"

#include <array>
#include <functional>
#include <limits>
#include <set>

#include "audit/audit_fixture.hpp"
#include "audit/chain.hpp"
#include "audit/diagnoses.hpp"
#include "store/connections.hpp"
#include "store/schema.hpp"

using namespace pruuv;
using namespace pruuv::audit;
using namespace pruuv::audit::testing;
using namespace pruuv::store::testing;

namespace {

// In order of time: meta 1 2 accepted, tiktok 1 rejected, meta 3 rejected, other's 4 ambiguous. In
// flight: 5.
struct Logged : Audited {
  Logged() {
    close(open(meta, {1, 2}, 0), {1, 2});
    close(open(tiktok, {1}, 100), {1}, AttemptStatus::rejected);
    close(open(meta, {3}, 200), {3}, AttemptStatus::rejected);
    Connection other;
    other.client_id = "other";
    other.platform = "meta";
    other.name = "second";
    other.destination = "2";
    REQUIRE(value_of(store::save_connection(**this, other, 0, now_s)) == store::Saved::added);
    close(open(other.id, {4}, 300), {4}, AttemptStatus::ambiguous);
    (void)open(meta, {5}, 400);
  }
};

// "request/last digit of the event" of each row.
std::string list(const LogPage& page) {
  std::string out;
  for (const LogRow& row : page.rows)
    out += std::to_string(row.request_id) + "/" + row.event_id.back() + " ";
  return out + (page.more ? "more" : "");
}

std::string list(const Audited& store, const LogFilter& filter) {
  return list(value_of(load_log(*store, filter)));
}

std::string counts(const Audited& store, const LogFilter& filter) {
  std::string out;
  for (const LogCount& count : value_of(count_log(*store, filter))) {
    out += count.client_id + " " + count.platform + " " + count.status + " " +
           std::to_string(count.attempts) + "\n";
  }
  return out;
}

LogFilter with(const std::function<void(LogFilter&)>& set) {
  LogFilter filter;
  set(filter);
  return filter;
}

}  // namespace

TEST_CASE("rows come newest first, and are the view's") {
  const Logged store;
  const LogPage page = value_of(load_log(*store, {}));
  CHECK(list(page) == "4/4 3/3 2/1 1/2 1/1 ");
  auto* const read = value_of(store.database->prepare(
      "SELECT event_id, client_id, platform, connection, status, error, error_message, sent_at, "
      "retry_count,"
      " request_id FROM conversion_audit_log ORDER BY sent_at DESC, event_id DESC"));
  std::size_t at = 0;
  must(read->for_each([&](const store::Statement& row) {
    REQUIRE(at < page.rows.size());
    const LogRow& same = page.rows[at++];
    CHECK(same.event_id == row.text(0));
    CHECK(same.client_id == row.text(1));
    CHECK(same.platform == row.text(2));
    CHECK(same.connection == row.text(3));
    CHECK(same.status == row.text(4));
    CHECK(same.error == row.text(5));
    CHECK(same.error_message == row.text(6));
    CHECK(same.sent_at == row.text(7));
    CHECK(same.retry_count == row.integer(8));
    CHECK(same.request_id == row.integer(9));
  }));
  CHECK(at == page.rows.size());
  CHECK(page.rows[2].client_id == "acme");
  CHECK(page.rows[2].platform == "tiktok");
  CHECK(page.rows[2].connection == "main");
  CHECK(page.rows[2].status == "rejected");
  CHECK(page.rows[2].error == "100/2804003");
  CHECK(page.rows[2].error_message.empty());
  CHECK(page.rows[2].sent_at == "2026-09-21T14:15:00Z");
  CHECK(page.rows[2].retry_count == 0);
}

TEST_CASE("each filter narrows the log and its counts") {
  const Logged store;
  LogFilter filter = with([](LogFilter& f) { f.client_id = "acme"; });
  CHECK(list(store, filter) == "3/3 2/1 1/2 1/1 ");
  filter = with([](LogFilter& f) { f.platform = "tiktok"; });
  CHECK(list(store, filter) == "2/1 ");
  CHECK(counts(store, filter) == "acme tiktok rejected 1\n");
  filter = with([](LogFilter& f) { f.status = "rejected"; });
  CHECK(list(store, filter) == "3/3 2/1 ");
  CHECK(counts(store, filter) == "acme meta rejected 1\nacme tiktok rejected 1\n");
  filter = with([](LogFilter& f) { f.since_s = now_s + 100, f.until_s = now_s + 300; });
  CHECK(list(store, filter) == "3/3 2/1 ");
  CHECK(counts(store, filter) == "acme meta rejected 1\nacme tiktok rejected 1\n");
  filter = with([](LogFilter& f) { f.client_id = "nobody"; });
  CHECK(list(store, filter).empty());
  CHECK(counts(store, filter).empty());
  CHECK(counts(store, {}) ==
        "acme meta accepted 2\nacme meta rejected 1\nacme tiktok rejected 1\nother meta ambiguous "
        "1\n");
}

TEST_CASE("one event's attempts are found whatever the case of its id") {
  const Logged store;
  LogFilter filter =
      with([](LogFilter& f) { f.event_id = "0190A1B2-C3D4-4E5F-8A9B-000000000001"; });
  CHECK(list(store, filter) == "2/1 1/1 ");
  CHECK(counts(store, filter) == "acme meta accepted 1\nacme tiktok rejected 1\n");
  filter.platform = "meta";
  CHECK(list(store, filter) == "1/1 ");
  filter.client_id = "other";
  CHECK(list(store, filter).empty());
  filter = with([](LogFilter& f) { f.event_id = event_id(1), f.limit = 1; });
  CHECK(list(store, filter) == "2/1 more");
  filter = with([](LogFilter& f) { f.event_id = event_id(1), f.since_s = now_s + 1; });
  CHECK(list(store, filter) == "2/1 ");
}

TEST_CASE("a limit cuts the oldest, and says so") {
  const Logged store;
  LogFilter filter;
  for (const auto& [limit, expected] :
       std::vector<std::pair<std::size_t, std::string>>{{1, "4/4 more"},
                                                        {4, "4/4 3/3 2/1 1/2 more"},
                                                        {5, "4/4 3/3 2/1 1/2 1/1 "},
                                                        {6, "4/4 3/3 2/1 1/2 1/1 "}}) {
    filter.limit = limit;
    CHECK(list(store, filter) == expected);
  }
  filter.limit = 1;
  filter.status = "accepted";
  CHECK(list(store, filter) == "1/2 more");
}

TEST_CASE("what all events of a request share stands in each row") {
  const Audited store;
  const std::int64_t id = store.open(store.meta, {1, 2});
  ClosedRequest closed;
  closed.request_id = id;
  closed.run = store.run_id;
  closed.error = "190";
  closed.error_message = "the token has expired";
  closed.attempts = {
      {1, 2, AttemptStatus::held, Reason::credential_refused, Cause::schedule, "", ""},
      {2, 1, AttemptStatus::held, Reason::credential_refused, Cause::schedule, "own", "its own"}};
  must(append_request_closed(*store, closed));
  const LogPage page = value_of(load_log(*store, {}));
  REQUIRE(page.rows.size() == 2);
  CHECK(page.rows[0].error == "own");
  CHECK(page.rows[0].error_message == "its own");
  CHECK(page.rows[1].error == "190");
  CHECK(page.rows[1].error_message == "the token has expired");
  CHECK(page.rows[1].retry_count == 1);
}

TEST_CASE("times no clock shows are no fault") {
  const Logged store;
  const auto extreme = std::numeric_limits<std::int64_t>::max();
  CHECK(list(store, with([&](LogFilter& f) { f.since_s = -extreme, f.until_s = extreme; })).size() >
        10);
  CHECK(list(store, with([&](LogFilter& f) { f.since_s = extreme; })).empty());
}

TEST_CASE("every status has one word, in the view and in the code") {
  for (int status = 0; status <= 6; ++status) {
    const Audited store;
    store.close(store.open(store.meta, {1}), {1}, static_cast<AttemptStatus>(status));
    CHECK(value_of(load_log(*store, {})).rows.at(0).status ==
          word_of(static_cast<AttemptStatus>(status)));
  }
}

TEST_CASE("every cause has one word") {
  const Audited store;
  const std::array<std::string, 3> words = {"schedule", "retry", "replay"};
  for (std::size_t cause = 0; cause < words.size(); ++cause) {
    ClosedRequest closed;
    closed.request_id = store.open(store.meta, {1});
    closed.run = store.run_id;
    closed.attempts.resize(1);
    closed.attempts[0].event_seq = 1;
    closed.attempts[0].cause = static_cast<Cause>(cause);
    must(append_request_closed(*store, closed));
    LogFilter filter;
    filter.limit = 1;
    CHECK(value_of(load_log(*store, filter)).rows.at(0).cause == words.at(cause));
    filter.event_id = event_id(1);
    CHECK(value_of(load_log(*store, filter)).rows.at(0).cause == words.at(cause));
  }
}

TEST_CASE("recent requests are read by their connection and time, in order") {
  const Logged store;
  (void)value_of(load_recent_requests(*store, store.meta, 0, 20));
  for (const std::string& sql : store.database->prepared()) {
    if (sql.find("closed_at_ms, a.status") == std::string::npos) continue;
    CHECK(query_plan(store, sql).at(0) ==
          "SEARCH o USING COVERING INDEX request_opened_by_connection (connection_id=? AND "
          "opened_at_ms>?)");
    CHECK(query_plan(store, sql).size() == 3);  // no sort
  }
}

TEST_CASE("neither reading the log nor writing it goes through history") {
  Logged store;
  store.database = value_of(store::open_store(store.path, store::OpenMode::read_write));
  (void)list(store, with([](LogFilter& f) { f.client_id = "acme"; }));
  (void)list(store, with([](LogFilter& f) { f.event_id = event_id(1); }));
  (void)counts(store, with([](LogFilter& f) { f.event_id = event_id(1); }));
  (void)counts(store, {});
  (void)value_of(load_unclosed_requests(*store));
  (void)value_of(load_manifest_entry(*store, 1, 1));
  (void)value_of(load_last_manifest_entry(*store, store.meta, 1));
  (void)value_of(load_last_error(*store, store.meta, 1));
  (void)value_of(load_recent_requests(*store, store.meta, 0, 20));
  store.close(store.open(store.meta, {1}), {1});
  // open_request (u) holds what is in flight; of the chain its last link is read.
  CHECK(scans(store) ==
        std::set<std::string>{"SCAN chain_link", "SCAN cn", "SCAN reason", "SCAN u"});
  CHECK(query_plan(store, "SELECT hash FROM chain_link ORDER BY id DESC LIMIT 1") ==
        std::vector<std::string>{"SCAN chain_link"});
}

// Request 1 carries the events 1 and 2 to Meta; the platform refuses the second one later.
struct Diagnosed : Logged {
  Diagnosed() {
    auto transaction = value_of(store::Transaction::begin(**this));
    for (const Diagnosis& one :
         {Diagnosis{1, 1, "rejected", "INVALID_GCLID", "words", (now_s + 250) * 1000},
          Diagnosis{1, 0, "confirmed", "DUPLICATE", "", (now_s + 250) * 1000},
          Diagnosis{1, {}, "confirmed", "", "", (now_s + 250) * 1000}}) {
      must(append_diagnosis(**this, one));
    }
    must(transaction.commit());
  }
};

TEST_CASE("what a platform refuses afterwards is a row of its own, at the time it was said") {
  const Diagnosed store;
  CHECK(list(store, {}) == "4/4 1/2 3/3 2/1 1/2 1/1 ");
  const LogPage page =
      value_of(load_log(*store, with([](LogFilter& f) { f.event_id = event_id(2); })));
  REQUIRE(page.rows.size() == 2);
  CHECK(page.rows[0].status == "rejected");
  CHECK(page.rows[0].error == "INVALID_GCLID");
  CHECK(page.rows[0].error_message == "words");
  CHECK(page.rows[0].cause == "diagnosis");
  CHECK(page.rows[1].status == "accepted");
  CHECK(list(store, with([](LogFilter& f) { f.status = "rejected"; })) == "1/2 3/3 2/1 ");
  CHECK(list(store, with([](LogFilter& f) { f.since_s = now_s + 250; })) == "4/4 1/2 ");
  CHECK(list(store, with([](LogFilter& f) { f.limit = 2; })) == "4/4 1/2 more");
  CHECK(list(store, with([](LogFilter& f) { f.client_id = "other"; })) == "4/4 ");
  CHECK(value_of(verify(*store)).fault.empty());
  auto* const read = value_of(store.database->prepare(
      "SELECT count(*) FROM conversion_audit_log WHERE error = 'INVALID_GCLID'"));
  std::int64_t rows = 0;
  must(read->for_each([&](const store::Statement& row) { rows = row.integer(0); }));
  CHECK(rows == 1);
}

TEST_CASE("the public view answers for a client and for an event through indexes") {
  const Logged store;
  for (const std::string filter : {"client_id = 'acme'", "event_id = 'x'", "request_id = 1"}) {
    INFO(filter);
    for (const std::string& line :
         query_plan(store, "SELECT * FROM conversion_audit_log WHERE " + filter)) {
      INFO(line);
      // The view itself is what its two halves gave.
      CHECK((!line.starts_with("SCAN ") || line.starts_with("SCAN cn") ||
             line == "SCAN conversion_audit_log"));
    }
  }
}
