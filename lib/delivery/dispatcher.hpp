#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "audit/records.hpp"
#include "base/result.hpp"
#include "delivery/judge.hpp"
#include "delivery/lane.hpp"
#include "delivery/pace.hpp"
#include "delivery/patience.hpp"
#include "delivery/planner.hpp"
#include "delivery/prepare.hpp"
#include "delivery/run.hpp"
#include "delivery/spool.hpp"
#include "delivery/token_desk.hpp"
#include "model/run_summary.hpp"

namespace pruuv::delivery {

// Takes what is due to the platforms: lanes in turn, requests in flight up to a bound, every intent
// committed before its first byte leaves, answers recorded as they come.
class Dispatcher {
 public:
  // `planner`: what gives the rounds of new events; null = there are none to plan.
  Dispatcher(const Services& services, const Roster& roster, const store::Run& run,
             const RunOptions& options, TokenDesk& tokens, Planner* planner, RunSummary& summary);

  Result<void> deliver_all();

  // Whether nothing new is to be begun: a signal came, or the deadline is near.
  [[nodiscard]] bool is_stopping() const;

 private:
  // How long the loop goes without a look at whether it is to stop.
  static constexpr std::int64_t glance_ms = 250;

  struct InFlight {
    std::int64_t connection_id = 0;
    Load load;  // without the bytes of its events: they are in the request
    std::size_t body_bytes = 0;
    std::int64_t opened_ms = 0;   // time of day, for the record
    std::int64_t started_ms = 0;  // steady
    int reading = 0;              // as of its CredentialGroup
  };
  // A request on its way to being opened; the lane outlives it.
  struct Opening {
    Lane* lane = nullptr;
    Load load;
    HttpRequest request;
    audit::OpenedRequest record;
  };
  struct Answered {
    std::int64_t request_id = 0;
    InFlight sent;
    HttpResponse response;
  };
  // The events of an answer that the run goes on with.
  struct Sorted {
    Batch at_once;
    Batch suspects;
    std::vector<Again> later;
  };
  // What the connections of one adapter have in common.
  struct AdapterState {
    Pause pause;
    RequestWindow window;
    std::size_t in_flight = 0;
  };
  // What the connections with one credential have in common: until a request with it has gone
  // through they go one at a time, so that a dead one costs one request.
  struct CredentialGroup {
    bool is_proven = false;
    std::size_t in_flight = 0;
    // A platform refuses the credential: it is read once more, for somebody may have changed it.
    // Meanwhile nothing is sent with it.
    std::optional<Verdict> doubt;
    bool was_doubted = false;
    int reading = 0;  // how often a changed one was read
  };
  // dispatcher.cpp: which lane goes next
  Result<void> deliver_due();
  Result<void> open_requests();
  Result<bool> make_ready(Lane& lane);
  Result<bool> open_next(Lane& lane, std::vector<Opening>& openings);
  Result<void> commit_intents(std::vector<Opening>& openings);
  void start(std::int64_t request_id, Opening opening, std::int64_t opened_ms);
  [[nodiscard]] AdapterState& adapter_of(const Lane& lane);
  [[nodiscard]] std::int64_t ready_ms(const Lane& lane);
  [[nodiscard]] bool may_send(const Lane& lane);
  [[nodiscard]] bool is_done(const Lane& lane) const;
  [[nodiscard]] bool has_room(std::size_t openings) const;
  [[nodiscard]] bool is_idle() const;
  [[nodiscard]] bool is_finished();
  [[nodiscard]] std::int64_t wait_ms();

  // supply.cpp: what the lanes are filled with
  Result<void> make_lanes();
  Result<void> make_picked_lanes();
  Result<void> make_lane(const store::Backlog& backlog, std::int64_t now_s);
  Result<Lane> begin_lane(const resolve::Target& target);
  [[nodiscard]] std::size_t group_of(const resolve::Target& target);
  [[nodiscard]] bool is_limit_reached() const;
  Result<void> fill(Lane& lane);
  Result<bool> fill_probe(Lane& lane);
  Result<bool> fill_later(Lane& lane);
  Result<bool> fill_page(Lane& lane, std::size_t page);
  Result<bool> fill_turn(Lane& lane, Turn turn, std::size_t page);
  Result<std::vector<Delivery>> load_page(Lane& lane, Turn turn, std::size_t page,
                                          std::int64_t now_s);
  void take_up(Lane& lane, std::int64_t event_seq);
  Result<void> enqueue(Lane& lane, const std::vector<Delivery>& deliveries,
                       const std::vector<int>& tries);
  Result<void> put_in_queue(Lane& lane, Prepared prepared,
                            const std::unordered_map<std::int64_t, int>& tries_of);

  // rounds.cpp: new deliveries, by way of the spool
  Result<void> next_rounds();
  Result<void> make_spooled_lanes();
  [[nodiscard]] bool may_send_spooled();
  Result<void> fill_spooled(Lane& lane, std::size_t page);
  Result<void> unspool(Lane& lane);
  Result<void> save_new(Lane& lane);
  Result<void> save_all(const std::vector<Delivery>& deliveries);
  Result<void> settle_round();

  // arrivals.cpp: how answers come in
  void collect(std::int64_t wait_ms);
  void gather();
  [[nodiscard]] Patience patience(bool for_room);

  // answers.cpp: what an answer changes
  Result<void> take_answers();
  [[nodiscard]] Judgement judge_answer(const Answered& answered) const;
  Result<void> record(const std::vector<Judgement>& judgements);
  Result<void> note_status_check(store::Database& database, const Judgement& judgement);
  Result<void> apply(InFlight sent, Judgement judgement);
  Sorted sort_events(Lane& lane, Batch& items, Judgement& judgement);
  static void await_new_credential(Lane& lane, const Judgement& judgement);
  Result<void> apply_to_events(Lane& lane, InFlight& sent, Judgement& judgement);
  Result<void> encode_again(Lane& lane, Batch& items);
  Result<void> apply_to_lane(Lane& lane, const InFlight& sent, const Judgement& judgement);
  Result<void> went_through(Lane& lane);
  Result<void> unknown(Lane& lane, std::int64_t started_ms, const Verdict& verdict);
  Result<void> failed(Lane& lane, std::int64_t started_ms, const Verdict& verdict);
  void rescue_answers(ErrorKind cause);

  // endings.cpp: how lanes pause and end, and how deliveries are counted
  Result<void> unload(Lane& lane);
  void empty_queue(Lane& lane);
  Result<std::int64_t> hold_due(const Lane& lane);
  Result<void> stop(Lane& lane, const Verdict& verdict, bool held);
  Result<void> stop_scope(const Lane& lane, const Verdict& verdict, bool held);
  void leave_rest();
  void let_go(Lane& lane, const Delivery& delivery);
  void count(const std::string& platform, DeliveryState state, std::int64_t number = 1);

  Result<bool> read_credential(Lane& lane);
  Result<void> credential_refused(Lane& lane, int reading, const Verdict& verdict);
  Result<void> settle_doubt(Lane& lane);
  Result<void> take_token(const TokenDesk::Settled& settled);

  Services services_;
  Planner* planner_;
  Spool spool_;
  std::int64_t planned_s_ = 0;  // when this round was
  const Roster& roster_;
  const store::Run& run_;
  const RunOptions& options_;
  TokenDesk& tokens_;
  RunSummary& summary_;
  Random random_;

  Phase phase_ = Phase::ordinary;
  std::map<std::int64_t, Lane> lanes_;  // by connection id
  // Those that may still send in this phase, so that many that are done cost nothing.
  std::map<std::int64_t, Lane*> active_;
  std::int64_t last_lane_ = 0;     // round robin: the connection that had its turn last
  std::size_t queued_events_ = 0;  // encoded, waiting in the lanes, as far as a turn has come
  std::map<std::string_view, AdapterState> adapters_;
  std::map<std::int64_t, InFlight> in_flight_;
  std::size_t bytes_in_flight_ = 0;
  // Arrived and not recorded yet.
  std::vector<Answered> answers_;

  std::map<std::pair<std::string, std::string_view>, std::size_t> group_numbers_;
  std::vector<CredentialGroup> groups_;
};

}  // namespace pruuv::delivery
