#include "delivery/run.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "audit/chain.hpp"
#include "audit/log.hpp"
#include "audit/records.hpp"
#include "base/json.hpp"
#include "delivery/by_hand.hpp"
#include "delivery/planner.hpp"
#include "store/connections.hpp"
#include "store/deliveries.hpp"
#include "store/events.hpp"
#include "store/outcomes.hpp"
#include "store/schema.hpp"
#include "testing/testing.hpp"

using namespace pruuv;

namespace {

constexpr std::int64_t night = 1'795'402'800;

// Answers like a platform would, in memory, and remembers what it was sent. It looks into the store
// at the moment a request leaves: the intent must be there already.
class ScriptedClient final : public http::Client {
 public:
  using Answerer = std::function<HttpResponse(const HttpRequest&)>;
  ScriptedClient(store::Database& database, Answerer answerer)
      : database_(database), answerer_(std::move(answerer)) {}

  Result<void> start(std::int64_t id, HttpRequest request) override {
    if (id > 0) {
      const auto open = audit::load_unclosed_requests(database_);
      bool intended = false;
      for (const auto& unclosed : *open) intended = intended || unclosed.id == id;
      if (!intended) without_intent.push_back(id);
    }
    waiting_.push_back({id, answerer_(request)});
    most_in_flight = std::max(most_in_flight, waiting_.size());
    requests.push_back(std::move(request));
    return {};
  }
  std::vector<Completed> wait(int) override {
    std::vector<Completed> out;
    if (!waiting_.empty()) {
      out.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    return out;
  }
  [[nodiscard]] std::size_t in_flight() const override { return waiting_.size(); }

  std::vector<HttpRequest> requests;
  std::vector<std::int64_t> without_intent;
  std::size_t most_in_flight = 0;

 private:
  store::Database& database_;
  Answerer answerer_;
  std::deque<Completed> waiting_;
};

HttpResponse answer(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.bytes_sent = true;
  response.body = std::move(body);
  return response;
}

std::vector<std::string> event_ids(const HttpRequest& request) {
  const auto document = json::parse(request.body);
  std::vector<std::string> ids;
  for (const json::Value& event : document->root()["data"].items())
    ids.emplace_back(*event["event_id"].text());
  return ids;
}

HttpResponse meta_ok(const HttpRequest& request) {
  return answer(200, "{\"events_received\":" + std::to_string(event_ids(request).size()) +
                         ",\"messages\":[],\"fbtrace_id\":\"A1\"}");
}

HttpResponse meta_error(int code, int subcode) {
  return answer(400, "{\"error\":{\"message\":\"m\",\"type\":\"OAuthException\",\"code\":" +
                         std::to_string(code) + ",\"error_subcode\":" + std::to_string(subcode) +
                         ",\"fbtrace_id\":\"A2\"}}");
}

std::string id_of(int number) {
  const std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

// A store with one Meta connection of client acme.
struct World {
  testing::TempDir dir;
  std::string path = dir.file("store.db");
  FixedClock clock{night};
  std::unique_ptr<store::Database> database;
  audit::Redactor redactor;

  World() {
    REQUIRE(store::create_store(path, night - 86400));
    database = std::move(store::open_store(path, store::OpenMode::read_write).value());
    add_connection("main", "1234567890123456");
  }
  void add_connection(const std::string& name, const std::string& pixel_id, bool paused = false) {
    Connection connection;
    connection.client_id = "acme";
    connection.platform = "meta";
    connection.name = name;
    connection.destination = pixel_id;
    connection.credential = "env:TOKEN";
    connection.paused = paused;
    auto transaction = std::move(store::Transaction::begin(*database).value());
    REQUIRE(store::save_connection(*database, connection, 0, night));
    REQUIRE(transaction.commit());
  }
  void add_events(int first, int last) {
    auto transaction = std::move(store::Transaction::begin(*database).value());
    for (int i = first; i <= last; ++i) {
      FunnelEvent event;
      event.id = id_of(i);
      event.client_id = "acme";
      event.event_name = "lead";
      event.event_time = clock.now_s() - 3600;
      event.email = "person" + std::to_string(i) + "@example.com";
      event.fbclid = "IwAR2F4-dbP0";
      REQUIRE(store::insert_event(*database, event));
    }
    REQUIRE(transaction.commit());
  }
  delivery::Roster roster() {
    return std::move(
        delivery::Roster::make(std::move(store::load_connections(*database).value()), {}).value());
  }
  RunSummary run(http::Client& client, const delivery::RunOptions& options = {}) {
    const store::Run run = store::begin_run(*database, "send", "test", clock.now_s()).value();
    delivery::Services services;
    services.database = database.get();
    services.client = &client;
    services.clock = &clock;
    services.read_secret = [](const std::string&) {
      return Result<Secret>(Secret("token-of-acme"));
    };
    services.redactor = &redactor;
    const delivery::Roster all = roster();
    auto summary = delivery::run(services, all, run, options);
    INFO((summary ? "" : summary.error().message));
    REQUIRE(summary);
    REQUIRE(store::end_run(*database, run, 0, clock.now_s()));
    const auto chain = audit::verify(*database);
    REQUIRE(chain);
    CHECK(chain->fault.empty());
    return *summary;
  }
  Delivery delivery_of(int number) {
    const auto event = store::load_event(*database, id_of(number));
    return store::load_deliveries_of_event(*database, (*event)->seq)->front();
  }
};

}  // namespace

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
  ScriptedClient client(*world.database, [](const HttpRequest&) {
    HttpResponse lost;
    lost.transport_code = 52;
    lost.bytes_sent = true;
    return lost;
  });
  world.run(client);
  CHECK(world.delivery_of(1).state == DeliveryState::ambiguous);
  world.clock.advance_s(86400);
  world.run(client);
  REQUIRE(client.requests.size() == 2);
  CHECK(client.requests[0].body == client.requests[1].body);
  world.clock.advance_s(86400);
  const RunSummary third = world.run(client);
  CHECK(client.requests.size() == 2);
  CHECK(world.delivery_of(1).state == DeliveryState::held);
  CHECK(world.delivery_of(1).reason == Reason::dedup_window_over);
  CHECK(delivery::exit_code_of(third) == 3);
}

TEST_CASE("a connection sends one request at a time until one has gone through") {
  World world;
  world.add_events(1, 1000);
  delivery::RunOptions options;
  options.batch_events_max = 100;
  ScriptedClient losing(*world.database, [](const HttpRequest&) {
    HttpResponse lost;
    lost.transport_code = 52;
    lost.bytes_sent = true;
    return lost;
  });
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
  delivery::Planner planner(*world.database, roster, ignored);
  REQUIRE(planner.plan_all(night, {}));
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
  world.clock.advance_s(300);
  const RunSummary summary = world.run(client);
  CHECK(summary.recovered_requests == 1);
  // The third one was never under way; the two others wait for their turn.
  CHECK(summary.platforms.at("meta").accepted == 1);
  CHECK(world.delivery_of(1).state == DeliveryState::ambiguous);
  world.clock.advance_s(86400);
  CHECK(world.run(client).platforms.at("meta").accepted == 2);
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
  const auto outcomes = store::count_outcomes(*world.database, "acme", {}, {});
  REQUIRE(outcomes);
  std::int64_t meta = 0, unplanned = 0;
  for (const OutcomeCount& count : *outcomes) {
    if (count.platform == "meta") meta += count.events;
    if (count.outcome == "unplanned") unplanned += count.events;
  }
  CHECK(meta == 11);
  CHECK(unplanned == 5);
}

TEST_CASE("a secret that cannot be read holds its connection and says so without a request") {
  World world;
  world.add_events(1, 2);
  ScriptedClient client(*world.database, meta_ok);
  const store::Run run = store::begin_run(*world.database, "send", "test", night).value();
  delivery::Services services;
  services.database = world.database.get();
  services.client = &client;
  services.clock = &world.clock;
  services.read_secret = [](const std::string&) -> Result<Secret> {
    return fail(ErrorKind::config, "read env:TOKEN: not set");
  };
  services.redactor = &world.redactor;
  const delivery::Roster roster = world.roster();
  const auto summary = delivery::run(services, roster, run, {});
  REQUIRE(summary);
  CHECK(client.requests.empty());
  CHECK(summary->platforms.at("meta").held == 2);
  CHECK(world.delivery_of(1).reason == Reason::credential_missing);
  CHECK(delivery::exit_code_of(*summary) == 3);
}
