#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/sha256.hpp"
#include "model/delivery.hpp"
#include "model/reason.hpp"
#include "store/database.hpp"

// The append-only records and their hash chain. Every function here runs
// inside the caller's transaction and adds the link of the chain itself.
namespace pruuv::audit {

// One delivery as a request carries it.
struct ManifestEntry {
  std::int64_t event_seq = 0;
  int attempt_number = 1;   // 1 = the first of its delivery
  std::string dedup_scope;  // destination and event name as sent
  Digest object_sha256{};   // of the event's own JSON object
};

struct OpenedRequest {
  std::int64_t run = 0;
  std::int64_t connection_id = 0;
  std::string adapter;
  std::string endpoint;  // URL; never holds a secret
  std::string api_version;
  Digest body_sha256{};
  std::size_t body_bytes = 0;
  std::int64_t opened_at_ms = 0;
  std::vector<ManifestEntry> manifest;
};

// Commit before the first byte leaves. Gives the request's id. Error bug for an empty manifest.
Result<std::int64_t> append_request_opened(store::Database& database, const OpenedRequest& request);

struct AttemptRecord {
  std::int64_t event_seq = 0;
  int number = 1;
  AttemptStatus status = AttemptStatus::ambiguous;
  Reason reason = Reason::none;
  Cause cause = Cause::schedule;
  std::string error;          // the platform's code, "" = none or the request's
  std::string error_message;  // redacted and cut already
};

inline constexpr int transport_code_crash = -1;  // the run died with the request open

struct ClosedRequest {
  std::int64_t request_id = 0;
  std::int64_t run = 0;
  std::int64_t closed_at_ms = 0;
  int status = 0;
  bool bytes_sent = false;
  int transport_code = 0;
  std::string trace_id;
  std::string error;
  std::string error_message;
  std::string warning;
  std::vector<AttemptRecord> attempts;  // one an event of the manifest, in its order
};

// Error bug where the attempts are not as many as the events of the manifest, or the request is
// closed already.
Result<void> append_request_closed(store::Database& database, const ClosedRequest& request);

struct OperatorAction {
  std::int64_t at_ms = 0;
  std::string action;  // retry, replay, backfill, accept-restore, connections-import
  std::string operator_name;
  std::string detail;  // JSON object
};
Result<void> append_operator_action(store::Database& database, const OperatorAction& action);

// Requests opened and not closed: in flight, or the run that opened them died. Under the lock and
// before anything is sent, the latter. In order of opening.
struct UnclosedRequest {
  std::int64_t id = 0;
  std::int64_t connection_id = 0;
  std::int64_t opened_at_ms = 0;
  std::vector<ManifestEntry> manifest;
};
Result<std::vector<UnclosedRequest>> load_unclosed_requests(store::Database& database);

// What the delivery's first request said of it: its dedup scope and object hash then.
Result<std::optional<ManifestEntry>> load_manifest_entry(store::Database& database,
                                                         std::int64_t request_id,
                                                         std::int64_t event_seq);

// The same of its last attempt, whichever way that ended; none before the first.
Result<std::optional<ManifestEntry>> load_last_manifest_entry(store::Database& database,
                                                              std::int64_t connection_id,
                                                              std::int64_t event_seq);

// The platform's code of a delivery's last attempt, its own or the one its request shares; "" where
// there is none.
Result<std::string> load_last_error(store::Database& database, std::int64_t connection_id,
                                    std::int64_t event_seq);

// How a connection's requests went of late: what was opened since then and is closed, newest first.
// `failed`: the request itself came to nothing, by its first attempt: retryable, ambiguous or not
// sent. One that was refused for a neighbour's sake is not, and what a dead run left open says
// nothing about the platform and is left out.
struct RecentRequest {
  std::int64_t closed_at_ms = 0;
  bool failed = false;
};
Result<std::vector<RecentRequest>> load_recent_requests(store::Database& database,
                                                        std::int64_t connection_id,
                                                        std::int64_t since_ms, std::size_t limit);

// The binary form of a manifest, as schema/README.md describes it; scope ids stand for scopes.
struct PackedEntry {
  std::int64_t event_seq = 0;
  int attempt_number = 1;
  std::int64_t dedup_scope_id = 0;
  Digest object_sha256{};
};
// Unpacking refuses (store_content) whatever packing would not have made.
[[nodiscard]] std::string pack_manifest(const std::vector<PackedEntry>& entries);
[[nodiscard]] Result<std::vector<PackedEntry>> unpack_manifest(std::string_view bytes);

}  // namespace pruuv::audit
