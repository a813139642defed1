#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "delivery/roster.hpp"
#include "model/delivery.hpp"
#include "store/database.hpp"
#include "store/deliveries.hpp"

// `retry` and `replay`: deliveries a person picks to be sent again.
namespace pruuv::delivery {

// What was picked, and what was left out.
struct Picked {
  std::vector<store::DeliveryRow> rows;
  std::vector<store::DeliveryRow> guarded;  // a second copy may count twice: they must be asked for
  std::vector<store::DeliveryRow> too_old;  // the platform takes them no more
};

struct FailedOptions {
  // A reason code ("credential_refused"), or the error of the last attempt, whole or up to its
  // first '/': "190" is also "190/463". "" = all.
  std::string error;
  bool include_ambiguous = false;  // take what may have arrived, too
  std::int64_t now_s = 0;          // what has expired by then is too old
};

// Failed deliveries: rejected, given up, held, known failures that wait for their next turn, and
// unknown outcomes. What may have arrived is guarded, unless asked for, also by its event's id.
// Those of a paused connection stay as they are.
Result<Picked> pick_failed(store::Database& database, store::DeliveryFilter filter,
                           const FailedOptions& options = {});

// Whether the platform may have a copy already: an earlier attempt is not known to have failed.
[[nodiscard]] bool may_have_arrived(const Delivery& delivery);

// Accepted deliveries to be sent a second time. A second copy counts twice where the platform does
// not drop it: outside its dedup window, and always where the platform does not promise to drop the
// second of two server events; those are `guarded` unless `force`.
Result<Picked> pick_accepted(store::Database& database, const Roster& roster,
                             store::DeliveryFilter filter, bool force, std::int64_t now_s);

// Makes them due at once and writes the operator's record, in one transaction.
Result<void> make_due(store::Database& database, const std::vector<store::DeliveryRow>& rows,
                      Cause cause, const std::string& operator_name, std::int64_t now_ms);

}  // namespace pruuv::delivery
