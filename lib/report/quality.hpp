#pragma once

#include <string>
#include <vector>

#include "model/signal_share.hpp"
#include "report/table.hpp"

namespace pruuv::report {

// What a client's events offer the platforms to match by, and what is missing most: audit
// --quality. One record a connection and signal in JSON and CSV.
std::string render_quality(std::string_view client_id, const std::vector<SignalShares>& shares,
                           Format format);

}  // namespace pruuv::report
