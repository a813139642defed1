#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "delivery/roster.hpp"
#include "model/signal_share.hpp"
#include "store/database.hpp"

namespace pruuv::delivery {

// By what the platforms can match the client's events of [since, until) of event_time, for each of
// its connections: of the events that go there, or went. They are encoded again, so that what had
// to be left out does not count. Reads the client's events.
Result<std::vector<SignalShares>> count_signals(store::Database& database, const Roster& roster,
                                                std::string_view client_id,
                                                std::optional<std::int64_t> since_s,
                                                std::optional<std::int64_t> until_s);

}  // namespace pruuv::delivery
