#include "audit/diagnoses.hpp"

#include <fmt/format.h>

#include "audit/chain.hpp"

namespace pruuv::audit {

using store::Database;
using store::Statement;

Result<void> append_diagnosis(Database& database, const Diagnosis& diagnosis) {
  PRUUV_TRY_ASSIGN(
      Statement* const write,
      database.prepare(
          "INSERT INTO diagnosis (request_id, position, status, reason, at_ms, message)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
  write->bind(1, diagnosis.request_id);
  write->bind(2, diagnosis.position)
      .bind(3, diagnosis.status)
      .bind_text_or_null(4, diagnosis.reason)
      .bind(5, diagnosis.at_ms);
  PRUUV_TRY(write->bind_text_or_null(6, diagnosis.message).run());
  const std::int64_t id = database.last_insert_rowid();
  CanonicalForm form(RecordKind::diagnosis);
  form.add(id).add(diagnosis.request_id);
  if (diagnosis.position) {
    form.add(*diagnosis.position);
  } else {
    form.add_null();
  }
  form.add(diagnosis.status).add_or_null(diagnosis.reason).add(diagnosis.at_ms);
  form.add_or_null(diagnosis.message);
  return append_link(database, RecordKind::diagnosis, id, form);
}

Result<AcceptedRequest> load_accepted_request(Database& database, std::int64_t request_id) {
  AcceptedRequest request;
  std::int64_t first_attempt = 0, attempts = 0;
  PRUUV_TRY_ASSIGN(
      Statement* const head,
      database.prepare("SELECT c.trace_id, o.opened_at_ms, c.first_attempt, c.attempts"
                       " FROM request_closed c JOIN request_opened o ON o.id = c.request_id"
                       " WHERE c.request_id = ?1"));
  PRUUV_TRY_ASSIGN(const bool is_there, head->bind(1, request_id).first([&](const Statement& row) {
    request.trace_id = row.text(0);
    request.opened_at_ms = row.integer(1);
    first_attempt = row.integer(2);
    attempts = row.integer(3);
  }));
  if (!is_there) {
    return fail(ErrorKind::store_content, fmt::format("read request {} from {}: it is not there",
                                                      request_id, database.path()));
  }
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT event_seq, number, status FROM attempt"
                                    " WHERE id >= ?1 AND id < ?2 ORDER BY id"));
  read->bind(1, first_attempt).bind(2, first_attempt + attempts);
  PRUUV_TRY(read->for_each([&](const Statement& row) {
    request.events.push_back({row.integer(0), static_cast<int>(row.integer(1)),
                              static_cast<AttemptStatus>(row.integer(2))});
  }));
  return request;
}

}  // namespace pruuv::audit
