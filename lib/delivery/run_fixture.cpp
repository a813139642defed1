#include "delivery/run_fixture.hpp"

#include <algorithm>
#include <utility>

#include "audit/chain.hpp"
#include "audit/records.hpp"
#include "base/json.hpp"
#include "store/connections.hpp"
#include "store/deliveries.hpp"
#include "store/events.hpp"
#include "store/schema.hpp"

namespace pruuv::delivery {

Result<void> ScriptedClient::start(std::int64_t id, HttpRequest request) {
  if (id > 0) {
    const auto open = audit::load_unclosed_requests(database_);
    const auto is_it = [&](const audit::UnclosedRequest& unclosed) { return unclosed.id == id; };
    if (std::ranges::none_of(*open, is_it)) without_intent.push_back(id);
  }
  if (on_start) on_start();
  waiting_.push_back({id, answerer_(request)});
  most_in_flight = std::max(most_in_flight, waiting_.size());
  requests.push_back(std::move(request));
  return {};
}

std::vector<http::Client::Completed> ScriptedClient::wait(int) {
  std::vector<Completed> out;
  if (waiting_.empty()) return out;
  out.push_back(std::move(waiting_.front()));
  waiting_.pop_front();
  return out;
}

std::vector<http::Client::Completed> ScriptedClient::abort() {
  std::vector<Completed> out;
  for (const Completed& completed : waiting_) {
    HttpResponse broken;
    broken.transport_code = 42;
    broken.bytes_sent = true;
    out.push_back({completed.id, std::move(broken)});
  }
  waiting_.clear();
  return out;
}

HttpResponse answer(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.bytes_sent = true;
  response.body = std::move(body);
  return response;
}

HttpResponse lost_answer() {
  HttpResponse lost;
  lost.transport_code = 52;
  lost.bytes_sent = true;
  return lost;
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

World::World() {
  REQUIRE(store::create_store(path, night - 86400));
  database = std::move(store::open_store(path, store::OpenMode::read_write).value());
  read_secret = [](const std::string&) { return Result<Secret>(Secret("token-of-acme")); };
  add_connection("main", "1234567890123456");
}

void World::add_connection(const std::string& name, const std::string& pixel_id, bool paused,
                           const std::string& credential) {
  Connection connection;
  connection.client_id = "acme";
  connection.platform = "meta";
  connection.name = name;
  connection.destination = pixel_id;
  connection.credential = credential;
  connection.paused = paused;
  auto transaction = std::move(store::Transaction::begin(*database).value());
  REQUIRE(store::save_connection(*database, connection, 0, night));
  REQUIRE(transaction.commit());
}

void World::add_events(int first, int last, std::int64_t age_s) {
  auto transaction = std::move(store::Transaction::begin(*database).value());
  for (int i = first; i <= last; ++i) {
    FunnelEvent event;
    event.id = id_of(i);
    event.client_id = "acme";
    event.event_name = "lead";
    event.event_time = clock.now_s() - age_s;
    event.email = "person" + std::to_string(i) + "@example.com";
    event.fbclid = "IwAR2F4-dbP0";
    REQUIRE(store::insert_event(*database, event));
  }
  REQUIRE(transaction.commit());
}

Roster World::roster() {
  return std::move(Roster::make(std::move(store::load_connections(*database).value()), {}).value());
}

Result<RunSummary> World::try_run(http::Client& client, const RunOptions& options) {
  PRUUV_TRY_ASSIGN(const store::Run run,
                   store::begin_run(*database, "send", "test", clock.now_s()));
  secrets::Places places;
  places.here = [this](const secrets::Reference& reference) { return read_secret(reference.text); };
  places.vault = vault;
  secrets::Keeper keeper(std::move(places), clock,
                         [this](const Secret& secret) { redactor.add_secret(secret); });
  Services services;
  services.database = database.get();
  services.client = &client;
  services.clock = &clock;
  services.secrets = &keeper;
  services.redactor = &redactor;
  services.stop = stop;
  services.unrecorded = [this](const std::string& line) { unrecorded.push_back(line); };
  const Roster all = roster();
  PRUUV_TRY_ASSIGN(RunSummary summary, delivery::run(services, all, run, options));
  PRUUV_TRY(store::end_run(*database, run, 0, clock.now_s()));
  return summary;
}

RunSummary World::run(http::Client& client, const RunOptions& options) {
  auto summary = try_run(client, options);
  INFO((summary ? "" : summary.error().message));
  REQUIRE(summary);
  const auto chain = audit::verify(*database);
  REQUIRE(chain);
  CHECK(chain->fault.empty());
  return *summary;
}

Delivery World::delivery_of(int number) {
  const auto event = store::load_event(*database, id_of(number));
  return store::load_deliveries_of_event(*database, (*event)->seq)->front();
}

std::int64_t World::count(const std::string& sql) {
  std::int64_t number = -1;
  auto read = database->prepare(sql);
  REQUIRE((*read)->first([&](const store::Statement& row) { number = row.integer(0); }));
  return number;
}

}  // namespace pruuv::delivery
