#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "delivery/lane.hpp"
#include "delivery/run.hpp"
#include "model/run_summary.hpp"

namespace pruuv::delivery {

// Takes what is due to the platforms: lanes in turn, requests in flight up to a bound, every intent
// committed before its first byte leaves, answers recorded as they come.
class Dispatcher {
 public:
  Dispatcher(const Services& services, const Roster& roster, const store::Run& run,
             const RunOptions& options, RunSummary& summary)
      : services_(services), roster_(roster), run_(run), options_(options), summary_(summary) {}

  Result<void> deliver_all();

 private:
  struct InFlight {
    std::int64_t connection_id = 0;
    Batch batch;
    std::int64_t opened_ms = 0;
  };
  // A request on its way to being opened; the lane outlives it.
  struct Opening {
    Lane* lane = nullptr;
    Batch batch;
    HttpRequest request;
  };
  struct Answered {
    std::int64_t request_id = 0;
    InFlight sent;
    HttpResponse response;
  };

  // dispatcher.cpp: which lane goes next
  Result<void> make_lanes();
  Result<void> make_picked_lanes();
  Result<void> make_lane(const store::Backlog& backlog, std::int64_t now_s);
  Result<std::vector<Delivery>> next_page(Lane& lane, std::size_t page, std::int64_t now_s);
  Result<void> fill(Lane& lane);
  Result<bool> fill_probe(Lane& lane);
  Result<bool> make_ready(Lane& lane);
  Result<void> open_requests();
  Result<void> commit_intents(std::vector<Opening>& openings);
  [[nodiscard]] bool may_send(const Lane& lane) const;
  [[nodiscard]] bool is_finished() const;

  // answers.cpp: what an answer means
  Result<void> take_answers();
  Result<void> record(const Answered& answered);
  void requeue(Lane& lane, Batch again, bool split);
  Result<void> judge_lane(Lane& lane, const Answered& answered,
                          const Classification& classification);
  Result<void> stop(Lane& lane, const Verdict& verdict, bool held);
  Result<void> stop_adapter(const platforms::Platform& adapter, const Verdict& verdict, bool held);
  void count(const std::string& platform, const Delivery& after);

  // credentials.cpp: tokens
  Result<bool> read_credential(Lane& lane);
  Result<void> take_token(std::int64_t token_id, const HttpResponse& response);

  Services services_;
  const Roster& roster_;
  const store::Run& run_;
  const RunOptions& options_;
  RunSummary& summary_;

  std::map<std::int64_t, Lane> lanes_;  // by connection id
  std::int64_t last_lane_ = 0;          // round robin: the connection that had its turn last
  std::map<std::int64_t, InFlight> in_flight_;
  std::vector<Answered> unsent_answers_;             // requests the client refused to start
  std::map<std::string_view, int> platform_faults_;  // failures in a row, by adapter

  // Access tokens are exchanged once a run for each credential and adapter.
  using TokenKey = std::pair<std::string, std::string_view>;
  struct Token {
    bool arrived = false;
    platforms::TokenAnswer answer;
  };
  std::map<TokenKey, Token> tokens_;
  std::map<std::int64_t, TokenKey> tokens_in_flight_;
  std::int64_t next_token_id_ = -1;  // negative: requests of the store count upwards from 1
};

}  // namespace pruuv::delivery
