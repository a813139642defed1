#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "model/reason.hpp"
#include "store/database.hpp"

namespace pruuv::store {

// Deliveries of a connection that are held for a reason.
struct HeldCount {
  std::int64_t in_time = 0;
  std::int64_t too_old = 0;  // the platform takes them no more: the next run lets them expire
};
Result<HeldCount> count_held(Database& database, std::int64_t connection_id, Reason reason,
                             std::int64_t now_s);

}  // namespace pruuv::store
