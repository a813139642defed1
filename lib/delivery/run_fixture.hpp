#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "audit/redact.hpp"
#include "base/clock.hpp"
#include "delivery/run.hpp"
#include "http/client.hpp"
#include "model/delivery.hpp"
#include "store/database.hpp"
#include "testing/testing.hpp"

// What tests of the whole loop share: a store, a clock, and a platform in memory.
namespace pruuv::delivery {

inline constexpr std::int64_t night = 1'795'402'800;

// Answers like a platform would and remembers what it was sent. It looks into the store at the
// moment a request leaves: the intent must be there already.
class ScriptedClient final : public http::Client {
 public:
  using Answerer = std::function<HttpResponse(const HttpRequest&)>;
  ScriptedClient(store::Database& database, Answerer answerer)
      : database_(database), answerer_(std::move(answerer)) {}

  Result<void> start(std::int64_t id, HttpRequest request) override;
  std::vector<Completed> wait(int timeout_ms) override;  // the oldest, one at a time
  std::vector<Completed> abort() override;
  [[nodiscard]] std::size_t in_flight() const override { return waiting_.size(); }

  std::vector<HttpRequest> requests;
  std::vector<std::int64_t> without_intent;
  std::size_t most_in_flight = 0;
  std::function<void()> on_start;  // may be null

 private:
  store::Database& database_;
  Answerer answerer_;
  std::deque<Completed> waiting_;
};

HttpResponse answer(int status, std::string body);
HttpResponse lost_answer();  // closed after the request: nobody knows
std::vector<std::string> event_ids(const HttpRequest& request);  // of a Meta request
HttpResponse meta_ok(const HttpRequest& request);
HttpResponse meta_error(int code, int subcode);

std::string id_of(int number);

// A store with one Meta connection of client acme.
struct World {
  pruuv::testing::TempDir dir;
  std::string path = dir.file("store.db");
  FixedClock clock{night};
  std::unique_ptr<store::Database> database;
  audit::Redactor redactor;
  std::function<Stop()> stop;
  std::vector<std::string> unrecorded;
  std::function<Result<Secret>(const std::string&)> read_secret;
  config::VaultSettings vault;  // for references to it

  World();
  void add_connection(const std::string& name, const std::string& pixel_id, bool paused = false,
                      const std::string& credential = "env:TOKEN");
  void add_events(int first, int last, std::int64_t age_s = 3600);
  Roster roster();
  Result<RunSummary> try_run(http::Client& client, const RunOptions& options = {});
  RunSummary run(http::Client& client, const RunOptions& options = {});  // and the chain holds
  Delivery delivery_of(int number);
  std::int64_t count(const std::string& sql);  // the one number of a query
};

}  // namespace pruuv::delivery
