#include "delivery/step.hpp"

#include "testing/testing.hpp"

using namespace pruuv;
using delivery::Answer;
using delivery::next_step;
using delivery::Step;

namespace {

constexpr std::int64_t now = 1'795'400'000;
constexpr Answer sent{now - 2, now, true};

Verdict verdict(Outcome outcome, Scope scope, Reason reason = Reason::none) {
  Verdict made;
  made.outcome = outcome;
  made.scope = scope;
  made.reason = reason;
  return made;
}

Step step(const Verdict& v, Delivery before = {}, OnUnknown on_unknown = OnUnknown::resend) {
  return next_step(before, v, sent, on_unknown);
}

}  // namespace

TEST_CASE("an accepted event is at its end and remembers when it may first have arrived") {
  const Step after = step(verdict(Outcome::accepted, Scope::event));
  CHECK(after.delivery.state == DeliveryState::accepted);
  CHECK(after.status == AttemptStatus::accepted);
  CHECK(after.delivery.attempts == 1);
  CHECK(!after.delivery.next_at_s);
  CHECK(after.delivery.first_unknown_s == now - 2);
}

TEST_CASE("a known failure is tried again later and was never unknown") {
  const Step after = step(verdict(Outcome::retryable, Scope::platform));
  CHECK(after.delivery.state == DeliveryState::retryable);
  CHECK(after.delivery.next_at_s == now + 300);
  CHECK(after.delivery.faults == 0);
  CHECK(!after.delivery.first_unknown_s);
}

TEST_CASE("a request that never left is recorded as not sent") {
  const Step after = next_step({}, verdict(Outcome::retryable, Scope::platform), {now, now, false},
                               OnUnknown::resend);
  CHECK(after.status == AttemptStatus::not_sent);
  CHECK(after.delivery.state == DeliveryState::retryable);
}

TEST_CASE("an unknown outcome keeps the time of the first one") {
  Delivery before;
  before.first_unknown_s = now - 1000;
  before.attempts = 1;
  const Step after = step(verdict(Outcome::ambiguous, Scope::event), before);
  CHECK(after.delivery.state == DeliveryState::ambiguous);
  CHECK(after.delivery.first_unknown_s == now - 1000);
  CHECK(step(verdict(Outcome::ambiguous, Scope::event), {}, OnUnknown::hold).delivery.reason ==
        Reason::unknown_outcome_held);
}

TEST_CASE("what the connection did wrong holds the event and never counts against it") {
  for (const Scope scope : {Scope::connection, Scope::credential, Scope::platform}) {
    const Step after = step(verdict(Outcome::rejected, scope, Reason::credential_refused));
    CHECK(after.delivery.state == DeliveryState::held);
    CHECK(after.delivery.reason == Reason::credential_refused);
    CHECK(after.delivery.faults == 0);
    CHECK(!after.delivery.next_at_s);
  }
}

TEST_CASE("an event refused with its whole request is due again at once") {
  for (const Outcome outcome : {Outcome::rejected, Outcome::retryable}) {
    const Step after = step(verdict(outcome, Scope::request));
    CHECK(after.delivery.state == DeliveryState::retryable);
    CHECK(after.delivery.next_at_s == now);
    CHECK(after.delivery.faults == 0);
  }
}

TEST_CASE("waiting costs an event nothing and lasts as long as the platform asks") {
  Verdict wait = verdict(Outcome::waiting, Scope::event);
  CHECK(step(wait).delivery.next_at_s == now + 6 * 3600);
  wait.retry_after_s = 60;
  CHECK(step(wait).delivery.next_at_s == now + 60);
  CHECK(step(wait).delivery.faults == 0);
}

TEST_CASE("an event is given up after six faults of its own and three days, not before") {
  Delivery before;
  before.attempts = 5;
  before.faults = 5;
  before.first_attempt_s = now - 3 * 86400;
  const Verdict own = verdict(Outcome::retryable, Scope::event);
  CHECK(step(own, before).delivery.reason == Reason::given_up);
  CHECK(step(verdict(Outcome::retryable, Scope::platform), before).delivery.state ==
        DeliveryState::retryable);
  before.first_attempt_s = now - 3 * 86400 + 1;
  CHECK(step(own, before).delivery.state == DeliveryState::retryable);
  before.first_attempt_s = now - 30 * 86400;
  before.faults = 4;
  CHECK(step(own, before).delivery.state == DeliveryState::retryable);
}

TEST_CASE("a nightly run always finds a failure of the night before due") {
  CHECK(delivery::backoff_s(1) == 300);
  CHECK(delivery::backoff_s(2) == 600);
  for (int attempts = 0; attempts < 200; ++attempts)
    CHECK(delivery::backoff_s(attempts) <= 6 * 3600);
}

TEST_CASE("a copy that may have arrived goes again inside the dedup window only") {
  Delivery maybe;
  CHECK(delivery::check_resend(maybe, 47 * 3600, now) == Reason::none);
  maybe.first_unknown_s = now - 47 * 3600 + 1;
  CHECK(delivery::check_resend(maybe, 47 * 3600, now) == Reason::none);
  maybe.first_unknown_s = now - 47 * 3600;
  CHECK(delivery::check_resend(maybe, 47 * 3600, now) == Reason::dedup_window_over);
  CHECK(delivery::check_resend(maybe, 0, now) == Reason::none);
}
