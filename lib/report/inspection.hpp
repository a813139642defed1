#pragma once

#include <string>
#include <vector>

#include "model/inspection.hpp"
#include "model/outcome_count.hpp"
#include "report/table.hpp"

namespace pruuv::report {

// One event for account staff and engineers: what it holds (masked), where it goes and why or why
// not, the exact request (secrets hidden, personal data masked), its attempts so far.
std::string render_inspection(const Inspection& inspection);
std::string render_inspection_json(const Inspection& inspection);

// Connections, without their credentials.
std::string render_connections(const std::vector<Connection>& connections, Format format);

// Where a client's events ended.
std::string render_outcomes(const std::vector<OutcomeCount>& counts, Format format);

}  // namespace pruuv::report
