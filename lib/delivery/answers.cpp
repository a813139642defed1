#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "audit/records.hpp"
#include "base/check.hpp"
#include "delivery/dispatcher.hpp"
#include "store/deliveries.hpp"
#include "store/status_checks.hpp"

// What an answer changes: first the store, in one transaction with all that arrived together, then
// the lanes.
namespace pruuv::delivery {
namespace {

// Failures in a row after which the rest of the run leaves a platform alone.
constexpr int platform_failures_max = 5;

// After a whole request was refused for an event nobody names, others carry fewer.
constexpr std::size_t events_max_after_refusal = 100;

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

// A platform that judges later is asked about what it has accepted.
Result<void> Dispatcher::note_status_check(store::Database& database, const Judgement& judgement) {
  const std::int64_t connection_id = judgement.after.front().connection_id;
  const platforms::Platform& adapter = *lanes_.at(connection_id).target.adapter;
  const bool is_any_accepted =
      std::ranges::any_of(judgement.closed.attempts, [](const audit::AttemptRecord& attempt) {
        return attempt.status == AttemptStatus::accepted;
      });
  if (adapter.status_request == nullptr || !is_any_accepted || judgement.closed.trace_id.empty())
    return {};
  const std::int64_t closed_s = judgement.closed.closed_at_ms / 1000;
  return store::insert_status_check(database, {judgement.closed.request_id, connection_id,
                                               closed_s + adapter.limits.status_from_s,
                                               closed_s + adapter.limits.status_until_s});
}

Result<void> Dispatcher::record(const std::vector<Judgement>& judgements) {
  return write_patiently(*services_.database, patience(true),
                         [&](store::Database& database) -> Result<void> {
                           for (const Judgement& judgement : judgements) {
                             PRUUV_TRY(store::save_deliveries(database, judgement.after));
                             PRUUV_TRY(audit::append_request_closed(database, judgement.closed));
                             PRUUV_TRY(note_status_check(database, judgement));
                           }
                           return {};
                         });
}

Result<void> Dispatcher::take_answers() {
  for (const TokenDesk::Settled& settled : tokens_.settle()) PRUUV_TRY(take_token(settled));
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

// The lanes that wait for this token go on, or stop with it.
Result<void> Dispatcher::take_token(const TokenDesk::Settled& settled) {
  for (auto& [id, lane] : lanes_) {
    if (lane.state != Lane::State::asking_token || !settled.is_about(lane.target)) continue;
    lane.state = Lane::State::fresh;
    if (std::exchange(lane.is_doubting, false)) {
      PRUUV_TRY(settle_doubt(lane));
      continue;
    }
    lane.pause.wait_until(settled.wait_until_ms);
    if (settled.refusal)
      PRUUV_TRY(stop(lane, *settled.refusal, settled.refusal->outcome == Outcome::rejected));
  }
  return {};
}

Result<void> Dispatcher::apply(InFlight sent, Judgement judgement) {
  Lane& lane = lanes_.at(sent.connection_id);
  AdapterState& adapter = adapter_of(lane);
  --lane.in_flight;
  bytes_in_flight_ -= sent.body_bytes;
  --adapter.in_flight;
  --groups_[lane.group].in_flight;
  if (!judgement.closed.warning.empty()) {
    std::string text =
        fmt::format("{}: {}", lane.target.connection->platform, judgement.closed.warning);
    auto& warnings = summary_.warnings;
    if (std::ranges::find(warnings, text) == warnings.end()) warnings.push_back(std::move(text));
  }
  PRUUV_TRY(apply_to_lane(lane, sent, judgement));
  PRUUV_TRY(apply_to_events(lane, sent, judgement));
  const std::int64_t pause_ms = std::max(lane.pause.until_ms(), adapter.pause.until_ms());
  const bool is_pausing = pause_ms > services_.clock->steady_ms();
  if (is_pausing && lane.state != Lane::State::stopped) return unload(lane);
  return {};
}

Result<void> Dispatcher::apply_to_lane(Lane& lane, const InFlight& sent,
                                       const Judgement& judgement) {
  switch (judgement.effect) {
    case Effect::went_through:
    case Effect::refused:
      PRUUV_TRY(went_through(lane));
      break;
    case Effect::failed:
      PRUUV_TRY(failed(lane, sent.started_ms, judgement.verdict));
      break;
    case Effect::unknown:
      PRUUV_TRY(unknown(lane, sent.started_ms, judgement.verdict));
      break;
    case Effect::blocked:
      lane.proven = false;
      if (judgement.verdict.scope == Scope::credential) {
        PRUUV_TRY(credential_refused(lane, sent.reading, judgement.verdict));
      } else {
        PRUUV_TRY(stop_scope(lane, judgement.verdict, true));
      }
      break;
  }
  if (judgement.pace.gap_ms > 0)
    lane.pause.wait_until(services_.clock->steady_ms() + judgement.pace.gap_ms);
  if (judgement.pace.rest_of_run && lane.is_busy()) return stop(lane, slow_down(), false);
  return {};
}

// The platform refuses the credential. Somebody may have put a new one in its place since it was
// read: what it refused is held, and if there is a new one, tried again with it.
Result<void> Dispatcher::credential_refused(Lane& lane, int reading, const Verdict& verdict) {
  CredentialGroup& group = groups_[lane.group];
  const bool was_old_one = reading < group.reading || group.doubt;
  if (!was_old_one && group.was_doubted) return stop_scope(lane, verdict, true);
  if (!lane.picked) lane.probing_for = verdict.reason;
  if (was_old_one) return {};
  group.was_doubted = true;
  group.is_proven = false;
  group.doubt = verdict;
  tokens_.doubt(lane.target);
  return settle_doubt(lane);
}

Result<void> Dispatcher::settle_doubt(Lane& lane) {
  CredentialGroup& group = groups_[lane.group];
  const TokenDesk::Grant grant = tokens_.ask(lane.target);
  if (grant.state == TokenDesk::Grant::State::asked) {
    lane.state = Lane::State::asking_token;
    lane.is_doubting = true;
    return {};
  }
  const Verdict verdict = std::exchange(group.doubt, std::nullopt).value();
  if (grant.state != TokenDesk::Grant::State::ready) return stop_scope(lane, verdict, true);
  ++group.reading;
  for (auto& [id, other] : lanes_) {
    if (other.group == lane.group && other.state == Lane::State::ready)
      other.state = Lane::State::fresh;
  }
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
  count(lane.target.connection->platform, DeliveryState::held,
        -std::exchange(lane.refused_counted, 0));
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
    if (verdict.reason == Reason::connection_misconfigured) return stop_scope(lane, verdict, false);
    Pause& pause = adapter_of(lane).pause;
    const bool is_short = pause.fail(started_ms, now_ms, verdict.retry_after_s, random_);
    if (is_short && pause.failures() < platform_failures_max) return {};
    return stop_scope(lane, verdict, false);
  }
  if (lane.pause.is_news(started_ms)) lane.breaker.note(true);
  const bool is_short = lane.pause.fail(started_ms, now_ms, verdict.retry_after_s, random_);
  if (verdict.scope == Scope::credential) {
    if (!is_short) return stop_scope(lane, verdict, false);
    for (auto& [id, other] : lanes_) {
      if (other.group == lane.group) other.pause.wait_until(lane.pause.until_ms());
    }
  }
  if (!is_short || lane.half_open || lane.breaker.is_open()) return stop(lane, verdict, false);
  return {};
}

// Those that are done with are let go; the others come back by what is next for them.
Dispatcher::Sorted Dispatcher::sort_events(Lane& lane, Batch& items, Judgement& judgement) {
  const bool is_stopped = lane.state == Lane::State::stopped;
  const std::int64_t now_s = services_.clock->now_s();
  Sorted sorted;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Item& item = items[i];
    item.delivery = std::move(judgement.after[i]);
    item.is_new = false;
    switch (is_stopped ? Next::done : judgement.next[i]) {
      case Next::done:
        let_go(lane, item.delivery);
        break;
      case Next::at_once:
        sorted.at_once.push_back(std::move(item));
        break;
      case Next::search:
        sorted.suspects.push_back(std::move(item));
        break;
      case Next::later:
        sorted.later.push_back(again_of(item, item.tries + 1, now_s));
        break;
    }
  }
  return sorted;
}

// Held, and let go with the first event that goes through: the run meets them again.
void Dispatcher::await_new_credential(Lane& lane, const Judgement& judgement) {
  for (const Delivery& delivery : judgement.after) {
    if (delivery.state != DeliveryState::held) continue;
    lane.taken.erase(delivery.event_seq);
    lane.refused.insert(delivery.event_seq);
    ++lane.refused_counted;
  }
}

// What goes on at once needs its bytes once more: the same ones, unless the event or the connection
// was changed meanwhile.
Result<void> Dispatcher::encode_again(Lane& lane, Batch& items) {
  if (items.empty()) return {};
  std::vector<Delivery> deliveries;
  std::unordered_map<std::int64_t, int> tries_of;
  for (const Item& item : items) {
    deliveries.push_back(item.delivery);
    tries_of.emplace(item.delivery.event_seq, item.tries);
  }
  PRUUV_TRY_ASSIGN(Prepared prepared, prepare_again(*services_.database, lane.target, deliveries,
                                                    services_.clock->now_s()));
  PRUUV_TRY(save_all(prepared.moved));
  for (const Delivery& delivery : prepared.moved) let_go(lane, delivery);
  items = std::move(prepared.items);
  for (Item& item : items) item.tries = tries_of.at(item.delivery.event_seq);
  return {};
}

Result<void> Dispatcher::apply_to_events(Lane& lane, InFlight& sent, Judgement& judgement) {
  Load& load = sent.load;
  const bool is_bad_one_found = std::ranges::find(judgement.after, DeliveryState::rejected,
                                                  &Delivery::state) != judgement.after.end();
  Sorted sorted = sort_events(lane, load.items, judgement);
  Batch other_half = std::move(load.other_half);
  const bool is_in_doubt =
      lane.probing_for != Reason::none && judgement.verdict.scope == Scope::credential;
  if (is_in_doubt) await_new_credential(lane, judgement);
  if (lane.state == Lane::State::stopped) {
    // Those of a connection that is held were held, and counted, with all that was due.
    for (const Item& item : other_half) {
      if (!lane.is_held) count(lane.target.connection->platform, item.delivery.state);
    }
    return {};
  }
  PRUUV_TRY(encode_again(lane, sorted.at_once));
  PRUUV_TRY(encode_again(lane, sorted.suspects));
  if (!sorted.later.empty()) {
    // Rows that failed in an answer that went through wait alone; else the lane waits with them.
    const std::int64_t due_ms =
        judgement.effect == Effect::went_through
            ? services_.clock->steady_ms() + jitter_ms(1, random_)
            : std::max(lane.pause.until_ms(), adapter_of(lane).pause.until_ms());
    lane.later.push_back({due_ms, std::move(sorted.later)});
  }
  lane.put_back(std::move(sorted.at_once), true);
  if (!sorted.suspects.empty() && judgement.is_too_large) {
    lane.proven = false;  // the next request shows whether half is small enough
    lane.body_bytes_max = std::max<std::size_t>(1, sent.body_bytes / 2);
    lane.put_back(std::move(other_half), true);
    lane.put_back(std::move(sorted.suspects), false);
  } else if (!sorted.suspects.empty()) {
    lane.events_max = std::min(lane.events_max, events_max_after_refusal);
    lane.search({std::move(sorted.suspects), std::move(other_half), true});
  } else if (judgement.effect == Effect::went_through && !is_bad_one_found && !other_half.empty()) {
    lane.search_other_half(std::move(other_half));
  } else {
    lane.put_back(std::move(other_half), true);
  }
  return {};
}

// The run has to end. What is under way is still worth knowing: it is waited for, and recorded if
// the store was only locked or full; else it is told.
void Dispatcher::rescue_answers(ErrorKind cause) {
  while (!in_flight_.empty()) collect(glance_ms);
  std::vector<Judgement> judgements;
  judgements.reserve(answers_.size());
  for (const Answered& answered : answers_) judgements.push_back(judge_answer(answered));
  const bool may_pass = cause == ErrorKind::try_again || cause == ErrorKind::disk_full;
  if (!may_pass || !record(judgements)) {
    for (std::size_t i = 0; i < answers_.size() && services_.unrecorded; ++i) {
      const Lane& lane = lanes_.at(answers_[i].sent.connection_id);
      services_.unrecorded(
          render_unrecorded(*lane.target.connection, answers_[i].sent.load.items, judgements[i]));
    }
  }
  answers_.clear();
}

}  // namespace pruuv::delivery
