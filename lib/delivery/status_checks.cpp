#include "delivery/status_checks.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "base/check.hpp"
#include "delivery/patience.hpp"
#include "store/deliveries.hpp"

namespace pruuv::delivery {
namespace {

// Until a request that was asked about in vain is asked about again.
constexpr std::int64_t ask_again_s = 3'600;
constexpr std::int64_t glance_ms = 250;

std::string_view status_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::rejected:
      return "rejected";
    case Outcome::waiting:
      return "waiting";
    default:
      return "confirmed";
  }
}

void warn(RunSummary& summary, std::string text) {
  if (std::ranges::find(summary.warnings, text) == summary.warnings.end())
    summary.warnings.push_back(std::move(text));
}

}  // namespace

Result<void> StatusChecks::close_unjudged(const store::StatusCheck& check, std::string message) {
  store::Database& database = *services_.database;
  audit::Diagnosis diagnosis;
  diagnosis.request_id = check.request_id;
  diagnosis.status = "unknown";
  diagnosis.message = std::move(message);
  diagnosis.at_ms = services_.clock->now_ms();
  PRUUV_TRY(audit::append_diagnosis(database, diagnosis));
  return store::delete_status_check(database, check.request_id);
}

Result<void> StatusChecks::load() {
  const std::int64_t now_s = services_.clock->now_s();
  PRUUV_TRY_ASSIGN(const auto due, store::load_due_status_checks(*services_.database, now_s));
  std::vector<store::StatusCheck> late;
  for (const store::StatusCheck& check : due) {
    const resolve::Target* target = roster_.of_connection(check.connection_id);
    const bool can_ask = target != nullptr && target->adapter->status_request != nullptr;
    if (check.until_s <= now_s) {
      late.push_back(check);
    } else if (can_ask && !target->connection->paused &&
               is_selected(*target->connection, options_)) {
      Queue& queue = queues_[check.connection_id];
      queue.target = *target;
      queue.checks.push_back(check);
      windows_.try_emplace(target->adapter->name, target->adapter->limits.requests_per_minute);
    }
  }
  if (late.empty()) return {};
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(*services_.database));
  for (const store::StatusCheck& check : late)
    PRUUV_TRY(close_unjudged(check, "the platform gave no verdict in the time it was asked"));
  return transaction.commit();
}

// The rest of the connection's requests is left for a later run.
void StatusChecks::give_up(Queue& queue, const Verdict& verdict) {
  queue.checks.clear();
  const Connection& connection = *queue.target.connection;
  warn(summary_,
       services_.redactor->redact(fmt::format(
           "{} {}: what became of accepted events could not be asked: {}", connection.client_id,
           connection.platform,
           verdict.message.empty() ? verdict.code
                                   : fmt::format("{}: {}", verdict.code, verdict.message))));
}

// False: a token is on its way, or there is none to be had.
bool StatusChecks::read_credential(Queue& queue) {
  TokenDesk::Grant grant = tokens_.ask(queue.target);
  switch (grant.state) {
    case TokenDesk::Grant::State::asked:
      queue.is_asking_token = true;
      return false;
    case TokenDesk::Grant::State::paused:
      queue.not_before_ms = *grant.until_ms;
      return false;
    case TokenDesk::Grant::State::refused:
      give_up(queue, grant.refusal);
      return false;
    case TokenDesk::Grant::State::ready:
      break;
  }
  queue.credential = std::move(grant.credential);
  queue.credential_until_ms = grant.until_ms.value_or(std::numeric_limits<std::int64_t>::max());
  return true;
}

// Starts the queue's next request; false where nothing can be started for it now.
Result<bool> StatusChecks::start_next(Queue& queue) {
  const std::int64_t now_ms = services_.clock->steady_ms();
  if (queue.checks.empty() || queue.is_asking_token || queue.not_before_ms > now_ms) return false;
  const platforms::Platform& adapter = *queue.target.adapter;
  RequestWindow& window = windows_.at(adapter.name);
  if (window.ready_ms(now_ms) > now_ms) {
    queue.checks.clear();
    return false;
  }
  if (queue.credential_until_ms <= now_ms && !read_credential(queue)) return false;
  Asked asked{queue.checks.front(), {}};
  queue.checks.pop_front();
  PRUUV_TRY_ASSIGN(asked.request,
                   audit::load_accepted_request(*services_.database, asked.check.request_id));
  const std::int64_t id = asked.check.request_id;
  window.count(now_ms);
  auto started = services_.client->start(
      id, adapter.status_request(asked.request.trace_id, *queue.target.connection,
                                 *queue.target.endpoint, queue.credential));
  if (!started) {
    Verdict verdict;
    verdict.code = "not started";
    verdict.message = started.error().message;
    give_up(queue, verdict);
    return false;
  }
  in_flight_.emplace(id, std::move(asked));
  return true;
}

Result<bool> StatusChecks::start_some() {
  bool any = false;
  for (auto& [id, queue] : queues_) {
    while (in_flight_.size() + tokens_.in_flight() < options_.in_flight_max) {
      PRUUV_TRY_ASSIGN(const bool started, start_next(queue));
      if (!started) break;
      any = true;
    }
  }
  return any;
}

Result<void> StatusChecks::move(const Asked& asked, const platforms::EventDiagnosis& diagnosis) {
  const audit::AcceptedRequest::Event& event = asked.request.events[diagnosis.position];
  PRUUV_TRY_ASSIGN(auto delivery, store::load_delivery(*services_.database, event.event_seq,
                                                       asked.check.connection_id));
  // Sent once more since: the verdict about the later copy is the one that counts.
  if (!delivery || delivery->state != DeliveryState::accepted ||
      delivery->attempts != event.attempt_number) {
    return {};
  }
  // The platform has not counted it: no copy of it is out there, unless an earlier one may be.
  if (diagnosis.outcome != Outcome::accepted && event.attempt_number == 1)
    delivery->first_unknown_s.reset();
  const Connection& connection = *queues_.at(asked.check.connection_id).target.connection;
  PlatformCounts& counts = summary_.platforms[connection.platform];
  switch (diagnosis.outcome) {
    case Outcome::rejected:
      delivery->state = DeliveryState::rejected;
      delivery->reason = diagnosis.reason;
      ++counts.refused_afterwards;
      break;
    case Outcome::waiting:
      delivery->state = DeliveryState::waiting;
      delivery->reason = diagnosis.reason;
      delivery->next_at_s =
          std::max(services_.clock->now_s(), asked.request.opened_at_ms / 1000 + diagnosis.wait_s);
      ++counts.asked_again;
      break;
    default:
      delivery->state = DeliveryState::confirmed;
      delivery->reason = Reason::none;
      ++counts.confirmed;
      break;
  }
  return store::save_delivery(*services_.database, *delivery);
}

Result<void> StatusChecks::save_event(const Asked& asked,
                                      const platforms::EventDiagnosis& diagnosis) {
  audit::Diagnosis record;
  record.request_id = asked.check.request_id;
  record.position = static_cast<std::int64_t>(diagnosis.position);
  record.status = status_of(diagnosis.outcome);
  record.reason = services_.redactor->redact(diagnosis.code);
  record.message = services_.redactor->redact(diagnosis.message);
  record.at_ms = services_.clock->now_ms();
  PRUUV_TRY(audit::append_diagnosis(*services_.database, record));
  return move(asked, diagnosis);
}

// What is said of single events, then what all others came to.
Result<void> StatusChecks::save_judgement(const Asked& asked,
                                          const platforms::StatusAnswer& answer) {
  store::Database& database = *services_.database;
  std::set<std::size_t> named;
  for (const platforms::EventDiagnosis& diagnosis : answer.events) {
    const bool is_new =
        diagnosis.position < asked.request.events.size() && named.insert(diagnosis.position).second;
    if (is_new) PRUUV_TRY(save_event(asked, diagnosis));
  }
  audit::Diagnosis rest;
  rest.request_id = asked.check.request_id;
  rest.at_ms = services_.clock->now_ms();
  if (answer.rest_accepted && named.size() < asked.request.events.size()) {
    rest.status = "confirmed";
    PRUUV_TRY(audit::append_diagnosis(database, rest));
    for (std::size_t position = 0; position < asked.request.events.size(); ++position) {
      platforms::EventDiagnosis confirmed;
      confirmed.position = position;
      if (!named.contains(position)) PRUUV_TRY(move(asked, confirmed));
    }
  }
  for (const std::string& text : answer.unattributed) {
    rest.status = "unknown";
    rest.message = services_.redactor->redact(text);
    PRUUV_TRY(audit::append_diagnosis(database, rest));
  }
  if (!answer.warning.empty()) {
    rest.status = "warning";
    rest.message = services_.redactor->redact(answer.warning);
    PRUUV_TRY(audit::append_diagnosis(database, rest));
  }
  return store::delete_status_check(database, asked.check.request_id);
}

Result<void> StatusChecks::record(const Asked& asked, const HttpResponse& response) {
  using State = platforms::StatusAnswer::State;
  Queue& queue = queues_.at(asked.check.connection_id);
  const platforms::StatusAnswer answer =
      queue.target.adapter->parse_status(response, asked.request.events.size());
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(*services_.database));
  switch (answer.state) {
    case State::judged:
      PRUUV_TRY(save_judgement(asked, answer));
      break;
    case State::unknown:
      PRUUV_TRY(close_unjudged(asked.check, "the platform does not know this request any more"));
      break;
    case State::failed:
      give_up(queue, answer.failure);
      [[fallthrough]];
    case State::pending:
      PRUUV_TRY(store::postpone_status_check(*services_.database, asked.check.request_id,
                                             services_.clock->now_s() + ask_again_s));
      break;
  }
  return transaction.commit();
}

Result<void> StatusChecks::take_answers(std::int64_t wait_ms) {
  std::vector<http::Client::Completed> answers;
  if (in_flight_.empty() && tokens_.in_flight() == 0) {
    if (wait_ms > 0) services_.clock->sleep_ms(wait_ms);
  } else {
    const bool is_abort = services_.stop && services_.stop() == Stop::now;
    answers = is_abort
                  ? services_.client->abort()
                  : services_.client->wait(tokens_.has_answers() ? 0 : static_cast<int>(wait_ms));
  }
  for (http::Client::Completed& completed : answers) {
    if (completed.id < 0) {
      tokens_.arrived(std::move(completed));
      continue;
    }
    const auto asked = in_flight_.extract(completed.id);
    PRUUV_CHECK(!asked.empty(), "an answer to a request that is in flight");
    PRUUV_TRY(record(asked.mapped(), completed.response));
  }
  for (const TokenDesk::Settled& settled : tokens_.settle()) {
    for (auto& [id, queue] : queues_) {
      const bool is_waiting = queue.is_asking_token && settled.is_about(queue.target);
      if (!is_waiting) continue;
      queue.is_asking_token = false;
      queue.not_before_ms = settled.wait_until_ms;
    }
  }
  return {};
}

Result<void> StatusChecks::ask_all(const std::function<bool()>& is_stopping) {
  PRUUV_TRY(load());
  for (;;) {
    bool any = false;
    const bool may_start = !is_stopping();
    if (may_start) {
      PRUUV_TRY_ASSIGN(any, start_some());
    }
    const bool is_busy = !in_flight_.empty() || tokens_.in_flight() > 0;
    const bool has_more = may_start && std::ranges::any_of(queues_, [](const auto& entry) {
                            return !entry.second.checks.empty();
                          });
    if (!is_busy && !has_more) return {};
    PRUUV_TRY(take_answers(any ? 0 : glance_ms));
  }
}

}  // namespace pruuv::delivery
