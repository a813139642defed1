#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/outcome_count.hpp"
#include "store/database.hpp"

namespace pruuv::store {

// Every event of a client accounted for: by platform, outcome and reason; those no run has looked
// at yet as `unplanned`, with an empty platform. [since, until) is of event_time. Reads all the
// client's events.
Result<std::vector<OutcomeCount>> count_outcomes(Database& database, std::string_view client_id,
                                                 std::optional<std::int64_t> since_s,
                                                 std::optional<std::int64_t> until_s);

}  // namespace pruuv::store
