#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "delivery/roster.hpp"
#include "store/database.hpp"

namespace pruuv::delivery {

// Closes every request that an earlier run opened and never closed: it died in between. Its
// attempts are recorded as ambiguous, its deliveries are resent inside the dedup window. To be
// called under the lock, before anything is sent. Gives how many requests it closed.
Result<std::int64_t> recover_unclosed_requests(store::Database& database, const Roster& roster,
                                               std::int64_t run, std::int64_t now_ms);

}  // namespace pruuv::delivery
