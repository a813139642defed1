#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/event.hpp"
#include "store/database.hpp"

// funnel_event: written by the collector and by import, only read otherwise.
namespace pruuv::store {

enum class Inserted {
  stored,
  known,     // the same id with the same content is there
  conflict,  // the same id with other content is there; the stored one stays
};

// One event; the caller has the transaction. Empty optional fields become NULL. In the two columns
// that take anything (click_timestamp, limited_data_use) a plain integer is stored as one; it reads
// back as the same text.
Result<Inserted> insert_event(Database& database, const FunnelEvent& event);

// By id, without regard to case.
Result<std::optional<FunnelEvent>> load_event(Database& database, std::string_view id);
Result<std::optional<FunnelEvent>> load_event(Database& database, std::int64_t seq);

// At most `limit` events with seq > after_seq, in order of seq.
Result<std::vector<FunnelEvent>> load_events_after(Database& database, std::int64_t after_seq,
                                                   std::size_t limit);

// The same events one after the other, each valid only while `take` has it. `take` must not touch
// the database: the SELECT stands open while it runs. A failure of `take` ends the reading and is
// handed on.
Result<void> read_events_after(Database& database, std::int64_t after_seq, std::size_t limit,
                               const std::function<Result<void>(const FunnelEvent&)>& take);

// The highest seq ever given; 0 in a new store.
Result<std::int64_t> last_event_seq(Database& database);

// The lowest seq of events received at or after that time, less one: the from_seq of a backfill.
// The time of arrival has no index: the number is found by bisection, some twenty look-ups. Arrival
// follows seq but for steps of the collector's clock; beside such a step the answer may be off by
// the events in it.
Result<std::int64_t> seq_before_time(Database& database, std::int64_t received_at_s);

// The numbers of a client's events that a run has looked at, in their order; [since, until) is of
// event_time.
Result<std::vector<std::int64_t>> load_event_seqs(Database& database, std::string_view client_id,
                                                  std::optional<std::int64_t> since_s,
                                                  std::optional<std::int64_t> until_s);

}  // namespace pruuv::store
