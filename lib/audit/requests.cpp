#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "audit/records.hpp"

// Reading requests back: what recovery, resending and judging a connection need.
namespace pruuv::audit {
namespace {

using store::Database;
using store::Statement;

Result<std::string> load_scope(Database& database, std::int64_t id) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT scope FROM dedup_scope WHERE id = ?1"));
  std::string scope;
  PRUUV_TRY_ASSIGN(const bool is_there,
                   read->bind(1, id).first([&](const Statement& row) { scope = row.text(0); }));
  if (is_there) return scope;
  return fail(ErrorKind::store_content,
              fmt::format("read dedup_scope {} from {}: it is not there", id, database.path()));
}

Error in_request(Error error, std::int64_t request_id) {
  return std::move(error).during(fmt::format("read request {}", request_id));
}

Result<std::vector<ManifestEntry>> unpack(Database& database, std::int64_t request_id,
                                          std::string_view bytes) {
  auto packed = unpack_manifest(bytes);
  if (!packed) return Unexpected(in_request(std::move(packed).error(), request_id));
  std::map<std::int64_t, std::string> scopes;
  std::vector<ManifestEntry> entries;
  entries.reserve(packed->size());
  for (const PackedEntry& entry : *packed) {
    auto known = scopes.find(entry.dedup_scope_id);
    if (known == scopes.end()) {
      PRUUV_TRY_ASSIGN(std::string scope, load_scope(database, entry.dedup_scope_id));
      known = scopes.emplace(entry.dedup_scope_id, std::move(scope)).first;
    }
    entries.push_back({entry.event_seq, entry.attempt_number, known->second, entry.object_sha256});
  }
  return entries;
}

bool is_failure(std::int64_t status, std::int64_t reason) {
  switch (static_cast<AttemptStatus>(status)) {
    case AttemptStatus::retryable:
      return reason != static_cast<std::int64_t>(Reason::refused_with_others);
    case AttemptStatus::ambiguous:
    case AttemptStatus::not_sent:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<std::vector<UnclosedRequest>> load_unclosed_requests(Database& database) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare("SELECT o.id, o.connection_id, o.opened_at_ms, o.manifest"
                       " FROM open_request u CROSS JOIN request_opened o WHERE o.id = u.request_id"
                       " ORDER BY u.request_id"));
  std::vector<UnclosedRequest> requests;
  std::vector<std::string> manifests;
  PRUUV_TRY(read->for_each([&](const Statement& row) {
    requests.push_back({row.integer(0), row.integer(1), row.integer(2), {}});
    manifests.emplace_back(row.blob(3));
  }));
  for (std::size_t i = 0; i < requests.size(); ++i) {
    PRUUV_TRY_ASSIGN(requests[i].manifest, unpack(database, requests[i].id, manifests[i]));
  }
  return requests;
}

Result<std::optional<ManifestEntry>> load_manifest_entry(Database& database,
                                                         std::int64_t request_id,
                                                         std::int64_t event_seq) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT manifest FROM request_opened WHERE id = ?1"));
  std::string manifest;
  PRUUV_TRY(read->bind(1, request_id).first([&](const Statement& row) { manifest = row.blob(0); }));
  auto packed = unpack_manifest(manifest);
  if (!packed) return Unexpected(in_request(std::move(packed).error(), request_id));
  const auto entry =
      std::find_if(packed->begin(), packed->end(),
                   [&](const PackedEntry& candidate) { return candidate.event_seq == event_seq; });
  if (entry == packed->end()) return std::optional<ManifestEntry>();
  PRUUV_TRY_ASSIGN(std::string scope, load_scope(database, entry->dedup_scope_id));
  return std::optional<ManifestEntry>(ManifestEntry{entry->event_seq, entry->attempt_number,
                                                    std::move(scope), entry->object_sha256});
}

Result<std::optional<ManifestEntry>> load_last_manifest_entry(Database& database,
                                                              std::int64_t connection_id,
                                                              std::int64_t event_seq) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare("SELECT o.id FROM attempt a CROSS JOIN request_opened o"
                       " WHERE a.connection_id = ?2 AND a.event_seq = ?1 AND o.id = a.request_id"
                       " ORDER BY a.number DESC, a.id DESC LIMIT 1"));
  std::int64_t request_id = 0;
  read->bind(1, event_seq).bind(2, connection_id);
  PRUUV_TRY_ASSIGN(const bool is_there,
                   read->first([&](const Statement& row) { request_id = row.integer(0); }));
  if (!is_there) return std::optional<ManifestEntry>();
  return load_manifest_entry(database, request_id, event_seq);
}

Result<std::string> load_last_error(Database& database, std::int64_t connection_id,
                                    std::int64_t event_seq) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare("SELECT coalesce(a.error, c.error) FROM attempt a"
                       " CROSS JOIN request_opened o CROSS JOIN request_closed c"
                       " WHERE a.connection_id = ?2 AND a.event_seq = ?1 AND o.id = a.request_id"
                       " AND c.request_id = o.id ORDER BY a.number DESC, a.id DESC LIMIT 1"));
  std::string error;
  read->bind(1, event_seq).bind(2, connection_id);
  PRUUV_TRY(read->first([&](const Statement& row) { error = row.text(0); }));
  return error;
}

Result<std::vector<RecentRequest>> load_recent_requests(Database& database,
                                                        std::int64_t connection_id,
                                                        std::int64_t since_ms, std::size_t limit) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "SELECT c.closed_at_ms, a.status, a.reason FROM request_opened o"
          " CROSS JOIN request_closed c CROSS JOIN attempt a"
          " WHERE o.connection_id = ?1 AND o.opened_at_ms >= ?2 AND c.request_id = o.id"
          " AND c.transport_code <> ?3 AND a.id = c.first_attempt"
          " ORDER BY o.opened_at_ms DESC, o.id DESC LIMIT ?4"));
  read->bind(1, connection_id).bind(2, since_ms).bind(3, std::int64_t{transport_code_crash});
  read->bind(4, static_cast<std::int64_t>(limit));
  std::vector<RecentRequest> requests;
  PRUUV_TRY(read->for_each([&](const Statement& row) {
    requests.push_back({row.integer(0), is_failure(row.integer(1), row.integer(2))});
  }));
  return requests;
}

}  // namespace pruuv::audit
