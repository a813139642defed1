#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "delivery/roster.hpp"
#include "model/reason.hpp"
#include "store/database.hpp"
#include "store/deliveries.hpp"

// What a second copy of a delivery would be, compared with the one that went last. Sends and writes
// nothing.
namespace pruuv::delivery {

enum class Difference {
  same,                // the same bytes
  other_bytes,         // other bytes under the same dedup key
  other_key,           // another dedup key: to the platform a second conversion
  would_not_go,        // for `reason`
  nothing_to_compare,  // no attempt is on record
};

// "same", "other_bytes" ...: a stable word for JSON.
[[nodiscard]] std::string_view word_of(Difference difference);

struct DiffRow {
  store::DeliveryRow row;
  Difference difference = Difference::same;
  Reason reason = Reason::none;
};

// In the order of `rows`. Events are encoded as a run would do it now, with the connection as it is
// set now.
Result<std::vector<DiffRow>> diff(store::Database& database, const Roster& roster,
                                  const std::vector<store::DeliveryRow>& rows, std::int64_t now_s);

}  // namespace pruuv::delivery
