#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "audit/records.hpp"
#include "base/check.hpp"
#include "delivery/dispatcher.hpp"
#include "store/deliveries.hpp"

// What an answer changes: first the store, in one transaction with all that arrived together, then
// the lanes.
namespace pruuv::delivery {
namespace {

// Failures in a row after which the rest of the run leaves a platform alone.
constexpr int platform_failures_max = 5;

// After a whole request was refused for an event nobody names, others carry fewer.
constexpr std::size_t events_max_after_refusal = 100;

Again again_of(const Item& item, int tries, std::int64_t now_s) {
  const Delivery& delivery = item.delivery;
  const bool is_due = delivery.next_at_s && *delivery.next_at_s <= now_s;
  return {delivery.event_seq, tries, delivery.state, is_due};
}

Verdict slow_down() {
  Verdict verdict;
  verdict.outcome = Outcome::retryable;
  verdict.scope = Scope::connection;
  verdict.reason = Reason::throttled;
  verdict.code = "usage";
  verdict.message = "the platform's usage headers say that the limit is near";
  return verdict;
}

}  // namespace

void Dispatcher::count(const std::string& platform, DeliveryState state, std::int64_t number) {
  if (number == 0) return;
  PlatformCounts& counts = summary_.platforms[platform];
  switch (state) {
    case DeliveryState::waiting:
      counts.waiting += number;
      break;
    case DeliveryState::retryable:
      counts.retryable += number;
      break;
    case DeliveryState::ambiguous:
      counts.ambiguous += number;
      break;
    case DeliveryState::held:
      counts.held += number;
      break;
    case DeliveryState::accepted:
    case DeliveryState::confirmed:
      counts.accepted += number;
      break;
    case DeliveryState::rejected:
      counts.rejected += number;
      break;
    case DeliveryState::expired:
      counts.expired += number;
      break;
  }
}

// The run is done with a delivery. One that is still open stays among those it has in hand: if the
// run lasts, it may be due again, and belongs to the next.
void Dispatcher::let_go(Lane& lane, const Delivery& delivery) {
  count(lane.target.connection->platform, delivery.state);
  if (!is_open(delivery.state)) lane.taken.erase(delivery.event_seq);
}

// Lets time pass, or takes in what arrives meanwhile.
void Dispatcher::collect(std::int64_t wait_ms) {
  if (in_flight_.empty() && tokens_in_flight_.empty()) {
    if (wait_ms > 0) services_.clock->sleep_ms(wait_ms);
    return;
  }
  const bool is_abort = services_.stop && services_.stop() == Stop::now;
  auto arrived =
      is_abort ? services_.client->abort() : services_.client->wait(static_cast<int>(wait_ms));
  for (http::Client::Completed& completed : arrived) {
    if (completed.response.status != 0) ++summary_.answered_requests;
    if (completed.id < 0) {
      token_answers_.push_back(std::move(completed));
      continue;
    }
    auto sent = in_flight_.extract(completed.id);
    PRUUV_CHECK(!sent.empty(), "an answer to a request that is in flight");
    answers_.push_back({completed.id, std::move(sent.mapped()), std::move(completed.response)});
  }
}

Patience Dispatcher::patience(bool for_room) {
  const auto pass = [this](std::int64_t pause_ms) {
    if (services_.stop && services_.stop() == Stop::now) return false;
    // Whoever waits for the store must not let answers time out. What has come in stays where it
    // is, so that waiting for more would not let time pass.
    collect(0);
    services_.clock->sleep_ms(pause_ms);
    return true;
  };
  return {*services_.clock, pass, for_room};
}

Judgement Dispatcher::judge_answer(const Answered& answered) const {
  const Lane& lane = lanes_.at(answered.sent.connection_id);
  const Batch& items = answered.sent.load.items;
  const Classification classification =
      lane.target.adapter->classify(answered.response, items.size());
  PRUUV_CHECK(classification.verdicts.size() == items.size(), "one verdict an event");
  return judge({answered.request_id, run_.id, answered.sent.opened_ms}, items, answered.response,
               classification, lane.target.connection->on_unknown, services_.clock->now_ms(),
               *services_.redactor);
}

Result<void> Dispatcher::record(const std::vector<Judgement>& judgements) {
  return write_patiently(*services_.database, patience(true),
                         [&](store::Database& database) -> Result<void> {
                           for (const Judgement& judgement : judgements) {
                             for (const Delivery& after : judgement.after)
                               PRUUV_TRY(store::save_delivery(database, after));
                             PRUUV_TRY(audit::append_request_closed(database, judgement.closed));
                           }
                           return {};
                         });
}

Result<void> Dispatcher::take_answers() {
  std::vector<http::Client::Completed> tokens;
  tokens.swap(token_answers_);
  for (const http::Client::Completed& token : tokens)
    PRUUV_TRY(take_token(token.id, token.response));
  if (answers_.empty()) return {};
  std::vector<Answered> answers;
  answers.swap(answers_);
  std::vector<Judgement> judgements;
  judgements.reserve(answers.size());
  for (const Answered& answered : answers) judgements.push_back(judge_answer(answered));
  if (auto recorded = record(judgements); !recorded) {
    answers_.insert(answers_.begin(), std::make_move_iterator(answers.begin()),
                    std::make_move_iterator(answers.end()));
    return recorded;
  }
  for (std::size_t i = 0; i < answers.size(); ++i)
    PRUUV_TRY(apply(std::move(answers[i].sent), std::move(judgements[i])));
  return {};
}

Result<void> Dispatcher::apply(InFlight sent, Judgement judgement) {
  Lane& lane = lanes_.at(sent.connection_id);
  AdapterState& adapter = adapter_of(lane);
  --lane.in_flight;
  --adapter.in_flight;
  --groups_[lane.group].in_flight;
  if (!judgement.closed.warning.empty()) {
    std::string text =
        fmt::format("{}: {}", lane.target.connection->platform, judgement.closed.warning);
    auto& warnings = summary_.warnings;
    if (std::ranges::find(warnings, text) == warnings.end()) warnings.push_back(std::move(text));
  }
  PRUUV_TRY(apply_to_lane(lane, sent.started_ms, judgement));
  apply_to_events(lane, sent, judgement);
  const std::int64_t pause_ms = std::max(lane.pause.until_ms(), adapter.pause.until_ms());
  const bool is_pausing = pause_ms > services_.clock->steady_ms();
  if (is_pausing && lane.state != Lane::State::stopped) unload(lane);
  return {};
}

Result<void> Dispatcher::apply_to_lane(Lane& lane, std::int64_t started_ms,
                                       const Judgement& judgement) {
  switch (judgement.effect) {
    case Effect::went_through:
    case Effect::refused:
      PRUUV_TRY(went_through(lane));
      break;
    case Effect::failed:
      PRUUV_TRY(failed(lane, started_ms, judgement.verdict));
      break;
    case Effect::unknown:
      PRUUV_TRY(unknown(lane, started_ms, judgement.verdict));
      break;
    case Effect::blocked:
      lane.proven = false;
      PRUUV_TRY(blocked(lane, judgement.verdict));
      break;
  }
  if (judgement.pace.gap_ms > 0)
    lane.pause.wait_until(services_.clock->steady_ms() + judgement.pace.gap_ms);
  if (judgement.pace.rest_of_run && lane.is_busy()) return stop(lane, slow_down(), false);
  return {};
}

// The platform has looked at the events: there is nothing wrong with the connection.
Result<void> Dispatcher::went_through(Lane& lane) {
  lane.pause.succeed();
  adapter_of(lane).pause.succeed();
  if (lane.half_open) lane.breaker.close();
  lane.breaker.note(false);
  lane.proven = true;
  groups_[lane.group].is_proven = true;
  lane.cautious = false;
  lane.half_open = false;
  if (lane.probing_for == Reason::none) return {};
  const auto release = [&](store::Database& database) -> Result<void> {
    PRUUV_TRY(store::release_held(database, lane.target.connection->id, lane.probing_for,
                                  services_.clock->now_s()));
    return {};
  };
  PRUUV_TRY(write_patiently(*services_.database, patience(true), release));
  lane.probing_for = Reason::none;
  lane.sources = {};
  return {};
}

Result<void> Dispatcher::unknown(Lane& lane, std::int64_t started_ms, const Verdict& verdict) {
  lane.proven = false;
  lane.cautious = true;
  if (!lane.pause.is_news(started_ms)) return {};
  lane.breaker.note(true);
  // The platform asked for nothing, so it cannot be too much.
  (void)lane.pause.fail(started_ms, services_.clock->steady_ms(), std::nullopt, random_);
  if (lane.half_open || lane.breaker.is_open()) return stop(lane, verdict, false);
  return {};
}

// A failure that passes: whoever it is about pauses, or has had enough for this run.
Result<void> Dispatcher::failed(Lane& lane, std::int64_t started_ms, const Verdict& verdict) {
  const std::int64_t now_ms = services_.clock->steady_ms();
  lane.proven = false;
  if (verdict.scope == Scope::platform) {
    if (verdict.reason == Reason::connection_misconfigured)
      return stop_adapter(lane, verdict, false);
    Pause& pause = adapter_of(lane).pause;
    const bool is_short = pause.fail(started_ms, now_ms, verdict.retry_after_s, random_);
    if (is_short && pause.failures() < platform_failures_max) return {};
    return stop_adapter(lane, verdict, false);
  }
  if (lane.pause.is_news(started_ms)) lane.breaker.note(true);
  const bool is_short = lane.pause.fail(started_ms, now_ms, verdict.retry_after_s, random_);
  if (verdict.scope == Scope::credential) {
    if (!is_short) return stop_credential(lane, verdict, false);
    for (auto& [id, other] : lanes_) {
      if (other.group == lane.group) other.pause.wait_until(lane.pause.until_ms());
    }
  }
  if (!is_short || lane.half_open || lane.breaker.is_open()) return stop(lane, verdict, false);
  return {};
}

Result<void> Dispatcher::blocked(Lane& lane, const Verdict& verdict) {
  if (verdict.scope == Scope::platform) return stop_adapter(lane, verdict, true);
  if (verdict.scope == Scope::credential) return stop_credential(lane, verdict, true);
  return stop(lane, verdict, true);
}

void Dispatcher::apply_to_events(Lane& lane, InFlight& sent, Judgement& judgement) {
  const Connection& connection = *lane.target.connection;
  Load& load = sent.load;
  const bool is_stopped = lane.state == Lane::State::stopped;
  const std::int64_t now_s = services_.clock->now_s();
  Load suspects{{}, std::move(load.other_half), true};
  Batch at_once;
  Lane::Later later;
  const bool is_bad_one_found = std::ranges::find(judgement.after, DeliveryState::rejected,
                                                  &Delivery::state) != judgement.after.end();
  for (std::size_t i = 0; i < load.items.size(); ++i) {
    Item& item = load.items[i];
    item.delivery = std::move(judgement.after[i]);
    const Next next = is_stopped ? Next::done : judgement.next[i];
    if (next == Next::done) {
      let_go(lane, item.delivery);
    } else if (next == Next::at_once) {
      at_once.push_back(std::move(item));
    } else if (next == Next::search) {
      suspects.items.push_back(std::move(item));
    } else {
      later.events.push_back(again_of(item, item.tries + 1, now_s));
    }
  }
  if (is_stopped) {
    // Those of a connection that is held were held with all that was due.
    const bool is_held = judgement.effect == Effect::blocked;
    for (const Item& item : suspects.other_half) {
      if (!is_held) count(connection.platform, item.delivery.state);
    }
    return;
  }
  if (!later.events.empty()) {
    later.due_ms = std::max(lane.pause.until_ms(), adapter_of(lane).pause.until_ms());
    if (judgement.effect == Effect::went_through)
      later.due_ms = services_.clock->steady_ms() + jitter_ms(1, random_);
    lane.later.push_back(std::move(later));
  }
  lane.put_back(std::move(at_once), true);
  if (!suspects.items.empty() && judgement.is_too_large) {
    lane.proven = false;  // the next request shows whether half is small enough
    lane.events_max = std::max<std::size_t>(1, load.items.size() / 2);
    lane.body_bytes_max = std::max<std::size_t>(1, sent.body_bytes / 2);
    lane.put_back(std::move(suspects.other_half), true);
    lane.put_back(std::move(suspects.items), false);
  } else if (!suspects.items.empty()) {
    lane.events_max = std::min(lane.events_max, events_max_after_refusal);
    lane.search(std::move(suspects));
  } else if (judgement.effect == Effect::went_through && !is_bad_one_found &&
             !suspects.other_half.empty()) {
    lane.search_other_half(std::move(suspects.other_half));
  } else {
    lane.put_back(std::move(suspects.other_half), true);
  }
}

// A lane that pauses keeps no bytes: its events have their turn, and are encoded, when it goes on.
void Dispatcher::unload(Lane& lane) {
  const std::int64_t now_s = services_.clock->now_s();
  const std::int64_t due_ms = std::max(lane.pause.until_ms(), adapter_of(lane).pause.until_ms());
  Lane::Later first_tries{due_ms, {}}, retries{due_ms, {}};
  for (const Load& load : lane.queue) {
    for (const Batch* batch : {&load.items, &load.other_half}) {
      for (const Item& item : *batch)
        (item.tries > 0 ? retries : first_tries)
            .events.push_back(again_of(item, item.tries, now_s));
    }
  }
  lane.queue.clear();
  if (!retries.events.empty()) lane.later.push_back(std::move(retries));
  if (!first_tries.events.empty()) lane.later.push_back(std::move(first_tries));
}

Result<void> Dispatcher::stop(Lane& lane, const Verdict& verdict, bool held) {
  if (lane.state == Lane::State::stopped) return {};
  const Connection& connection = *lane.target.connection;
  const std::int64_t now_s = services_.clock->now_s();
  unload(lane);
  lane.state = Lane::State::stopped;
  if (held) {
    std::int64_t moved = 0;
    const auto hold = [&](store::Database& database) -> Result<void> {
      PRUUV_TRY_ASSIGN(moved, store::hold_due(database, connection.id, verdict.reason, now_s));
      return {};
    };
    PRUUV_TRY(write_patiently(*services_.database, patience(true), hold));
    // Those in flight are due in the store too; their own answers will say what becomes of them.
    std::int64_t flying = 0;
    for (const auto& [id, sent] : in_flight_) {
      if (sent.connection_id == connection.id)
        flying += static_cast<std::int64_t>(sent.load.items.size());
    }
    count(connection.platform, DeliveryState::held, std::max<std::int64_t>(0, moved - flying));
  }
  for (const Lane::Later& later : lane.later) {
    for (const Again& again : later.events) {
      if (!held || !again.is_due) count(connection.platform, again.state);
    }
  }
  lane.later.clear();
  StoppedConnection stopped;
  stopped.client_id = connection.client_id;
  stopped.platform = connection.platform;
  stopped.name = connection.name;
  stopped.reason = verdict.reason;
  stopped.held = held;
  stopped.detail =
      verdict.message.empty() ? verdict.code : fmt::format("{}: {}", verdict.code, verdict.message);
  summary_.stopped.push_back(std::move(stopped));
  return {};
}

Result<void> Dispatcher::stop_adapter(const Lane& lane, const Verdict& verdict, bool held) {
  for (auto& [id, other] : lanes_) {
    const bool is_concerned = other.target.adapter == lane.target.adapter && other.is_busy();
    if (&other == &lane || is_concerned) PRUUV_TRY(stop(other, verdict, held));
  }
  return {};
}

// One token, used by several connections, fails for all of them: it is not tried with each.
Result<void> Dispatcher::stop_credential(const Lane& lane, const Verdict& verdict, bool held) {
  for (auto& [id, other] : lanes_) {
    const bool is_concerned = other.group == lane.group && other.is_busy();
    if (&other == &lane || is_concerned) PRUUV_TRY(stop(other, verdict, held));
  }
  return {};
}

// The end came first: what is still in hand stays what it is in the store.
void Dispatcher::leave_rest() {
  const bool is_told = services_.stop && services_.stop() != Stop::no;
  for (auto& [id, lane] : lanes_) {
    unload(lane);
    if (!lane.later.empty()) summary_.work_left = true;
    for (const Lane::Later& later : lane.later) {
      for (const Again& again : later.events) count(lane.target.connection->platform, again.state);
    }
    lane.later.clear();
  }
  if (is_told) {
    summary_.early_end = EarlyEnd::signal;
  } else if (options_.deadline_ms && (summary_.work_left || is_stopping())) {
    summary_.early_end = EarlyEnd::deadline;
  }
}

// The store takes no more. What is under way is still worth knowing: it is waited for and told.
void Dispatcher::rescue_answers() {
  constexpr std::int64_t glance_ms = 250;
  while (!in_flight_.empty()) collect(glance_ms);
  for (const Answered& answered : answers_) {
    const Judgement judgement = judge_answer(answered);
    if (!services_.unrecorded) continue;
    services_.unrecorded(
        render_unrecorded(*lanes_.at(answered.sent.connection_id).target.connection,
                          answered.sent.load.items, judgement));
  }
  answers_.clear();
}

}  // namespace pruuv::delivery
