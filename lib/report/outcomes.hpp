#pragma once

#include <string>
#include <vector>

#include "model/outcome_count.hpp"
#include "report/table.hpp"

namespace pruuv::report {

// What became of clients' events: audit --summary. The table ends each platform with the sum, which
// is the number of events. JSON and CSV: one record a client, platform, outcome and reason; before
// them, with an empty platform, the client's `events` and those `without_click_id`. `platform` ""
// shows all.
std::string render_outcomes(const std::vector<ClientOutcomes>& clients, std::string_view platform,
                            Format format);

}  // namespace pruuv::report
