#include "delivery/recovery.hpp"

#include <fmt/format.h>

#include "audit/records.hpp"
#include "delivery/step.hpp"
#include "store/deliveries.hpp"

namespace pruuv::delivery {
namespace {

Result<void> close_as_crashed(store::Database& database, const audit::UnclosedRequest& request,
                              OnUnknown on_unknown, std::int64_t run, std::int64_t now_ms) {
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
    PRUUV_TRY_ASSIGN(auto delivery,
                     store::load_delivery(database, entry.event_seq, request.connection_id));
    if (!delivery) {
      return fail(ErrorKind::store_content,
                  fmt::format("recover request {}: event number {} has no delivery", request.id,
                              entry.event_seq));
    }
    if (!delivery->first_request_id) delivery->first_request_id = request.id;
    const Step step = step_after_crash(*delivery, answer, on_unknown);
    PRUUV_TRY(store::save_delivery(database, step.delivery));
    audit::AttemptRecord attempt;
    attempt.event_seq = entry.event_seq;
    attempt.number = entry.attempt_number;
    attempt.status = step.status;
    attempt.reason = step.delivery.reason;
    attempt.cause = delivery->cause;
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
    const OnUnknown on_unknown =
        target == nullptr ? OnUnknown::hold : target->connection->on_unknown;
    PRUUV_TRY(close_as_crashed(database, request, on_unknown, run, now_ms));
  }
  PRUUV_TRY(transaction.commit());
  return static_cast<std::int64_t>(unclosed.size());
}

}  // namespace pruuv::delivery
