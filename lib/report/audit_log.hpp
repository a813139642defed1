#pragma once

#include <string>
#include <vector>

#include "model/log_row.hpp"
#include "report/table.hpp"

namespace pruuv::report {

// The rows of conversion_audit_log. JSON: an array of objects with the view's column names, and the
// cause. CSV: the same, with a head line. Table: the cause stands behind the status where it is not
// the schedule.
std::string render_log(const std::vector<LogRow>& rows, Format format);

// Attempts by client, platform and status.
std::string render_log_counts(const std::vector<LogCount>& counts, Format format);

}  // namespace pruuv::report
