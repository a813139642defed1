#include "delivery/judge.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "delivery/step.hpp"

namespace pruuv::delivery {
namespace {

bool is_beyond_event(const Verdict& verdict) {
  return verdict.scope != Scope::event && verdict.scope != Scope::request;
}

// The verdict that says most about the connection: one beyond the events where there is one.
const Verdict& leading(const std::vector<Verdict>& verdicts) {
  const auto beyond = std::ranges::find_if(verdicts, is_beyond_event);
  if (beyond != verdicts.end()) return *beyond;
  const auto whole = std::ranges::find(verdicts, Scope::request, &Verdict::scope);
  return whole == verdicts.end() ? verdicts.front() : *whole;
}

Effect effect_of(const Verdict& verdict) {
  if (is_beyond_event(verdict)) {
    if (verdict.outcome == Outcome::rejected) return Effect::blocked;
    if (verdict.outcome == Outcome::retryable) return Effect::failed;
  }
  if (verdict.outcome == Outcome::ambiguous) return Effect::unknown;
  return verdict.scope == Scope::request ? Effect::refused : Effect::went_through;
}

Next next_of(const Verdict& verdict, int tries, OnUnknown on_unknown) {
  switch (verdict.outcome) {
    case Outcome::accepted:
    case Outcome::waiting:
      return Next::done;
    case Outcome::rejected:
      return verdict.scope == Scope::request ? Next::search : Next::done;
    case Outcome::retryable:
      if (verdict.scope == Scope::request) return Next::at_once;
      // Certificates and addresses do not mend themselves within a run.
      if (verdict.reason == Reason::connection_misconfigured) return Next::done;
      return tries + 1 < tries_max ? Next::later : Next::done;
    case Outcome::ambiguous:
      if (on_unknown == OnUnknown::hold) return Next::done;
      return tries + 1 < unknown_tries_max ? Next::later : Next::done;
  }
  return Next::done;
}

bool all_share_error(const std::vector<Verdict>& verdicts) {
  return std::all_of(verdicts.begin(), verdicts.end(), [&](const Verdict& verdict) {
    return verdict.outcome != Outcome::accepted && verdict.code == verdicts.front().code &&
           verdict.message == verdicts.front().message;
  });
}

// Sent again at once is what was refused for another's sake. Where there is no other that is at an
// end, nothing would change: it waits as after any failure.
void keep_progress(std::vector<Next>& next, const Batch& items) {
  if (std::ranges::find_if(next, [](Next one) { return one != Next::at_once; }) != next.end())
    return;
  for (std::size_t i = 0; i < next.size(); ++i)
    next[i] = items[i].tries + 1 < tries_max ? Next::later : Next::done;
}

}  // namespace

Judgement judge(const SentRequest& sent, const Batch& items, const HttpResponse& response,
                const Classification& classification, OnUnknown on_unknown, std::int64_t now_ms,
                const audit::Redactor& redactor) {
  Judgement out;
  audit::ClosedRequest& closed = out.closed;
  closed.request_id = sent.request_id;
  closed.run = sent.run;
  closed.closed_at_ms = now_ms;
  closed.status = response.status;
  closed.bytes_sent = response.bytes_sent;
  closed.transport_code = response.transport_code;
  constexpr std::size_t trace_id_bytes_max = 200;
  closed.trace_id = cut(printable(classification.trace_id), trace_id_bytes_max);
  closed.warning = redactor.redact(classification.warning);

  const std::vector<Verdict>& verdicts = classification.verdicts;
  out.verdict = leading(verdicts);
  out.verdict.code = redactor.redact(out.verdict.code);
  out.verdict.message = redactor.redact(out.verdict.message);
  out.effect = effect_of(out.verdict);
  constexpr int content_too_large = 413;
  out.is_too_large = response.status == content_too_large;
  out.pace = classification.pace;

  const bool is_shared = all_share_error(verdicts);
  if (is_shared) {
    closed.error = redactor.redact(verdicts.front().code);
    closed.error_message = redactor.redact(verdicts.front().message);
  }
  const Answer answer{sent.opened_ms / 1000, now_ms / 1000, response.bytes_sent};
  closed.attempts.reserve(items.size());
  out.after.reserve(items.size());
  out.next.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Delivery& before = items[i].delivery;
    Step step = next_step(before, verdicts[i], answer, on_unknown);
    if (step.delivery.first_unknown_s && !step.delivery.first_request_id) {
      step.delivery.first_request_id = sent.request_id;
    }
    audit::AttemptRecord attempt;
    attempt.event_seq = before.event_seq;
    attempt.number = step.delivery.attempts;
    attempt.status = step.status;
    attempt.reason = step.delivery.reason;
    attempt.cause = before.cause;
    if (!is_shared) {
      attempt.error = redactor.redact(verdicts[i].code);
      attempt.error_message = redactor.redact(verdicts[i].message);
    }
    closed.attempts.push_back(std::move(attempt));
    // Rejected by the state machine for having failed too often: its turn is over.
    const bool is_over = !is_open(step.delivery.state);
    out.next.push_back(is_over ? Next::done : next_of(verdicts[i], items[i].tries, on_unknown));
    out.after.push_back(std::move(step.delivery));
  }
  keep_progress(out.next, items);
  return out;
}

std::string render_unrecorded(const Connection& connection, const Batch& items,
                              const Judgement& judgement) {
  json::Writer out;
  out.begin_object();
  out.key("unrecorded");
  out.begin_object();
  out.member_integer("request_id", judgement.closed.request_id);
  out.member("client_id", connection.client_id);
  out.member("platform", connection.platform);
  out.member("connection", connection.name);
  out.member_integer("status", judgement.closed.status);
  out.key("events");
  out.begin_array();
  for (std::size_t i = 0; i < items.size(); ++i) {
    out.begin_object();
    out.member("event_id", items[i].conversion.event_id);
    out.member("outcome", word_of(judgement.closed.attempts[i].status));
    out.end_object();
  }
  out.end_array();
  out.end_object();
  out.end_object();
  return out.str();
}

}  // namespace pruuv::delivery
