#include "audit/records.hpp"

#include <map>

#include <fmt/format.h>

#include "audit/chain.hpp"
#include "store/insert_rows.hpp"

namespace pruuv::audit {
namespace {

using store::Database;
using store::Statement;

Result<std::int64_t> dedup_scope_id(Database& database, const std::string& scope) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT id FROM dedup_scope WHERE scope = ?1"));
  std::int64_t id = 0;
  PRUUV_TRY_ASSIGN(const bool is_known,
                   read->bind(1, scope).first([&](const Statement& row) { id = row.integer(0); }));
  if (is_known) return id;
  PRUUV_TRY_ASSIGN(Statement* const write,
                   database.prepare("INSERT INTO dedup_scope (scope) VALUES (?1)"));
  PRUUV_TRY(write->bind(1, scope).run());
  return database.last_insert_rowid();
}

Result<std::string> pack(Database& database, const std::vector<ManifestEntry>& manifest) {
  std::map<std::string_view, std::int64_t> scope_ids;  // few: a request has one destination
  std::vector<PackedEntry> entries;
  entries.reserve(manifest.size());
  for (const ManifestEntry& entry : manifest) {
    auto known = scope_ids.find(entry.dedup_scope);
    if (known == scope_ids.end()) {
      PRUUV_TRY_ASSIGN(const std::int64_t id, dedup_scope_id(database, entry.dedup_scope));
      known = scope_ids.emplace(entry.dedup_scope, id).first;
    }
    entries.push_back({entry.event_seq, entry.attempt_number, known->second, entry.object_sha256});
  }
  return pack_manifest(entries);
}

Result<void> insert_opened(Database& database, const OpenedRequest& request,
                           std::string_view manifest) {
  PRUUV_TRY_ASSIGN(
      Statement* const write,
      database.prepare(
          "INSERT INTO request_opened (run, connection_id, adapter, endpoint, api_version,"
          " body_sha256, body_bytes, opened_at_ms, events, manifest)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"));
  write->bind(1, request.run).bind(2, request.connection_id).bind(3, request.adapter);
  write->bind(4, request.endpoint).bind(5, request.api_version);
  write->bind_blob(6, as_bytes(request.body_sha256));
  write->bind(7, static_cast<std::int64_t>(request.body_bytes)).bind(8, request.opened_at_ms);
  write->bind(9, static_cast<std::int64_t>(request.manifest.size()));
  return write->bind_blob(10, manifest).run();
}

Result<void> insert_closed(Database& database, const ClosedRequest& request,
                           std::int64_t first_attempt) {
  PRUUV_TRY_ASSIGN(
      Statement* const write,
      database.prepare(
          "INSERT INTO request_closed (request_id, run, closed_at_ms, status, bytes_sent,"
          " transport_code, trace_id, error, error_message, warning, first_attempt, attempts)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"));
  write->bind(1, request.request_id).bind(2, request.run).bind(3, request.closed_at_ms);
  write->bind(4, std::int64_t{request.status}).bind(5, std::int64_t{request.bytes_sent});
  write->bind(6, std::int64_t{request.transport_code}).bind_text_or_null(7, request.trace_id);
  write->bind_text_or_null(8, request.error).bind_text_or_null(9, request.error_message);
  write->bind_text_or_null(10, request.warning).bind(11, first_attempt);
  return write->bind(12, static_cast<std::int64_t>(request.attempts.size())).run();
}

Result<void> insert_attempts(Database& database, const ClosedRequest& request,
                             std::int64_t connection_id, std::int64_t first_attempt) {
  std::int64_t id = first_attempt;
  return store::insert_rows(
      database,
      "INSERT INTO attempt (id, request_id, event_seq, number, status, reason,"
      " cause, error, error_message, connection_id)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
      request.attempts, [&](Statement& write, int before, const AttemptRecord& attempt) {
        write.bind(before + 1, id++).bind(before + 2, request.request_id);
        write.bind(before + 3, attempt.event_seq).bind(before + 4, std::int64_t{attempt.number});
        write.bind(before + 5, static_cast<std::int64_t>(attempt.status));
        write.bind(before + 6, static_cast<std::int64_t>(attempt.reason));
        write.bind(before + 7, static_cast<std::int64_t>(attempt.cause));
        write.bind_text_or_null(before + 8, attempt.error);
        write.bind_text_or_null(before + 9, attempt.error_message);
        write.bind(before + 10, connection_id);
      });
}

// The forms hold what the inserts above write, column by column; verify.cpp reads it back from the
// rows.
CanonicalForm form_of(const OpenedRequest& request, std::int64_t id, std::string_view manifest) {
  CanonicalForm form(RecordKind::request_opened);
  form.add(id)
      .add(request.run)
      .add(request.connection_id)
      .add(request.adapter)
      .add(request.endpoint);
  form.add(request.api_version).add(as_bytes(request.body_sha256));
  form.add(static_cast<std::int64_t>(request.body_bytes)).add(request.opened_at_ms);
  form.add(static_cast<std::int64_t>(request.manifest.size())).add(manifest);
  return form;
}

CanonicalForm form_of(const ClosedRequest& request, std::int64_t first_attempt) {
  CanonicalForm form(RecordKind::request_closed);
  form.add(request.request_id).add(request.run).add(request.closed_at_ms);
  form.add(std::int64_t{request.status}).add(std::int64_t{request.bytes_sent});
  form.add(std::int64_t{request.transport_code}).add_or_null(request.trace_id);
  form.add_or_null(request.error).add_or_null(request.error_message).add_or_null(request.warning);
  form.add(first_attempt).add(static_cast<std::int64_t>(request.attempts.size()));
  for (const AttemptRecord& attempt : request.attempts) {
    form.add(request.request_id).add(attempt.event_seq).add(std::int64_t{attempt.number});
    form.add(static_cast<std::int64_t>(attempt.status))
        .add(static_cast<std::int64_t>(attempt.reason));
    form.add(static_cast<std::int64_t>(attempt.cause))
        .add_or_null(attempt.error)
        .add_or_null(attempt.error_message);
  }
  return form;
}

Result<std::int64_t> next_attempt_id(Database& database) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT coalesce(max(id), 0) + 1 FROM attempt"));
  std::int64_t id = 1;
  PRUUV_TRY(read->first([&](const Statement& row) { id = row.integer(0); }));
  return id;
}

// Gives the connection of the request, whose events must be as many as the attempts.
Result<std::int64_t> check_attempts(Database& database, const ClosedRequest& request) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare("SELECT events, connection_id FROM request_opened WHERE id = ?1"));
  std::int64_t events = 0;
  std::int64_t connection_id = 0;
  PRUUV_TRY(read->bind(1, request.request_id).first([&](const Statement& row) {
    events = row.integer(0);
    connection_id = row.integer(1);
  }));
  if (events > 0 && static_cast<std::size_t>(events) == request.attempts.size())
    return connection_id;
  return fail(ErrorKind::bug, fmt::format("close request {}: it carries {} events, not {}",
                                          request.request_id, events, request.attempts.size()));
}

}  // namespace

Result<std::int64_t> append_request_opened(Database& database, const OpenedRequest& request) {
  if (request.manifest.empty()) return fail(ErrorKind::bug, "open a request: it carries no event");
  PRUUV_TRY_ASSIGN(const std::string manifest, pack(database, request.manifest));
  PRUUV_TRY(insert_opened(database, request, manifest));
  const std::int64_t id = database.last_insert_rowid();
  PRUUV_TRY(append_link(database, RecordKind::request_opened, id, form_of(request, id, manifest)));
  return id;
}

Result<void> append_request_closed(Database& database, const ClosedRequest& request) {
  PRUUV_TRY_ASSIGN(const std::int64_t connection_id, check_attempts(database, request));
  PRUUV_TRY_ASSIGN(const std::int64_t first_attempt, next_attempt_id(database));
  PRUUV_TRY(insert_closed(database, request, first_attempt));
  PRUUV_TRY(insert_attempts(database, request, connection_id, first_attempt));
  return append_link(database, RecordKind::request_closed, request.request_id,
                     form_of(request, first_attempt));
}

Result<void> append_operator_action(Database& database, const OperatorAction& action) {
  PRUUV_TRY_ASSIGN(Statement* const write,
                   database.prepare("INSERT INTO operator_action (at_ms, action, operator, detail)"
                                    " VALUES (?1, ?2, ?3, ?4)"));
  write->bind(1, action.at_ms).bind(2, action.action).bind(3, action.operator_name);
  PRUUV_TRY(write->bind(4, action.detail).run());
  const std::int64_t id = database.last_insert_rowid();
  CanonicalForm form(RecordKind::operator_action);
  form.add(id).add(action.at_ms).add(action.action).add(action.operator_name).add(action.detail);
  return append_link(database, RecordKind::operator_action, id, form);
}

}  // namespace pruuv::audit
