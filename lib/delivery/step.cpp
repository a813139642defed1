#include "delivery/step.hpp"

#include <algorithm>

namespace pruuv::delivery {
namespace {

void move(Delivery& delivery, DeliveryState state, Reason reason) {
  delivery.state = state;
  delivery.reason = reason;
  delivery.next_at_s.reset();
}

void move_until(Delivery& delivery, DeliveryState state, Reason reason, std::int64_t next_at_s) {
  move(delivery, state, reason);
  delivery.next_at_s = next_at_s;
}

Reason or_else(Reason reason, Reason otherwise) {
  return reason == Reason::none ? otherwise : reason;
}

void reject(Step& step, const Verdict& verdict, std::int64_t now_s) {
  switch (verdict.scope) {
    case Scope::event:
      move(step.delivery, DeliveryState::rejected,
           or_else(verdict.reason, Reason::rejected_by_platform));
      step.status = AttemptStatus::rejected;
      return;
    case Scope::request:
      // Some event of the request is bad and the platform does not say which: the request is split.
      move_until(step.delivery, DeliveryState::retryable, Reason::refused_with_others, now_s);
      step.status = AttemptStatus::retryable;
      return;
    case Scope::connection:
    case Scope::credential:
    case Scope::platform:
      move(step.delivery, DeliveryState::held,
           or_else(verdict.reason, Reason::connection_misconfigured));
      step.status = AttemptStatus::held;
      return;
  }
}

void retry(Step& step, const Verdict& verdict, std::int64_t now_s) {
  Delivery& delivery = step.delivery;
  step.status = AttemptStatus::retryable;
  if (verdict.scope == Scope::event) ++delivery.faults;
  const bool old_enough = now_s - delivery.first_attempt_s.value_or(now_s) >= give_up_after_s;
  if (verdict.scope == Scope::event && delivery.faults >= give_up_faults && old_enough) {
    move(delivery, DeliveryState::rejected, Reason::given_up);
    return;
  }
  // Refused only for a neighbour's sake: it may go again at once.
  const std::int64_t asked_s = std::min(verdict.retry_after_s.value_or(0), backoff_s_max);
  const std::int64_t pause =
      verdict.scope == Scope::request ? 0 : std::max(asked_s, backoff_s(delivery.attempts));
  move_until(delivery, DeliveryState::retryable, or_else(verdict.reason, Reason::known_failure),
             now_s + pause);
}

}  // namespace

std::int64_t backoff_s(int attempts) {
  constexpr std::int64_t first_s = 300;
  const int doublings = std::clamp(attempts - 1, 0, 10);
  return std::min(backoff_s_max, first_s << doublings);
}

Step next_step(Delivery delivery, const Verdict& verdict, const Answer& answer,
               OnUnknown on_unknown) {
  Step step{delivery, AttemptStatus::ambiguous};
  Delivery& after = step.delivery;
  ++after.attempts;
  after.cause = Cause::schedule;
  after.crashes = 0;  // this run lives
  if (!after.first_attempt_s) after.first_attempt_s = answer.opened_s;
  const bool may_have_arrived =
      verdict.outcome == Outcome::accepted || verdict.outcome == Outcome::ambiguous;
  if (may_have_arrived && !after.first_unknown_s) after.first_unknown_s = answer.opened_s;

  switch (verdict.outcome) {
    case Outcome::accepted:
      move(after, DeliveryState::accepted, Reason::none);
      step.status = AttemptStatus::accepted;
      break;
    case Outcome::rejected:
      reject(step, verdict, answer.now_s);
      break;
    case Outcome::retryable:
      retry(step, verdict, answer.now_s);
      break;
    case Outcome::waiting: {
      constexpr std::int64_t asked_pause_s = 6 * 3600;
      constexpr std::int64_t asked_pause_s_max = 24 * 3600;
      const std::int64_t pause_s = std::clamp<std::int64_t>(
          verdict.retry_after_s.value_or(asked_pause_s), 0, asked_pause_s_max);
      move_until(after, DeliveryState::waiting, or_else(verdict.reason, Reason::asked_by_platform),
                 answer.now_s + pause_s);
      step.status = AttemptStatus::waiting;
      break;
    }
    case Outcome::ambiguous:
      if (on_unknown == OnUnknown::hold) {
        move(after, DeliveryState::held, Reason::unknown_outcome_held);
      } else {
        move_until(after, DeliveryState::ambiguous, Reason::unknown_outcome,
                   answer.now_s + backoff_s(after.attempts));
      }
      step.status = AttemptStatus::ambiguous;
      break;
  }
  if (!answer.bytes_sent && step.status == AttemptStatus::retryable)
    step.status = AttemptStatus::not_sent;
  return step;
}

Reason check_resend(const Delivery& delivery, std::int64_t dedup_window_s, std::int64_t now_s) {
  if (!delivery.first_unknown_s || dedup_window_s == 0) return Reason::none;
  return now_s - *delivery.first_unknown_s < dedup_window_s ? Reason::none
                                                            : Reason::dedup_window_over;
}

Step step_after_crash(const Delivery& before, const Answer& answer, OnUnknown on_unknown) {
  Step step = next_step(before, crash_verdict(), answer, on_unknown);
  step.delivery.crashes = before.crashes + 1;
  if (step.delivery.crashes >= crashes_max) {
    move(step.delivery, DeliveryState::held, Reason::crashed_runs);
  } else if (step.delivery.next_at_s) {
    // At once: it was no failure of the platform, and a nightly run has but one night in which a
    // second copy is still dropped.
    step.delivery.next_at_s = answer.now_s;
  }
  return step;
}

Verdict crash_verdict() {
  Verdict verdict;
  verdict.outcome = Outcome::ambiguous;
  verdict.scope = Scope::request;
  verdict.code = "crash";
  verdict.message = "the run ended before the answer was recorded";
  return verdict;
}

}  // namespace pruuv::delivery
