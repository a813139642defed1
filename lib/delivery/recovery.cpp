#include "delivery/recovery.hpp"

#include <fmt/format.h>

#include "audit/records.hpp"
#include "delivery/step.hpp"
#include "resolve/resolve.hpp"
#include "store/deliveries.hpp"
#include "store/events.hpp"

namespace pruuv::delivery {
namespace {

// A new delivery gets its row with the first answer: where there was none, it is made now.
Result<Delivery> load_or_make(store::Database& database, const audit::UnclosedRequest& request,
                              std::int64_t event_seq, const resolve::Target* target,
                              std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(const auto known,
                   store::load_delivery(database, event_seq, request.connection_id));
  if (known) return *known;
  PRUUV_TRY_ASSIGN(const auto event, store::load_event(database, event_seq));
  if (!event || target == nullptr) {
    return fail(ErrorKind::store_content,
                fmt::format("recover request {}: event number {} or the adapter of connection "
                            "number {} is not there",
                            request.id, event_seq, request.connection_id));
  }
  Delivery made;
  made.event_seq = event_seq;
  made.connection_id = request.connection_id;
  made.next_at_s = now_s;
  made.expires_s =
      target->adapter->timing(*event, *target->connection, *target->endpoint, now_s).expires_s;
  return made;
}

Result<void> close_as_crashed(store::Database& database, const audit::UnclosedRequest& request,
                              const resolve::Target* target, std::int64_t run,
                              std::int64_t now_ms) {
  const OnUnknown on_unknown = target == nullptr ? OnUnknown::hold : target->connection->on_unknown;
  const Verdict verdict = crash_verdict();
  audit::ClosedRequest closed;
  closed.request_id = request.id;
  closed.run = run;
  closed.closed_at_ms = now_ms;
  closed.bytes_sent = true;  // nobody can know; the cautious reading
  closed.transport_code = audit::transport_code_crash;
  closed.error = verdict.code;
  closed.error_message = verdict.message;
  const Answer answer{request.opened_at_ms / 1000, now_ms / 1000, true};
  for (const audit::ManifestEntry& entry : request.manifest) {
    PRUUV_TRY_ASSIGN(Delivery delivery,
                     load_or_make(database, request, entry.event_seq, target, now_ms / 1000));
    if (!delivery.first_request_id) delivery.first_request_id = request.id;
    const Step step = step_after_crash(delivery, answer, on_unknown);
    PRUUV_TRY(store::save_delivery(database, step.delivery));
    audit::AttemptRecord attempt;
    attempt.event_seq = entry.event_seq;
    attempt.number = entry.attempt_number;
    attempt.status = step.status;
    attempt.reason = step.delivery.reason;
    attempt.cause = delivery.cause;
    closed.attempts.push_back(attempt);
  }
  return audit::append_request_closed(database, closed);
}

}  // namespace

Result<std::int64_t> recover_unclosed_requests(store::Database& database, const Roster& roster,
                                               std::int64_t run, std::int64_t now_ms) {
  PRUUV_TRY_ASSIGN(const auto unclosed, audit::load_unclosed_requests(database));
  if (unclosed.empty()) return 0;
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database));
  for (const audit::UnclosedRequest& request : unclosed) {
    const resolve::Target* target = roster.of_connection(request.connection_id);
    PRUUV_TRY(close_as_crashed(database, request, target, run, now_ms));
  }
  PRUUV_TRY(transaction.commit());
  return static_cast<std::int64_t>(unclosed.size());
}

}  // namespace pruuv::delivery
