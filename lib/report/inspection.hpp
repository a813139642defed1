#pragma once

#include <string>
#include <vector>

#include "model/inspection.hpp"
#include "report/table.hpp"

namespace pruuv::report {

// One event for account staff and engineers: first what became of it at each platform and what to
// do about it, in a line each; then what it holds (masked), everything that speaks against it, what
// it can be matched by, the exact request (secrets hidden, personal data masked), its attempts.
std::string render_inspection(const Inspection& inspection);
std::string render_inspection_json(const Inspection& inspection);

// Connections, without their credentials.
std::string render_connections(const std::vector<Connection>& connections, Format format);

}  // namespace pruuv::report
