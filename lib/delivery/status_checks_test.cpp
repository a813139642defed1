#include "delivery/status_checks.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "delivery/by_hand.hpp"
#include "delivery/run_fixture.hpp"
#include "store/connections.hpp"
#include "store/deliveries.hpp"
#include "store/events.hpp"

namespace pruuv::delivery {
namespace {

constexpr std::int64_t day_s = 86'400;

// Plays Data Manager: takes every ingest, and says of earlier ones what `status` says.
struct Google {
  HttpResponse status = answer(200, R"({"requestStatusPerDestination":[]})");
  HttpResponse token = answer(200, R"({"access_token":"ya29.x","expires_in":3599})");
  int ingests = 0;
  int asked = 0;

  HttpResponse operator()(const HttpRequest& request) {
    if (request.url.find("graph.facebook.com") != std::string::npos) return meta_ok(request);
    if (request.url.find("oauth2") != std::string::npos) return token;
    if (request.method == "GET") {
      ++asked;
      return status;
    }
    ++ingests;
    return answer(200, R"({"requestId":"r)" + std::to_string(ingests) + "\"}");
  }
};

HttpResponse judged(const std::string& status, const std::string& error_info = "{}") {
  return answer(200, R"({"requestStatusPerDestination":[{"requestStatus":")" + status +
                         R"(","errorInfo":)" + error_info + "}]}");
}

HttpResponse one_bad(const std::string& reason, int position) {
  return judged("PARTIAL_SUCCESS", R"({"errorCounts":[{"recordCount":"1","reason":")" + reason +
                                       R"(","recordIndices":[)" + std::to_string(position) +
                                       "]}]}");
}

// Three events of a Google click, sent and accepted the night before.
struct Judged : World {
  Google google;
  ScriptedClient client;

  Judged() : client(*database, [this](const HttpRequest& request) { return google(request); }) {
    read_secret = [](const std::string&) {
      return Result<Secret>(Secret(
          R"({"access_token":"m","client_id":"a","client_secret":"b","refresh_token":"c"})"));
    };
    Connection connection;
    connection.client_id = "acme";
    connection.platform = "google";
    connection.name = "main";
    connection.api = "data_manager";
    connection.destination = "1234567890";
    connection.conversion_action_id = "987";
    connection.credential = "env:G";
    auto transaction = std::move(store::Transaction::begin(*database).value());
    REQUIRE(store::save_connection(*database, connection, 0, night));
    for (int number = 1; number <= 3; ++number) {
      FunnelEvent event;
      event.id = id_of(number);
      event.client_id = "acme";
      event.event_name = "lead";
      event.event_time = night - 40'000;
      event.gclid = "Cj0KCQiA-" + std::to_string(number);
      REQUIRE(store::insert_event(*database, event));
    }
    REQUIRE(transaction.commit());
    CHECK(run(client).platforms.at("google").accepted == 3);
    CHECK(count("SELECT count(*) FROM status_check") == 1);
  }

  RunSummary next_night() {
    clock.advance_s(day_s);
    return run(client);
  }
  DeliveryState state_of(int number) { return delivery_of(number).state; }
};

TEST_CASE("what the platform counted is confirmed, with one record for all") {
  Judged world;
  world.google.status = judged("SUCCESS");
  const RunSummary summary = world.next_night();
  CHECK(summary.platforms.at("google").confirmed == 3);
  CHECK(exit_code_of(summary) == 0);
  for (int number = 1; number <= 3; ++number)
    CHECK(world.state_of(number) == DeliveryState::confirmed);
  CHECK(world.count("SELECT count(*) FROM diagnosis WHERE status = 'confirmed'") == 1);
  CHECK(world.count("SELECT count(*) FROM status_check") == 0);
  CHECK(world.google.asked == 1);
  world.next_night();
  CHECK(world.google.asked == 1);
  CHECK(world.google.ingests == 1);
}

TEST_CASE("an event refused afterwards is rejected, and stands in the audit log") {
  Judged world;
  world.google.status = one_bad("PROCESSING_ERROR_REASON_INVALID_GCLID", 1);
  const RunSummary summary = world.next_night();
  CHECK(summary.platforms.at("google").refused_afterwards == 1);
  CHECK(summary.platforms.at("google").confirmed == 2);
  CHECK(exit_code_of(summary) == 3);
  CHECK(world.state_of(2) == DeliveryState::rejected);
  CHECK(world.delivery_of(2).reason == Reason::refused_afterwards);
  CHECK(world.state_of(1) == DeliveryState::confirmed);
  CHECK(world.count("SELECT count(*) FROM conversion_audit_log WHERE status = 'rejected'"
                    " AND error = 'INVALID_GCLID' AND event_id LIKE '%2'") == 1);
  CHECK(world.google.ingests == 1);
}

TEST_CASE("an event refused for a reason that has passed goes again in the same run") {
  Judged world;
  world.google.status = one_bad("PROCESSING_ERROR_REASON_TOO_RECENT_CLICK", 0);
  const RunSummary summary = world.next_night();
  CHECK(summary.platforms.at("google").asked_again == 1);
  CHECK(summary.platforms.at("google").accepted == 1);
  CHECK(world.google.ingests == 2);
  CHECK(world.state_of(1) == DeliveryState::accepted);
  CHECK(world.delivery_of(1).attempts == 2);
  CHECK(world.client.requests.back().body.find(id_of(1)) != std::string::npos);
  CHECK(world.count("SELECT count(*) FROM status_check") == 1);
}

TEST_CASE("it is not asked before half an hour, and again while the platform still works on it") {
  Judged world;
  world.google.status = judged("PROCESSING");
  world.clock.advance_s(1'799);
  world.run(world.client);
  CHECK(world.google.asked == 0);
  world.clock.advance_s(1);
  world.run(world.client);
  CHECK(world.google.asked == 1);
  world.run(world.client);
  CHECK(world.google.asked == 1);
  CHECK(world.state_of(1) == DeliveryState::accepted);
  world.clock.advance_s(3'600);
  world.google.status = judged("SUCCESS");
  world.run(world.client);
  CHECK(world.google.asked == 2);
  CHECK(world.state_of(1) == DeliveryState::confirmed);
}

TEST_CASE("a request the platform does not know, or says nothing of for a week, is closed") {
  Judged world;
  SECTION("unknown") {
    world.google.status = answer(
        400,
        R"({"error":{"code":400,"status":"INVALID_ARGUMENT","message":"m","details":[{"@type":
               "type.googleapis.com/google.rpc.ErrorInfo","reason":"INVALID_REQUEST_ID"}]}})");
    world.next_night();
  }
  SECTION("a week") {
    world.google.status = judged("PROCESSING");
    world.clock.advance_s(7 * day_s);
    world.run(world.client);
    CHECK(world.google.asked == 0);
  }
  CHECK(world.count("SELECT count(*) FROM status_check") == 0);
  CHECK(world.count("SELECT count(*) FROM diagnosis WHERE status = 'unknown'") == 1);
  CHECK(world.state_of(1) == DeliveryState::accepted);
}

TEST_CASE("a platform that cannot say keeps nothing from being sent, and is asked again") {
  Judged world;
  SECTION("down") { world.google.status = answer(503, "busy"); }
  SECTION("no token") {
    world.google.token = answer(400, R"({"error":"invalid_grant"})");
    world.clock.advance_s(3'600);
  }
  world.add_events(10, 12);
  const RunSummary summary = world.next_night();
  REQUIRE(summary.warnings.size() == 1);
  CHECK(summary.warnings.front().find("acme google: what became of accepted events") == 0);
  CHECK(world.count("SELECT count(*) FROM status_check") == 1);
  CHECK(world.count("SELECT count(*) FROM diagnosis") == 0);
  CHECK(summary.platforms.at("meta").accepted == 3);
}

TEST_CASE("what was sent once more since keeps the state of its later copy") {
  Judged world;
  const auto event = store::load_event(*world.database, id_of(1));
  Delivery delivery = world.delivery_of(1);
  auto transaction = std::move(store::Transaction::begin(*world.database).value());
  REQUIRE(store::make_due(*world.database, delivery.event_seq, delivery.connection_id,
                          Cause::replay, world.clock.now_s()));
  REQUIRE(transaction.commit());
  world.clock.advance_s(60);
  world.run(world.client);
  CHECK(world.delivery_of(1).attempts == 2);
  world.google.status =
      judged("FAILED", R"({"errorCounts":[{"recordCount":"3","reason":"INVALID_EVENT"}]})");
  world.clock.advance_s(1'750);
  world.run(world.client);  // the first request is due, the second is not yet
  CHECK(world.google.asked == 1);
  CHECK(world.state_of(1) == DeliveryState::accepted);
  CHECK(world.state_of(2) == DeliveryState::rejected);
}

TEST_CASE("what a person has made due again goes, whatever is said of the earlier copy") {
  Judged world;
  const Delivery delivery = world.delivery_of(1);
  world.clock.advance_s(day_s);
  auto transaction = std::move(store::Transaction::begin(*world.database).value());
  REQUIRE(store::make_due(*world.database, delivery.event_seq, delivery.connection_id,
                          Cause::replay, world.clock.now_s()));
  REQUIRE(transaction.commit());
  world.google.status =
      judged("FAILED", R"({"errorCounts":[{"recordCount":"3","reason":"INVALID_EVENT"}]})");
  CHECK(world.run(world.client).platforms.at("google").accepted == 1);
  CHECK(world.state_of(1) == DeliveryState::accepted);
  CHECK(world.state_of(2) == DeliveryState::rejected);
}

TEST_CASE("no more is asked than the platform takes in a minute; the rest has its turn later") {
  Judged world;
  for (int number = 10; number < 320; ++number) {
    FunnelEvent event;
    event.id = id_of(number);
    event.client_id = "acme";
    event.event_name = "lead";
    event.event_time = night - 40'000;
    event.gclid = "Cj0KCQiA-" + std::to_string(number);
    REQUIRE(store::insert_event(*world.database, event));
  }
  RunOptions one_each;
  one_each.batch_events_max = 1;
  CHECK(world.run(world.client, one_each).platforms.at("google").accepted == 310);
  world.google.status = judged("SUCCESS");
  CHECK(world.next_night().platforms.at("google").confirmed == 302);
  CHECK(world.google.asked == 300);
  world.next_night();
  CHECK(world.google.asked == 311);
  CHECK(world.count("SELECT count(*) FROM status_check") == 0);
}

TEST_CASE("asked soon after, a click that was too young waits six hours from its request on") {
  Judged world;
  world.google.status = one_bad("PROCESSING_ERROR_REASON_TOO_RECENT_CLICK", 0);
  world.clock.advance_s(1'800);
  CHECK(world.run(world.client).platforms.at("google").asked_again == 1);
  CHECK(world.google.ingests == 1);
  CHECK(world.state_of(1) == DeliveryState::waiting);
  CHECK(world.delivery_of(1).next_at_s == night + 6 * 3'600);
}

TEST_CASE("an event refused afterwards has not arrived: a retry takes it") {
  Judged world;
  CHECK(world.delivery_of(2).first_unknown_s.has_value());
  world.google.status = one_bad("PROCESSING_ERROR_REASON_INVALID_GCLID", 1);
  world.next_night();
  CHECK(!world.delivery_of(2).first_unknown_s.has_value());
  CHECK(world.delivery_of(1).first_unknown_s.has_value());
}

TEST_CASE("a paused connection is not asked about") {
  Judged world;
  const Roster roster = world.roster();
  const auto& targets = roster.of_client("acme");
  const auto google = std::ranges::find_if(targets, [](const resolve::Target& target) {
    return target.connection->platform == "google";
  });
  REQUIRE(google != targets.end());
  Connection connection = *google->connection;
  connection.paused = true;
  auto transaction = std::move(store::Transaction::begin(*world.database).value());
  REQUIRE(store::save_connection(*world.database, connection, 0, night));
  REQUIRE(transaction.commit());
  world.next_night();
  CHECK(world.google.asked == 0);
}

TEST_CASE("reasons that name no event are kept for people, and confirm nobody") {
  Judged world;
  world.google.status = judged(
      "PARTIAL_SUCCESS",
      R"({"errorCounts":[{"recordCount":"1","reason":"PROCESSING_ERROR_REASON_INVALID_GCLID"}]})");
  const RunSummary summary = world.next_night();
  CHECK(summary.total().confirmed == 0);
  for (int number = 1; number <= 3; ++number)
    CHECK(world.state_of(number) == DeliveryState::accepted);
  CHECK(world.count("SELECT count(*) FROM diagnosis WHERE message LIKE '1 x INVALID_GCLID%'") == 1);
}

TEST_CASE("a run told to stop asks nothing more") {
  Judged world;
  world.stop = [] { return Stop::soon; };
  world.next_night();
  CHECK(world.google.asked == 0);
}

}  // namespace
}  // namespace pruuv::delivery
