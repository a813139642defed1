#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "audit/records.hpp"
#include "delivery/planner.hpp"
#include "delivery/run_fixture.hpp"
#include "delivery/step.hpp"
#include "store/connections.hpp"
#include "store/deliveries.hpp"
#include "store/events.hpp"

// What the loop does when things go wrong on the way.
using namespace pruuv;
using namespace pruuv::delivery;

namespace {

ScriptedClient::Answerer busy(int times, const std::string& retry_after = "") {
  return [times, retry_after](const HttpRequest& request) mutable {
    if (times-- <= 0) return meta_ok(request);
    HttpResponse response = answer(429, "slow down");
    if (!retry_after.empty()) response.headers = {{"retry-after", retry_after}};
    return response;
  };
}

// Leaves what a run leaves that is killed with these events under way.
void die_with(World& world, int first, int last) {
  RunSummary ignored;
  const Roster roster = world.roster();
  const RunOptions all;
  Planner planner(*world.database, roster, all, ignored);
  REQUIRE(planner.plan(world.clock.now_s(), nullptr, {}));
  const store::Run dead =
      store::begin_run(*world.database, "send", "test", world.clock.now_s()).value();
  audit::OpenedRequest opened;
  opened.run = dead.id;
  opened.connection_id = roster.all().front().connection->id;
  opened.adapter = "meta";
  opened.endpoint = "https://graph.facebook.com/v26.0/1/events";
  opened.api_version = "v26.0";
  opened.opened_at_ms = world.clock.now_ms();
  for (int i = first; i <= last; ++i)
    opened.manifest.push_back({i, 1, "1234567890123456/Lead", {}});
  auto transaction = std::move(store::Transaction::begin(*world.database).value());
  REQUIRE(audit::append_request_opened(*world.database, opened));
  REQUIRE(transaction.commit());
}

}  // namespace

TEST_CASE("a passing failure is tried again in the same run, and the run ends well") {
  World world;
  world.add_events(1, 5);
  ScriptedClient client(*world.database, busy(3));
  const RunSummary summary = world.run(client);
  CHECK(client.requests.size() == 4);
  CHECK(summary.platforms.at("meta").accepted == 5);
  CHECK(summary.platforms.at("meta").retryable == 0);
  CHECK(exit_code_of(summary) == 0);
  CHECK(world.delivery_of(1).attempts == 4);
  CHECK(world.delivery_of(1).faults == 0);
  // Between the tries time passed: at most 1 + 2 + 4 seconds.
  CHECK(world.clock.now_s() - night <= 7);
}

TEST_CASE("after four tries the event is left for the next run") {
  World world;
  world.add_events(1, 5);
  ScriptedClient client(*world.database, busy(100));
  const RunSummary summary = world.run(client);
  CHECK(client.requests.size() == 4);
  CHECK(summary.platforms.at("meta").retryable == 5);
  CHECK(exit_code_of(summary) == 3);
  CHECK(world.delivery_of(1).next_at_s > world.clock.now_s());
}

TEST_CASE("the wait a platform asks for is kept, if it is not too long for a run") {
  for (const auto& [asked, waited_s] : {std::pair{"90", 90},
                                        {"0", 1},
                                        {"900", 900},
                                        {"901", -1},
                                        {"1000000000", -1},
                                        {"99999999999999999999", -1},
                                        {"-5", 0},
                                        {"soon", 0}}) {
    World world;
    world.add_events(1, 1);
    ScriptedClient client(*world.database, busy(1, asked));
    const RunSummary summary = world.run(client);
    INFO(asked);
    if (waited_s < 0 && std::string(asked).size() < 20) {
      CHECK(client.requests.size() == 1);
      CHECK(summary.platforms.at("meta").retryable == 1);
      REQUIRE(summary.stopped.size() == 1);
      CHECK(!summary.stopped[0].held);
      // The next night finds it due, whatever was asked for.
      CHECK(*world.delivery_of(1).next_at_s - night <= backoff_s_max);
    } else {
      CHECK(summary.platforms.at("meta").accepted == 1);
      if (waited_s > 0) CHECK(world.clock.now_s() - night == waited_s);
    }
  }
}

TEST_CASE("a sick connection is left alone after five failures, and asked with one event next") {
  World world;
  world.add_events(1, 1'000);
  RunOptions options;
  options.batch_events_max = 100;
  ScriptedClient client(*world.database, busy(1'000));
  const RunSummary first = world.run(client, options);
  CHECK(client.requests.size() == 5);
  CHECK(first.platforms.at("meta").accepted == 0);
  REQUIRE(first.stopped.size() == 1);
  CHECK(first.stopped[0].reason == Reason::throttled);

  world.clock.advance_s(86'400);
  client.requests.clear();
  world.run(client, options);
  REQUIRE(client.requests.size() == 1);
  CHECK(event_ids(client.requests[0]).size() == 1);

  world.clock.advance_s(86'400);
  ScriptedClient well(*world.database, meta_ok);
  CHECK(world.run(well, options).platforms.at("meta").accepted == 1'000);
  CHECK(event_ids(well.requests[0]).size() == 1);
  CHECK(event_ids(well.requests[1]).size() == 99);
}

TEST_CASE("retries of a run are three, or a tenth of its requests") {
  World world;
  world.add_events(1, 400);
  RunOptions options;
  options.batch_events_max = 10;
  int number = 0;
  // Every third request fails, never five in a row.
  ScriptedClient client(*world.database, [&](const HttpRequest& request) {
    return ++number % 3 == 0 ? answer(429, "") : meta_ok(request);
  });
  const RunSummary summary = world.run(client, options);
  const auto& counts = summary.platforms.at("meta");
  CHECK(counts.accepted + counts.retryable == 400);
  CHECK(client.requests.size() <= 40 + 4);
  CHECK(client.requests.size() > 40);
}

TEST_CASE("after an unknown outcome small requests go one at a time until one goes through") {
  World world;
  world.add_events(1, 1'000);
  int number = 0;
  ScriptedClient client(*world.database, [&](const HttpRequest& request) {
    return ++number == 1 ? lost_answer() : meta_ok(request);
  });
  RunOptions options;
  options.batch_events_max = 300;
  const RunSummary summary = world.run(client, options);
  CHECK(summary.platforms.at("meta").accepted == 1'000);
  std::vector<std::size_t> sizes;
  for (const HttpRequest& request : client.requests) sizes.push_back(event_ids(request).size());
  REQUIRE(sizes.size() >= 3);
  CHECK(sizes[0] == 300);
  CHECK(sizes[1] == 10);
  CHECK(sizes[2] > 10);
  // What went twice went under the same id.
  std::set<std::string> ids;
  for (const std::string& id : event_ids(client.requests[0])) ids.insert(id);
  CHECK(ids.count(event_ids(client.requests[1])[0]) == 1);
}

TEST_CASE("a request too large is halved, and no larger one is made in this run") {
  World world;
  world.add_events(1, 1'000);
  ScriptedClient client(*world.database, [&](const HttpRequest& request) {
    return event_ids(request).size() > 150 ? answer(413, "<html>") : meta_ok(request);
  });
  RunOptions options;
  options.batch_events_max = 500;
  const RunSummary summary = world.run(client, options);
  CHECK(summary.platforms.at("meta").accepted == 1'000);
  CHECK(world.delivery_of(7).faults == 0);
  CHECK(std::ranges::count_if(client.requests, [](const HttpRequest& request) {
          return event_ids(request).size() > 150;
        }) == 2);
}

TEST_CASE("after a refusal that names nobody the other requests are smaller") {
  World world;
  world.add_events(1, 600);
  ScriptedClient client(*world.database, [&](const HttpRequest& request) {
    for (const std::string& id : event_ids(request))
      if (id == id_of(5)) return meta_error(100, 2804050);
    return meta_ok(request);
  });
  RunOptions options;
  options.batch_events_max = 200;
  CHECK(world.run(client, options).platforms.at("meta").accepted == 599);
  CHECK(event_ids(client.requests.back()).size() <= 100);
}

TEST_CASE("a dead token that several connections use is tried once") {
  World world;
  for (int i = 0; i < 10; ++i)
    world.add_connection("c" + std::to_string(i), "100" + std::to_string(i));
  world.add_connection("other", "2001", false, "env:OTHER");
  world.add_events(1, 3);
  world.read_secret = [](const std::string& reference) {
    return Result<Secret>(Secret(reference == "env:OTHER" ? "token-of-other" : "token-of-all"));
  };
  ScriptedClient client(*world.database, [](const HttpRequest& request) {
    for (const HttpHeader& header : request.headers) {
      const auto* secret = std::get_if<Secret>(&header.value);
      if (secret != nullptr && secret->reveal().find("token-of-all") != std::string_view::npos)
        return meta_error(190, 463);
    }
    return meta_ok(request);
  });
  const RunSummary summary = world.run(client);
  CHECK(client.requests.size() == 2);
  CHECK(summary.platforms.at("meta").accepted == 3);
  CHECK(summary.platforms.at("meta").held == 33);
  CHECK(summary.stopped.size() == 11);
}

bool carries(const HttpRequest& request, std::string_view token) {
  return std::ranges::any_of(request.headers, [&](const HttpHeader& header) {
    const auto* secret = std::get_if<Secret>(&header.value);
    return secret != nullptr && secret->reveal().find(token) != std::string_view::npos;
  });
}

// Two connections share a credential that is changed while requests with the old one are under way.
struct ChangedCredential {
  World world;
  int requests = 0;
  int refused = 0;
  int readings = 0;
  std::string kept = "token-of-yesterday";

  ChangedCredential() {
    world.add_connection("second", "2001");
    world.add_events(1, 40);
    world.read_secret = [this](const std::string&) {
      ++readings;
      return Result<Secret>(Secret(kept));
    };
  }
  // Refuses the old token from the request of that number on.
  RunSummary run(int first_refused) {
    ScriptedClient client(*world.database, [&, first_refused](const HttpRequest& request) {
      if (++requests < first_refused || !carries(request, "token-of-yesterday"))
        return meta_ok(request);
      ++refused;
      return meta_error(190, 463);
    });
    RunOptions options;
    options.batch_events_max = 5;
    return world.run(client, options);
  }
};

TEST_CASE(
    "a credential that was changed where it is kept is read once more, and nothing stays behind") {
  for (const int first_refused : {1, 2, 5, 9, 15}) {
    INFO(first_refused);
    ChangedCredential changed;
    changed.world.read_secret = [&](const std::string&) {
      return Result<Secret>(
          Secret(changed.readings++ == 0 ? "token-of-yesterday" : "token-of-today"));
    };
    const RunSummary summary = changed.run(first_refused);
    const PlatformCounts& meta = summary.platforms.at("meta");
    CHECK(meta.accepted == 80);
    CHECK(meta.held == 0);
    CHECK(summary.due == 80);
    CHECK(summary.open_held == 0);
    CHECK(summary.stopped.empty());
    CHECK(changed.readings == 2);
    CHECK(exit_code_of(summary) == 0);
    CHECK(changed.world.count("SELECT count(*) FROM delivery WHERE state = 4") == 80);
  }
}

TEST_CASE("a credential that is still the same holds what is left, after what was under way") {
  for (const int first_refused : {1, 2, 5, 9, 15}) {
    INFO(first_refused);
    ChangedCredential unchanged;
    const RunSummary summary = unchanged.run(first_refused);
    const PlatformCounts& meta = summary.platforms.at("meta");
    const std::int64_t sent = 5 * (first_refused - 1);
    CHECK(meta.accepted == sent);
    CHECK(meta.held == 80 - sent);
    CHECK(unchanged.readings == 2);
    CHECK(unchanged.refused <= 8);
    CHECK(unchanged.world.count("SELECT count(*) FROM delivery WHERE state = 3") == 80 - sent);
  }
}

TEST_CASE("while a credential is read once more, nothing goes with the old one") {
  World world;
  world.vault.addresses = {"https://127.0.0.1:8200"};
  for (int i = 0; i < 6; ++i)
    world.add_connection("v" + std::to_string(i), "100" + std::to_string(i), false,
                         "vault:secret/acme#token");
  world.add_connection("main", "1234567890123456", true);
  world.add_events(1, 40);
  int readings = 0;
  int late = 0;  // with the old one after the other was asked for
  int sent = 0;
  ScriptedClient client(*world.database, [&](const HttpRequest& request) {
    if (request.url.find(":8200/v1/secret/data/acme") != std::string::npos) {
      const char* token = ++readings == 1 ? "token-of-yesterday" : "token-of-today";
      return answer(200, std::string(R"({"data":{"data":{"token":")") + token +
                             R"("},"metadata":{"version":1}}})");
    }
    ++sent;
    if (!carries(request, "token-of-yesterday")) return meta_ok(request);
    late += readings == 2 ? 1 : 0;
    return sent < 10 ? meta_ok(request) : meta_error(190, 463);
  });
  RunOptions options;
  options.batch_events_max = 5;
  const RunSummary summary = world.run(client, options);
  const PlatformCounts& meta = summary.platforms.at("meta");
  CHECK(meta.accepted == 240);
  CHECK(meta.held == 0);
  CHECK(readings == 2);
  CHECK(late == 0);
}

TEST_CASE("where the changed credential is refused as well, it is not read a third time") {
  ChangedCredential changed;
  changed.world.read_secret = [&](const std::string&) {
    ++changed.readings;
    return Result<Secret>(Secret("token-of-yesterday-" + std::to_string(changed.readings)));
  };
  const RunSummary summary = changed.run(1);
  CHECK(summary.platforms.at("meta").held == 80);
  CHECK(changed.readings == 2);
  CHECK(changed.refused == 2);
  CHECK(changed.world.count("SELECT count(*) FROM delivery WHERE state = 3") == 80);
}

TEST_CASE("backlog and fresh events take turns, the soonest to expire first") {
  World world;
  world.add_events(1, 100);
  ScriptedClient failing(*world.database, busy(1'000));
  world.run(failing);
  world.clock.advance_s(86'400);
  world.add_events(101, 150, 3'600);
  world.add_events(151, 200, 6 * 86'400);  // expire tomorrow
  ScriptedClient client(*world.database, meta_ok);
  RunOptions options;
  options.batch_events_max = 50;
  options.in_flight_per_connection_max = 1;
  CHECK(world.run(client, options).platforms.at("meta").accepted == 200);
  REQUIRE(client.requests.size() >= 4);
  std::vector<std::string> first_ids;
  for (const HttpRequest& request : client.requests) first_ids.push_back(event_ids(request)[0]);
  CHECK(first_ids[0] == id_of(151));
  CHECK(first_ids[1] <= id_of(100));
  CHECK(first_ids[2] == id_of(101));
}

TEST_CASE("what expires before it could go is told before, and ends as expired") {
  World world;
  world.add_events(1, 3, 6 * 86'400);
  ScriptedClient client(*world.database, [](const HttpRequest&) { return meta_error(190, 463); });
  const RunSummary first = world.run(client);
  REQUIRE(first.expiring.size() == 1);
  CHECK(first.expiring[0].count == 3);
  CHECK(first.expiring[0].first_s > night + 85'000);
  CHECK(first.expiring[0].first_s <= night + 86'400);
  world.clock.advance_s(2 * 86'400);
  const RunSummary second = world.run(client);
  CHECK(client.requests.size() == 1);
  CHECK(second.platforms.at("meta").expired == 3);
  CHECK(second.expiring.empty());
  CHECK(world.delivery_of(1).state == DeliveryState::expired);
}

TEST_CASE("what a person was to decide about ends as expired, too, when its time is over") {
  World world;
  world.add_events(1, 2, 6 * 86'400);
  RunOptions none;
  none.client_id = "nobody";
  ScriptedClient client(*world.database, meta_ok);
  world.run(client, none);
  REQUIRE(world.database->execute("UPDATE delivery SET state = 3, next_at = NULL, reason = " +
                                  std::to_string(static_cast<int>(Reason::unknown_outcome_held))));
  world.clock.advance_s(2 * 86'400);
  CHECK(world.run(client).platforms.at("meta").expired == 2);
  CHECK(client.requests.empty());
}

TEST_CASE("an access token is asked for again before it ends") {
  World world;
  Connection google;
  google.client_id = "acme";
  google.platform = "google";
  google.name = "main";
  google.destination = "1234567890";
  google.conversion_action_id = "987";
  google.credential = "env:GOOGLE";
  auto transaction = std::move(store::Transaction::begin(*world.database).value());
  REQUIRE(store::save_connection(*world.database, google, 0, night));
  for (int i = 1; i <= 3; ++i) {
    FunnelEvent event;
    event.id = id_of(i);
    event.client_id = "acme";
    event.event_name = "lead";
    event.event_time = night - 86'400;
    event.gclid = "Cj0KCQiA-number-" + std::to_string(i);
    REQUIRE(store::insert_event(*world.database, event));
  }
  REQUIRE(transaction.commit());
  world.read_secret = [](const std::string&) {
    return Result<Secret>(
        Secret(R"({"client_id":"c","client_secret":"secret","refresh_token":"refresh"})"));
  };
  int tokens = 0;
  ScriptedClient client(*world.database, [&](const HttpRequest& request) {
    if (request.url.find("token") == std::string::npos) return answer(200, R"({"requestId":"r"})");
    ++tokens;
    return answer(200, R"({"access_token":"ya29.token","expires_in":3599,)"
                       R"("scope":"https://www.googleapis.com/auth/datamanager"})");
  });
  client.on_start = [&] { world.clock.advance_s(40 * 60); };
  RunOptions options;
  options.batch_events_max = 1;
  options.in_flight_per_connection_max = 1;
  CHECK(world.run(client, options).platforms.at("google").accepted == 3);
  CHECK(tokens == 2);
}

TEST_CASE("a signal ends a run after what is under way, a second one at once") {
  World world;
  world.add_events(1, 1'000);
  RunOptions options;
  options.batch_events_max = 100;
  auto asked = Stop::no;
  world.stop = [&] { return asked; };
  ScriptedClient client(*world.database, meta_ok);
  SECTION("the first") {
    client.on_start = [&] { asked = Stop::soon; };
    const RunSummary summary = world.run(client, options);
    CHECK(client.requests.size() == 1);
    CHECK(summary.platforms.at("meta").accepted == 100);
    CHECK(summary.early_end == EarlyEnd::signal);
    CHECK(summary.work_left);
  }
  SECTION("the second") {
    client.on_start = [&] { asked = Stop::now; };
    const RunSummary summary = world.run(client, options);
    CHECK(client.requests.size() == 1);
    CHECK(summary.platforms.at("meta").ambiguous == 100);
    CHECK(summary.early_end == EarlyEnd::signal);
  }
  CHECK(world.count("SELECT count(*) FROM open_request") == 0);
  asked = Stop::no;
  client.on_start = {};
  world.clock.advance_s(86'400);
  world.run(client, options);
  CHECK(world.count("SELECT count(*) FROM delivery WHERE state <> 4") == 0);
}

TEST_CASE("nothing is begun that could end after the deadline") {
  World world;
  world.add_events(1, 1'000);
  RunOptions options;
  options.batch_events_max = 100;
  options.request_timeout_ms = 30'000;
  options.deadline_ms = world.clock.steady_ms() + 40'000;
  ScriptedClient client(*world.database, meta_ok);
  client.on_start = [&] { world.clock.advance_s(4); };
  const RunSummary summary = world.run(client, options);
  CHECK(client.requests.size() < 8);
  CHECK(summary.early_end == EarlyEnd::deadline);
  CHECK(summary.work_left);
  CHECK(exit_code_of(summary) == 75);
  options.deadline_ms = world.clock.steady_ms() + 3'600'000;
  CHECK(exit_code_of(world.run(client, options)) == 0);
}

TEST_CASE("a wait that would last beyond the deadline is not begun") {
  World world;
  world.add_events(1, 1);
  RunOptions options;
  options.deadline_ms = world.clock.steady_ms() + 100'000;
  ScriptedClient client(*world.database, busy(1, "600"));
  const RunSummary summary = world.run(client, options);
  CHECK(world.clock.now_s() - night < 100);
  CHECK(summary.early_end == EarlyEnd::deadline);
  CHECK(summary.platforms.at("meta").retryable == 1);
}

TEST_CASE("what three runs died with is held, and nothing else is") {
  World world;
  world.add_events(1, 40);
  ScriptedClient client(*world.database, meta_ok);
  die_with(world, 1, 25);
  world.clock.advance_s(3'600);
  RunOptions none;
  none.client_id = "nobody";
  CHECK(exit_code_of(world.run(client, none)) == 3);  // recovers, sends nothing
  world.clock.advance_s(3'600);
  CHECK(world.delivery_of(3).crashes == 1);

  SECTION("after one crash: small requests, after everything else") {
    world.run(client);
    std::vector<std::size_t> sizes;
    for (const HttpRequest& request : client.requests) sizes.push_back(event_ids(request).size());
    CHECK(sizes == std::vector<std::size_t>{15, 10, 10, 5});
    CHECK(event_ids(client.requests[0])[0] == id_of(26));
    CHECK(world.delivery_of(3).crashes == 0);
  }
  SECTION("after two: alone, with nothing else under way") {
    die_with(world, 1, 2);
    world.clock.advance_s(3'600);
    world.run(client);
    REQUIRE(client.requests.size() >= 2);
    CHECK(event_ids(client.requests.back()).size() == 1);
    CHECK(event_ids(client.requests[client.requests.size() - 2]).size() == 1);
    CHECK(world.count("SELECT count(*) FROM delivery WHERE state <> 4") == 0);
  }
  SECTION("after three: held") {
    die_with(world, 1, 2);
    world.run(client, none);
    die_with(world, 1, 1);
    world.clock.advance_s(3'600);
    world.run(client);
    CHECK(world.delivery_of(1).state == DeliveryState::held);
    CHECK(world.delivery_of(1).reason == Reason::crashed_runs);
    CHECK(world.count("SELECT count(*) FROM delivery WHERE state = 4") == 39);
  }
}

TEST_CASE("answers the store does not take are told, and their events are unknown next time") {
  World world;
  world.add_events(1, 3);
  ScriptedClient client(*world.database, meta_ok);
  client.on_start = [&] {
    REQUIRE(
        world.database->execute("CREATE TEMP TRIGGER broken BEFORE INSERT ON request_closed"
                                " BEGIN SELECT RAISE(ABORT, 'broken'); END"));
  };
  const auto summary = world.try_run(client);
  REQUIRE(!summary);
  REQUIRE(world.unrecorded.size() == 1);
  for (int i = 1; i <= 3; ++i) CHECK(world.unrecorded[0].find(id_of(i)) != std::string::npos);
  CHECK(world.unrecorded[0].find("accepted") != std::string::npos);
  REQUIRE(world.database->execute("DROP TRIGGER broken"));
  client.on_start = {};
  world.clock.advance_s(86'400);
  CHECK(world.run(client).recovered_requests == 1);
  CHECK(world.delivery_of(1).state == DeliveryState::accepted);
}

TEST_CASE("a disk that is full for a while loses no answer") {
  World world;
  world.add_events(1, 500);
  ScriptedClient client(*world.database, meta_ok);
  const auto set_most_pages = [&](std::int64_t pages) {
    REQUIRE(world.database->execute("PRAGMA max_page_count = " + std::to_string(pages)));
  };
  std::int64_t full_s = 0;
  client.on_start = [&] { set_most_pages(world.count("PRAGMA page_count")); };
  world.stop = [&] {
    if (world.clock.now_s() - night >= full_s) set_most_pages(1'000'000);
    return Stop::no;
  };
  SECTION("shorter than the run waits: it goes on") {
    full_s = 10;
    const RunSummary summary = world.run(client);
    CHECK(summary.platforms.at("meta").accepted == 500);
    CHECK(world.clock.now_s() - night >= full_s);
  }
  SECTION("longer: it ends, and records what it can when it ends") {
    full_s = 40;
    const auto summary = world.try_run(client);
    REQUIRE(!summary);
    CHECK(summary.error().kind == ErrorKind::disk_full);
  }
  SECTION("for good: it tells what it could not record") {
    full_s = 1'000'000;
    REQUIRE(!world.try_run(client));
    REQUIRE(world.unrecorded.size() == 1);
    CHECK(world.count("SELECT count(*) FROM open_request") == 1);
    return;
  }
  CHECK(world.unrecorded.empty());
  CHECK(world.count("SELECT count(*) FROM open_request") == 0);
  CHECK(world.count("SELECT count(*) FROM delivery WHERE state = 4") == 500);
}

TEST_CASE("usage headers slow a connection down, or end its run") {
  for (const auto& [share, requests, seconds] : {std::tuple{10, 4, 0}, {85, 4, 3}, {97, 1, 0}}) {
    World world;
    world.add_events(1, 40);
    ScriptedClient client(*world.database, [share = share](const HttpRequest& request) {
      HttpResponse response = meta_ok(request);
      response.headers = {{"x-app-usage", "{\"call_count\":" + std::to_string(share) + "}"}};
      return response;
    });
    RunOptions options;
    options.batch_events_max = 10;
    options.in_flight_per_connection_max = 1;
    const RunSummary summary = world.run(client, options);
    INFO(share);
    CHECK(static_cast<int>(client.requests.size()) == requests);
    // The second after the last request may pass before it is known to be the last.
    CHECK(world.clock.now_s() - night >= seconds);
    CHECK(world.clock.now_s() - night <= seconds + 1);
    CHECK(exit_code_of(summary) == 0);
  }
}
