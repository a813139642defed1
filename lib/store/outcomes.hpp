#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/outcome_count.hpp"
#include "store/database.hpp"

namespace pruuv::store {

// Every event of a client accounted for, at each of the platforms. [since, until) is of event_time.
// Reads all the client's events.
Result<ClientOutcomes> count_outcomes(Database& database, std::string_view client_id,
                                      const std::vector<std::string_view>& platforms,
                                      std::optional<std::int64_t> since_s,
                                      std::optional<std::int64_t> until_s);

// The clients that events or connections name, by name.
Result<std::vector<std::string>> load_client_ids(Database& database);

}  // namespace pruuv::store
