#include "delivery/judge.hpp"

#include "base/json.hpp"
#include "testing/testing.hpp"

using namespace pruuv;
using namespace pruuv::delivery;

namespace {

constexpr std::int64_t now_ms = 1'795'400'000'000;

Verdict verdict(Outcome outcome, Scope scope, Reason reason = Reason::none) {
  Verdict made;
  made.outcome = outcome;
  made.scope = scope;
  made.reason = reason;
  made.code = "code";
  return made;
}

Judgement judge_all(const std::vector<Verdict>& verdicts, int tries = 0, int status = 200,
                    OnUnknown on_unknown = OnUnknown::resend) {
  Batch items(verdicts.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i].delivery.event_seq = static_cast<std::int64_t>(i) + 1;
    items[i].tries = tries;
  }
  HttpResponse response;
  response.status = status;
  response.bytes_sent = true;
  Classification classification;
  classification.verdicts = verdicts;
  return judge({17, 3, now_ms - 2'000}, items, response, classification, on_unknown, now_ms, {});
}

}  // namespace

TEST_CASE("what an answer says about the connection") {
  const auto effect = [](Outcome outcome, Scope scope) {
    return judge_all({verdict(outcome, scope)}).effect;
  };
  CHECK(effect(Outcome::accepted, Scope::event) == Effect::went_through);
  CHECK(effect(Outcome::rejected, Scope::event) == Effect::went_through);
  CHECK(effect(Outcome::waiting, Scope::event) == Effect::went_through);
  CHECK(effect(Outcome::retryable, Scope::event) == Effect::went_through);
  CHECK(effect(Outcome::rejected, Scope::request) == Effect::refused);
  CHECK(effect(Outcome::retryable, Scope::request) == Effect::refused);
  CHECK(effect(Outcome::ambiguous, Scope::request) == Effect::unknown);
  CHECK(effect(Outcome::retryable, Scope::connection) == Effect::failed);
  CHECK(effect(Outcome::retryable, Scope::platform) == Effect::failed);
  CHECK(effect(Outcome::rejected, Scope::credential) == Effect::blocked);
  CHECK(effect(Outcome::rejected, Scope::connection) == Effect::blocked);
}

TEST_CASE("among several verdicts the one that reaches furthest decides") {
  const Verdict accepted = verdict(Outcome::accepted, Scope::event);
  CHECK(judge_all({accepted, verdict(Outcome::rejected, Scope::event)}).effect ==
        Effect::went_through);
  CHECK(judge_all({accepted, verdict(Outcome::retryable, Scope::connection)}).effect ==
        Effect::failed);
  CHECK(judge_all(
            {verdict(Outcome::rejected, Scope::event), verdict(Outcome::retryable, Scope::request)})
            .effect == Effect::refused);
}

TEST_CASE("what the run does next with an event") {
  const auto next = [](Outcome outcome, Scope scope, int tries = 0, Reason reason = Reason::none) {
    return judge_all({verdict(outcome, scope, reason)}, tries).next[0];
  };
  CHECK(next(Outcome::accepted, Scope::event) == Next::done);
  CHECK(next(Outcome::rejected, Scope::event) == Next::done);
  CHECK(next(Outcome::rejected, Scope::connection) == Next::done);
  CHECK(next(Outcome::waiting, Scope::event) == Next::done);
  CHECK(next(Outcome::rejected, Scope::request) == Next::search);

  // Four tries for a known failure, two for an outcome nobody knows.
  CHECK(next(Outcome::retryable, Scope::platform, 2) == Next::later);
  CHECK(next(Outcome::retryable, Scope::platform, 3) == Next::done);
  CHECK(next(Outcome::retryable, Scope::event, 2) == Next::later);
  CHECK(next(Outcome::ambiguous, Scope::request, 0) == Next::later);
  CHECK(next(Outcome::ambiguous, Scope::request, 1) == Next::done);
  CHECK(judge_all({verdict(Outcome::ambiguous, Scope::request)}, 0, 0, OnUnknown::hold).next[0] ==
        Next::done);
  // A certificate that does not fit does not mend itself.
  CHECK(next(Outcome::retryable, Scope::platform, 0, Reason::connection_misconfigured) ==
        Next::done);
}

TEST_CASE("what was refused for another's sake goes at once, if there is another") {
  const Verdict bad = verdict(Outcome::rejected, Scope::event);
  const Verdict company = verdict(Outcome::retryable, Scope::request);
  CHECK(judge_all({bad, company}, 9).next[1] == Next::at_once);
  CHECK(judge_all({company, company}, 0).next == std::vector<Next>{Next::later, Next::later});
  CHECK(judge_all({company, company}, 3).next == std::vector<Next>{Next::done, Next::done});
}

TEST_CASE("an event that is given up is not tried again in the same run") {
  Batch items(1);
  items[0].delivery.faults = 5;
  items[0].delivery.attempts = 9;
  items[0].delivery.first_attempt_s = now_ms / 1000 - 4 * 86400;
  Classification classification;
  classification.verdicts = {verdict(Outcome::retryable, Scope::event)};
  HttpResponse response;
  response.status = 200;
  response.bytes_sent = true;
  const Judgement judgement =
      judge({1, 1, now_ms}, items, response, classification, OnUnknown::resend, now_ms, {});
  CHECK(judgement.after[0].state == DeliveryState::rejected);
  CHECK(judgement.next[0] == Next::done);
}

TEST_CASE("the record names the error once where all events share it") {
  const Judgement shared = judge_all(
      {verdict(Outcome::retryable, Scope::platform), verdict(Outcome::retryable, Scope::platform)});
  CHECK(shared.closed.error == "code");
  CHECK(shared.closed.attempts[0].error.empty());
  const Judgement mixed = judge_all(
      {verdict(Outcome::accepted, Scope::event), verdict(Outcome::rejected, Scope::event)});
  CHECK(mixed.closed.error.empty());
  CHECK(mixed.closed.attempts[1].error == "code");
  CHECK(mixed.closed.attempts[1].status == AttemptStatus::rejected);
  CHECK(mixed.closed.attempts[1].number == 1);
  CHECK(mixed.closed.request_id == 17);
  CHECK(mixed.closed.closed_at_ms == now_ms);
}

TEST_CASE("too large is told apart from refused") {
  CHECK(judge_all({verdict(Outcome::rejected, Scope::request)}, 0, 413).is_too_large);
  CHECK(!judge_all({verdict(Outcome::rejected, Scope::request)}, 0, 400).is_too_large);
}

TEST_CASE("what the store could not take is told by event and outcome") {
  Connection connection;
  connection.client_id = "ac\"me";
  connection.platform = "meta";
  connection.name = "main";
  Batch items(2);
  items[0].conversion.event_id = "one";
  items[1].conversion.event_id = "two";
  const Judgement judgement = judge_all(
      {verdict(Outcome::accepted, Scope::event), verdict(Outcome::rejected, Scope::event)});
  const auto line = json::parse(render_unrecorded(connection, items, judgement));
  REQUIRE(line);
  const json::Value told = line->root()["unrecorded"];
  CHECK(told["client_id"].text() == "ac\"me");
  CHECK(told["request_id"].integer() == 17);
  const auto events = told["events"].items();
  REQUIRE(events.size() == 2);
  CHECK(events[0]["outcome"].text() == "accepted");
  CHECK(events[1]["event_id"].text() == "two");
  CHECK(events[1]["outcome"].text() == "rejected");
}
