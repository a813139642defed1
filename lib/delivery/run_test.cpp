#include "delivery/run.hpp"

#include <set>
#include <string>
#include <utility>

#include "audit/log.hpp"
#include "audit/records.hpp"
#include "delivery/by_hand.hpp"
#include "delivery/planner.hpp"
#include "delivery/run_fixture.hpp"
#include "store/deliveries.hpp"
#include "store/events.hpp"
#include "store/outcomes.hpp"

using namespace pruuv;
using namespace pruuv::delivery;

TEST_CASE("every new event is sent once, and the intent is in the store before a byte leaves") {
  World world;
  world.add_events(1, 2500);
  ScriptedClient client(*world.database, meta_ok);
  const RunSummary summary = world.run(client);
  CHECK(summary.planned_events == 2500);
  CHECK(summary.platforms.at("meta").accepted == 2500);
  CHECK(client.requests.size() == 3);
  CHECK(client.without_intent.empty());
  std::set<std::string> ids;
  for (const HttpRequest& request : client.requests) {
    for (const std::string& id : event_ids(request)) CHECK(ids.insert(id).second);
  }
  CHECK(ids.size() == 2500);
  CHECK(delivery::exit_code_of(summary) == 0);

  const RunSummary again = world.run(client);
  CHECK(again.due == 0);
  CHECK(client.requests.size() == 3);
}

TEST_CASE("one bad event of a whole-batch refusal is found and the others go in the same run") {
  World world;
  world.add_events(1, 500);
  const std::string bad = id_of(321);
  ScriptedClient client(*world.database, [&](const HttpRequest& request) {
    for (const std::string& id : event_ids(request)) {
      if (id == bad) return meta_error(100, 2804050);
    }
    return meta_ok(request);
  });
  const RunSummary summary = world.run(client);
  CHECK(summary.platforms.at("meta").accepted == 499);
  CHECK(summary.platforms.at("meta").rejected == 1);
  CHECK(client.requests.size() <= 2 * 9 + 1);
  CHECK(world.delivery_of(321).state == DeliveryState::rejected);
  CHECK(delivery::exit_code_of(summary) == 3);
}

TEST_CASE("a dead token costs one request, holds the connection, and one probe brings it back") {
  World world;
  world.add_events(1, 3000);
  bool dead = true;
  ScriptedClient client(*world.database, [&](const HttpRequest& request) {
    return dead ? meta_error(190, 463) : meta_ok(request);
  });
  RunSummary summary = world.run(client);
  CHECK(client.requests.size() == 1);
  CHECK(summary.platforms.at("meta").held == 3000);
  REQUIRE(summary.stopped.size() == 1);
  CHECK(summary.stopped[0].held);
  CHECK(world.delivery_of(2999).state == DeliveryState::held);
  CHECK(delivery::exit_code_of(summary) == 3);

  // The next night one event asks whether it is still dead.
  world.clock.advance_s(86400);
  world.run(client);
  CHECK(client.requests.size() == 2);
  CHECK(event_ids(client.requests.back()).size() == 1);

  dead = false;
  world.clock.advance_s(86400);
  summary = world.run(client);
  CHECK(summary.platforms.at("meta").accepted == 3000);
  CHECK(event_ids(client.requests.at(2)).size() == 1);
  CHECK(delivery::exit_code_of(summary) == 0);
}

TEST_CASE(
    "an unknown outcome is sent again under the same bytes inside the window, and held after it") {
  World world;
  world.add_events(1, 1);
  ScriptedClient client(*world.database, [](const HttpRequest&) { return lost_answer(); });
  world.run(client);
  // Once more in the same run, and once more in the next.
  CHECK(client.requests.size() == 2);
  CHECK(world.delivery_of(1).state == DeliveryState::ambiguous);
  world.clock.advance_s(86400);
  world.run(client);
  REQUIRE(client.requests.size() == 4);
  for (const HttpRequest& request : client.requests) CHECK(request.body == client.requests[0].body);
  world.clock.advance_s(86400);
  const RunSummary third = world.run(client);
  CHECK(client.requests.size() == 4);
  CHECK(world.delivery_of(1).state == DeliveryState::held);
  CHECK(world.delivery_of(1).reason == Reason::dedup_window_over);
  CHECK(delivery::exit_code_of(third) == 3);
}

TEST_CASE("a connection sends one request at a time until one has gone through") {
  World world;
  world.add_events(1, 1000);
  delivery::RunOptions options;
  options.batch_events_max = 100;
  ScriptedClient losing(*world.database, [](const HttpRequest&) { return lost_answer(); });
  world.run(losing, options);
  CHECK(losing.most_in_flight == 1);
  world.clock.advance_s(86400);
  ScriptedClient well(*world.database, meta_ok);
  CHECK(world.run(well, options).platforms.at("meta").accepted == 1000);
  CHECK(well.most_in_flight == options.in_flight_per_connection_max);
}

TEST_CASE("a run that died leaves intents that the next one closes as unknown and sends again") {
  World world;
  world.add_events(1, 3);
  RunSummary ignored;
  const delivery::Roster roster = world.roster();
  const RunOptions all;
  delivery::Planner planner(*world.database, roster, all, ignored);
  REQUIRE(planner.plan(night, nullptr, {}));
  const store::Run dead = store::begin_run(*world.database, "send", "test", night).value();
  audit::OpenedRequest opened;
  opened.run = dead.id;
  opened.connection_id = roster.all().front().connection->id;
  opened.adapter = "meta";
  opened.endpoint = "https://graph.facebook.com/v26.0/1/events";
  opened.api_version = "v26.0";
  opened.opened_at_ms = night * 1000;
  opened.manifest = {{1, 1, "1234567890123456/Lead", {}}, {2, 1, "1234567890123456/Lead", {}}};
  auto transaction = std::move(store::Transaction::begin(*world.database).value());
  REQUIRE(audit::append_request_opened(*world.database, opened));
  REQUIRE(transaction.commit());

  ScriptedClient client(*world.database, meta_ok);
  const RunSummary summary = world.run(client);
  CHECK(summary.recovered_requests == 1);
  // The third one was never under way: it goes first.
  CHECK(summary.platforms.at("meta").accepted == 3);
  REQUIRE(client.requests.size() == 2);
  CHECK(event_ids(client.requests[0]) == std::vector<std::string>{id_of(3)});
  audit::LogFilter filter;
  filter.event_id = id_of(1);
  const auto log = audit::load_log(*world.database, filter);
  REQUIRE(log->rows.size() == 2);
  CHECK(log->rows[1].status == "ambiguous");
  CHECK(log->rows[1].error == "crash");
  CHECK(log->rows[0].status == "accepted");
  CHECK(log->rows[0].retry_count == 1);
}

TEST_CASE("an outage ends the platform's night after a few requests and loses nothing") {
  World world;
  for (int i = 0; i < 20; ++i)
    world.add_connection("c" + std::to_string(i), "100" + std::to_string(i));
  world.add_events(1, 10);
  ScriptedClient client(*world.database, [](const HttpRequest&) { return answer(503, "<html>"); });
  const RunSummary summary = world.run(client);
  CHECK(client.requests.size() < 21);
  CHECK(delivery::exit_code_of(summary) == 3);
  ScriptedClient well(*world.database, meta_ok);
  world.clock.advance_s(86400);
  CHECK(world.run(well).platforms.at("meta").accepted == 210);
}

TEST_CASE("a connection that has nothing left is not among those an outage stopped") {
  World world;
  for (int i = 0; i < 20; ++i)
    world.add_connection("c" + std::to_string(i), "100" + std::to_string(i));
  world.add_events(1, 10);
  int number = 0;
  ScriptedClient client(*world.database, [&](const HttpRequest& request) {
    return ++number == 1 ? meta_ok(request) : answer(503, "<html>");
  });
  RunOptions options;
  options.in_flight_max = 1;
  CHECK(world.run(client, options).stopped.size() == 20);
}

TEST_CASE("paused connections hold without failing the run, and let go when they are resumed") {
  World world;
  world.add_connection("main", "1234567890123456", true);
  world.add_events(1, 5);
  ScriptedClient client(*world.database, meta_ok);
  const RunSummary summary = world.run(client);
  CHECK(client.requests.empty());
  CHECK(delivery::exit_code_of(summary) == 0);
  CHECK(world.delivery_of(1).reason == Reason::paused);
  world.add_connection("main", "1234567890123456", false);
  CHECK(world.run(client).platforms.at("meta").accepted == 5);
}

TEST_CASE("a limit leaves the rest for later") {
  World world;
  world.add_events(1, 30);
  ScriptedClient client(*world.database, meta_ok);
  delivery::RunOptions options;
  options.limit = 7;
  const RunSummary summary = world.run(client, options);
  CHECK(summary.platforms.at("meta").accepted == 7);
  CHECK(summary.work_left);
  CHECK(world.run(client).platforms.at("meta").accepted == 23);
}

TEST_CASE("retry and replay send what a person picked, and guard against counting twice") {
  World world;
  world.add_events(1, 3);
  ScriptedClient refusing(*world.database, [](const HttpRequest& request) {
    return event_ids(request).size() == 1 && event_ids(request)[0] == id_of(2)
               ? meta_error(100, 2804050)
           : event_ids(request).size() > 1 ? meta_error(100, 2804050)
                                           : meta_ok(request);
  });
  world.run(refusing);
  CHECK(world.delivery_of(2).state == DeliveryState::rejected);

  store::DeliveryFilter filter;
  auto picked = delivery::pick_failed(*world.database, filter);
  REQUIRE(picked->rows.size() == 1);
  CHECK(picked->rows[0].event_id == id_of(2));
  world.clock.advance_s(60);
  REQUIRE(delivery::make_due(*world.database, picked->rows, Cause::retry, "tester",
                             world.clock.now_ms()));
  ScriptedClient well(*world.database, meta_ok);
  delivery::RunOptions options;
  options.only.emplace();
  options.only->push_back(
      {picked->rows[0].delivery.connection_id, picked->rows[0].delivery.event_seq});
  CHECK(world.run(well, options).platforms.at("meta").accepted == 1);
  CHECK(well.requests.size() == 1);

  const delivery::Roster roster = world.roster();
  filter.event_id = id_of(1);
  const auto guarded =
      delivery::pick_accepted(*world.database, roster, filter, false, world.clock.now_s());
  CHECK(guarded->rows.empty());
  CHECK(guarded->guarded.size() == 1);
  const auto forced =
      delivery::pick_accepted(*world.database, roster, filter, true, world.clock.now_s());
  REQUIRE(forced->rows.size() == 1);
  REQUIRE(delivery::make_due(*world.database, forced->rows, Cause::replay, "tester",
                             world.clock.now_ms()));
  options.only->clear();
  options.only->push_back(
      {forced->rows[0].delivery.connection_id, forced->rows[0].delivery.event_seq});
  CHECK(world.run(well, options).platforms.at("meta").accepted == 1);
}

TEST_CASE("every event is accounted for") {
  World world;
  world.add_events(1, 10);
  FunnelEvent nobody;
  nobody.id = id_of(99);
  nobody.client_id = "acme";
  nobody.event_name = "lead";
  nobody.event_time = night - 60;
  REQUIRE(store::insert_event(*world.database, nobody));
  ScriptedClient client(*world.database, meta_ok);
  world.run(client);
  world.add_events(200, 204);
  const auto outcomes =
      store::count_outcomes(*world.database, "acme", platforms::platform_names(), {}, {});
  REQUIRE(outcomes);
  CHECK(outcomes->events == 16);
  CHECK(outcomes->without_click_id == 1);
  for (const std::string_view platform : platforms::platform_names()) {
    std::int64_t all = 0, not_planned = 0;
    for (const OutcomeCount& count : outcomes->counts) {
      if (count.platform != platform) continue;
      all += count.events;
      if (count.reason == Reason::not_planned) not_planned += count.events;
    }
    CHECK(all == 16);
    CHECK(not_planned == 5);
  }
}

TEST_CASE("a secret that cannot be read holds its connection and says so without a request") {
  World world;
  world.add_events(1, 2);
  ScriptedClient client(*world.database, meta_ok);
  world.read_secret = [](const std::string&) -> Result<Secret> {
    return fail(ErrorKind::config, "read env:TOKEN: not set");
  };
  const RunSummary summary = world.run(client);
  CHECK(client.requests.empty());
  CHECK(summary.platforms.at("meta").held == 2);
  CHECK(world.delivery_of(1).reason == Reason::credential_missing);
  CHECK(delivery::exit_code_of(summary) == 3);
}
