#include <algorithm>

#include <fmt/format.h>

#include "audit/records.hpp"
#include "base/check.hpp"
#include "base/text.hpp"
#include "delivery/dispatcher.hpp"
#include "delivery/step.hpp"
#include "store/deliveries.hpp"

namespace pruuv::delivery {
namespace {

// Platform-wide failures in a row after which the rest of the run leaves a platform alone.
constexpr int platform_faults_max = 5;

// A verdict about the connection or more: what the lane does next depends on it.
const Verdict* beyond_event(const Classification& classification) {
  for (const Verdict& verdict : classification.verdicts) {
    if (verdict.scope != Scope::event && verdict.scope != Scope::request) return &verdict;
  }
  return nullptr;
}

bool all_share_error(const std::vector<Verdict>& verdicts) {
  return std::all_of(verdicts.begin(), verdicts.end(), [&](const Verdict& verdict) {
    return verdict.outcome != Outcome::accepted && verdict.code == verdicts.front().code &&
           verdict.message == verdicts.front().message;
  });
}

bool goes_again_at_once(const Verdict& verdict) {
  return verdict.scope == Scope::request &&
         (verdict.outcome == Outcome::rejected || verdict.outcome == Outcome::retryable);
}

audit::ClosedRequest describe(std::int64_t request_id, std::int64_t run, std::int64_t now_ms,
                              const HttpResponse& response, const Classification& classification,
                              const audit::Redactor& redactor) {
  audit::ClosedRequest closed;
  closed.request_id = request_id;
  closed.run = run;
  closed.closed_at_ms = now_ms;
  closed.status = response.status;
  closed.bytes_sent = response.bytes_sent;
  closed.transport_code = response.transport_code;
  closed.trace_id = cut(printable(classification.trace_id), 200);
  closed.warning = redactor.redact(classification.warning);
  if (all_share_error(classification.verdicts)) {
    const Verdict& verdict = classification.verdicts.front();
    closed.error = redactor.redact(verdict.code);
    closed.error_message = redactor.redact(verdict.message);
  }
  return closed;
}

}  // namespace

void Dispatcher::count(const std::string& platform, const Delivery& after) {
  PlatformCounts& counts = summary_.platforms[platform];
  switch (after.state) {
    case DeliveryState::waiting:
      ++counts.waiting;
      break;
    case DeliveryState::retryable:
      ++counts.retryable;
      break;
    case DeliveryState::ambiguous:
      ++counts.ambiguous;
      break;
    case DeliveryState::held:
      ++counts.held;
      break;
    case DeliveryState::accepted:
    case DeliveryState::confirmed:
      ++counts.accepted;
      break;
    case DeliveryState::rejected:
      ++counts.rejected;
      break;
    case DeliveryState::expired:
      ++counts.expired;
      break;
  }
}

// Puts events back to the front of the queue: whole, or in halves where one of them is bad and
// nobody said which. Nothing of a refused request was kept by the platform.
void Dispatcher::requeue(Lane& lane, Batch again, bool split) {
  if (again.empty()) return;
  if (!split || again.size() == 1) {
    lane.queue.push_front(std::move(again));
    return;
  }
  const auto middle = again.begin() + static_cast<std::ptrdiff_t>(again.size() / 2);
  Batch second(std::make_move_iterator(middle), std::make_move_iterator(again.end()));
  again.erase(middle, again.end());
  lane.queue.push_front(std::move(second));
  lane.queue.push_front(std::move(again));
}

Result<void> Dispatcher::stop(Lane& lane, const Verdict& verdict, bool held) {
  if (lane.state == Lane::State::stopped) return {};
  const Connection& connection = *lane.target.connection;
  lane.state = Lane::State::stopped;
  PlatformCounts& counts = summary_.platforms[connection.platform];
  std::int64_t queued = 0;
  for (const Batch& batch : lane.queue) queued += static_cast<std::int64_t>(batch.size());
  if (held) {
    PRUUV_TRY_ASSIGN(const std::int64_t moved,
                     store::hold_due(*services_.database, connection.id, verdict.reason,
                                     services_.clock->now_s()));
    // Those in flight are due in the store too; their own answers will say what becomes of them.
    std::int64_t flying = 0;
    for (const auto& [id, sent] : in_flight_) {
      if (sent.connection_id == connection.id)
        flying += static_cast<std::int64_t>(sent.batch.size());
    }
    counts.held += std::max<std::int64_t>(0, moved - flying);
  } else {
    counts.waiting += queued;
  }
  lane.queue.clear();
  StoppedConnection stopped;
  stopped.client_id = connection.client_id;
  stopped.platform = connection.platform;
  stopped.name = connection.name;
  stopped.reason = verdict.reason;
  stopped.held = held;
  stopped.detail = services_.redactor->redact(
      verdict.message.empty() ? verdict.code
                              : fmt::format("{}: {}", verdict.code, verdict.message));
  summary_.stopped.push_back(std::move(stopped));
  return {};
}

Result<void> Dispatcher::stop_adapter(const platforms::Platform& adapter, const Verdict& verdict,
                                      bool held) {
  for (auto& [id, lane] : lanes_) {
    if (lane.target.adapter == &adapter && lane.has_work()) PRUUV_TRY(stop(lane, verdict, held));
  }
  return {};
}

// What an answer says about the connection, apart from its events.
Result<void> Dispatcher::judge_lane(Lane& lane, const Answered& answered,
                                    const Classification& classification) {
  const platforms::Platform& adapter = *lane.target.adapter;
  const Verdict* verdict = beyond_event(classification);
  if (verdict == nullptr) {
    platform_faults_[adapter.name] = 0;
    const bool unknown = classification.verdicts.front().outcome == Outcome::ambiguous;
    lane.proven = !unknown;
    if (lane.probing_for != Reason::none && !unknown) {
      PRUUV_TRY(store::release_held(*services_.database, answered.sent.connection_id,
                                    lane.probing_for, services_.clock->now_s()));
      lane.probing_for = Reason::none;
      lane.store_is_drained = false;
      lane.position = {};
    }
    return {};
  }
  lane.proven = false;
  if (verdict->outcome == Outcome::rejected) {
    if (verdict->scope == Scope::platform) return stop_adapter(adapter, *verdict, true);
    return stop(lane, *verdict, true);
  }
  if (verdict->scope != Scope::platform) return stop(lane, *verdict, false);
  if (++platform_faults_[adapter.name] >= platform_faults_max)
    return stop_adapter(adapter, *verdict, false);
  return {};
}

Result<void> Dispatcher::record(const Answered& answered) {
  Lane& lane = lanes_.at(answered.sent.connection_id);
  const Connection& connection = *lane.target.connection;
  const std::int64_t now_ms = services_.clock->now_ms();
  const Classification classification =
      lane.target.adapter->classify(answered.response, answered.sent.batch.size());
  PRUUV_CHECK(classification.verdicts.size() == answered.sent.batch.size(), "one verdict an event");

  audit::ClosedRequest closed = describe(answered.request_id, run_.id, now_ms, answered.response,
                                         classification, *services_.redactor);
  const bool shared = all_share_error(classification.verdicts);
  const Answer answer{answered.sent.opened_ms / 1000, now_ms / 1000, answered.response.bytes_sent};
  Batch again;
  bool split = false;
  for (std::size_t i = 0; i < classification.verdicts.size(); ++i) {
    const Verdict& verdict = classification.verdicts[i];
    const Item& item = answered.sent.batch[i];
    Step step = next_step(item.delivery, verdict, answer, connection.on_unknown);
    if (step.delivery.first_unknown_s && !step.delivery.first_request_id) {
      step.delivery.first_request_id = answered.request_id;
    }
    PRUUV_TRY(store::save_delivery(*services_.database, step.delivery));
    audit::AttemptRecord attempt;
    attempt.event_seq = item.delivery.event_seq;
    attempt.number = item.delivery.attempts + 1;
    attempt.status = step.status;
    attempt.reason = step.delivery.reason;
    attempt.cause = item.delivery.cause;
    if (!shared) {
      attempt.error = services_.redactor->redact(verdict.code);
      attempt.error_message = services_.redactor->redact(verdict.message);
    }
    closed.attempts.push_back(std::move(attempt));
    if (goes_again_at_once(verdict)) {
      split = split || verdict.outcome == Outcome::rejected;
      again.push_back({step.delivery, item.conversion});
    } else {
      lane.taken.erase(item.delivery.event_seq);
      count(connection.platform, step.delivery);
    }
  }
  PRUUV_TRY(audit::append_request_closed(*services_.database, closed));
  if (!closed.warning.empty()) {
    const std::string warning = fmt::format("{}: {}", connection.platform, closed.warning);
    auto& warnings = summary_.warnings;
    if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end())
      warnings.push_back(warning);
  }
  --lane.in_flight;
  if (lane.state != Lane::State::stopped) {
    requeue(lane, std::move(again), split);
  } else {
    summary_.platforms[connection.platform].waiting += static_cast<std::int64_t>(again.size());
  }
  return judge_lane(lane, answered, classification);
}

Result<void> Dispatcher::take_answers() {
  constexpr int wait_ms = 1000;
  std::vector<Answered> answers = std::move(unsent_answers_);
  unsent_answers_.clear();
  std::vector<http::Client::Completed> tokens;
  for (http::Client::Completed& completed : services_.client->wait(answers.empty() ? wait_ms : 0)) {
    if (completed.response.status != 0) ++summary_.answered_requests;
    if (completed.id < 0) {
      tokens.push_back(std::move(completed));
      continue;
    }
    auto sent = in_flight_.extract(completed.id);
    PRUUV_CHECK(!sent.empty(), "an answer to a request that is in flight");
    answers.push_back({completed.id, std::move(sent.mapped()), std::move(completed.response)});
  }
  if (answers.empty() && tokens.empty()) return {};
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(*services_.database));
  for (const Answered& answered : answers) PRUUV_TRY(record(answered));
  for (const http::Client::Completed& token : tokens)
    PRUUV_TRY(take_token(token.id, token.response));
  return transaction.commit();
}

}  // namespace pruuv::delivery
