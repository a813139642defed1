#include <map>
#include <set>

#include "audit/records.hpp"
#include "delivery/run_fixture.hpp"
#include "store/database.hpp"

// New events go by the spool, in rounds, and get their rows with the first answer.
using namespace pruuv;
using namespace pruuv::delivery;

namespace {

// A round is what fits into so many bytes, about two events.
RunOptions small_rounds() {
  RunOptions options;
  options.spool.block_bytes = 1;
  options.spool.file_bytes = 1'000;
  options.plan_page_events = 1;
  return options;
}

struct Killed {};

// Dies with the request of that number, counted from 1, after its intent was committed.
void die_at(World& world, int request, const RunOptions& options) {
  ScriptedClient client(*world.database, meta_ok);
  client.on_start = [&client, request] {
    if (static_cast<int>(client.requests.size()) + 1 == request) throw Killed();
  };
  CHECK_THROWS_AS(world.try_run(client, options), Killed);
}

std::multiset<std::string> sent_by(const ScriptedClient& client) {
  std::multiset<std::string> ids;
  for (const HttpRequest& request : client.requests) {
    for (const std::string& id : event_ids(request)) ids.insert(id);
  }
  return ids;
}

constexpr const char* mark_sql = "SELECT planned_seq FROM store";
constexpr const char* rows_sql = "SELECT count(*) FROM delivery";

}  // namespace

TEST_CASE("an event accepted at the first try costs three rows") {
  World world;
  world.add_events(1, 1'000);
  ScriptedClient client(*world.database, meta_ok);
  const std::int64_t before = world.count("SELECT total_changes()");
  CHECK(world.run(client).platforms.at("meta").accepted == 1'000);
  const std::int64_t written = world.count("SELECT total_changes()") - before;
  // Its plan, its delivery, its attempt; and what a run and a request cost, however many go.
  CHECK(written >= 3'000);
  CHECK(written <= 3'000 + 20);
}

TEST_CASE("many small rounds send everything once, and the mark follows") {
  World world;
  world.add_connection("second", "2222222222222222");
  world.add_events(1, 50);
  ScriptedClient client(*world.database, meta_ok);
  std::set<std::int64_t> marks;
  client.on_start = [&] { marks.insert(world.count(mark_sql)); };
  CHECK(world.run(client, small_rounds()).platforms.at("meta").accepted == 100);
  CHECK(client.without_intent.empty());
  const auto sent = sent_by(client);
  CHECK(sent.size() == 100);
  for (int i = 1; i <= 50; ++i) CHECK(sent.count(id_of(i)) == 2);
  CHECK(marks.size() > 1);
  CHECK(world.count(mark_sql) == 50);
}

TEST_CASE("a run that dies in a round leaves the mark behind it, and the next run goes on there") {
  World world;
  world.add_events(1, 300);
  RunOptions options;
  options.batch_events_max = 100;
  die_at(world, 2, options);
  // The answer to the first request has given its events rows; the second one is an intent.
  CHECK(world.count(mark_sql) == 0);
  CHECK(world.count(rows_sql) == 100);
  CHECK(world.count("SELECT count(*) FROM event_plan") == 300);

  ScriptedClient client(*world.database, meta_ok);
  const RunSummary summary = world.run(client, options);
  CHECK(summary.recovered_requests >= 1);
  CHECK(summary.platforms.at("meta").accepted == 200);
  const auto sent = sent_by(client);
  CHECK(sent.size() == 200);
  for (int i = 1; i <= 300; ++i) CHECK(sent.count(id_of(i)) == (i <= 100 ? 0U : 1U));
  CHECK(world.count(mark_sql) == 300);
  CHECK(world.count(rows_sql) == 300);
  CHECK(world.count("SELECT count(*) FROM delivery WHERE state = 4") == 300);
}

TEST_CASE("what a run that died had in hand keeps its row, whatever would be decided today") {
  World world;
  world.add_events(1, 3);
  RunOptions options;
  options.batch_events_max = 1;
  die_at(world, 3, options);
  CHECK(world.count(rows_sql) == 1);  // the second and third were under way together
  // Today the event names no click: it would go nowhere.
  REQUIRE(world.database->execute("UPDATE funnel_event SET fbclid = NULL WHERE seq = 1"));
  ScriptedClient client(*world.database, meta_ok);
  world.run(client, options);
  CHECK(world.count(rows_sql) == 3);
  constexpr const char* routed_sql =
      "SELECT sum((ep.codes >> (8 * p.no)) & 255 = 1) FROM event_plan ep JOIN platform p"
      " WHERE p.name = 'meta'";
  CHECK(world.count(routed_sql) == 3);
}

TEST_CASE("new events of a connection that pauses are rows for later, and others go on meanwhile") {
  World world;
  world.add_connection("second", "2222222222222222");
  world.add_events(1, 20);
  int failures = 2;
  ScriptedClient client(*world.database, [&](const HttpRequest& request) {
    const bool is_second = request.url.find("2222222222222222") != std::string::npos;
    if (is_second && failures-- > 0) return answer(429, "slow down");
    return meta_ok(request);
  });
  CHECK(world.run(client, small_rounds()).platforms.at("meta").accepted == 40);
  CHECK(world.count("SELECT count(*) FROM delivery WHERE state = 4") == 40);
}

TEST_CASE("new events of a connection that is refused are held, those of later rounds too") {
  World world;
  world.add_events(1, 20);
  ScriptedClient client(*world.database, [](const HttpRequest&) { return meta_error(190, 463); });
  const RunSummary summary = world.run(client, small_rounds());
  CHECK(summary.platforms.at("meta").held == 20);
  CHECK(world.count("SELECT count(*) FROM delivery WHERE state = 3") == 20);
  CHECK(world.count(mark_sql) == 20);
}

TEST_CASE("what a limit leaves over has rows, and is planned") {
  World world;
  world.add_events(1, 20);
  RunOptions options = small_rounds();
  options.limit = 5;
  ScriptedClient client(*world.database, meta_ok);
  CHECK(world.run(client, options).platforms.at("meta").accepted == 5);
  CHECK(world.count(rows_sql) == 20);
  CHECK(world.count(mark_sql) == 20);
  options.limit = 0;
  CHECK(world.run(client, options).platforms.at("meta").accepted == 15);
}

TEST_CASE("what a signal leaves over has rows, as far as it was planned") {
  World world;
  world.add_events(1, 300);
  RunOptions options;
  options.batch_events_max = 100;
  ScriptedClient client(*world.database, meta_ok);
  world.stop = [&] { return client.requests.empty() ? Stop::no : Stop::soon; };
  const RunSummary summary = world.run(client, options);
  CHECK(summary.platforms.at("meta").accepted == 100);
  CHECK(summary.work_left);
  CHECK(world.count(rows_sql) == 300);
  CHECK(world.count(mark_sql) == 300);
  world.stop = {};
  CHECK(world.run(client, options).platforms.at("meta").accepted == 200);
}
