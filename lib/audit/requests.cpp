#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "audit/records.hpp"

// Reading requests back: what recovery and resending need.
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

}  // namespace pruuv::audit
