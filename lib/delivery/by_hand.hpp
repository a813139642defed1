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

// What was picked, and what was left out for want of --force.
struct Picked {
  std::vector<store::DeliveryRow> rows;
  std::vector<store::DeliveryRow> guarded;
};

// Failed deliveries: rejected, given up, held, and known failures that wait for their next turn. A
// paused connection's stay held.
Result<Picked> pick_failed(store::Database& database, store::DeliveryFilter filter);

// Accepted deliveries to be sent a second time. A second copy counts twice where the platform does
// not drop it: outside its dedup window, and always where the platform does not promise to drop the
// second of two server events; those are `guarded` unless `force`.
Result<Picked> pick_accepted(store::Database& database, const Roster& roster,
                             store::DeliveryFilter filter, bool force, std::int64_t now_s);

// Makes them due at once and writes the operator's record, in one transaction.
Result<void> make_due(store::Database& database, const std::vector<store::DeliveryRow>& rows,
                      Cause cause, const std::string& operator_name, std::int64_t now_ms);

}  // namespace pruuv::delivery
