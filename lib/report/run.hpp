#pragma once

#include <string>
#include <vector>

#include "model/inspection.hpp"
#include "model/run_summary.hpp"

namespace pruuv::report {

// What a run did, for a person: a table by platform, then what needs somebody's attention.
std::string render_summary(const RunSummary& summary);

// The same as one JSON object on one line. Fields may be added, none is renamed or removed.
std::string render_summary_json(const RunSummary& summary, int exit_code);

// What cron mails: nothing where all went well, else one line a trouble.
std::string render_troubles(const RunSummary& summary);

// What a run would do.
std::string render_dry_run(const RunSummary& summary, const std::vector<DryRunLine>& lines);
std::string render_dry_run_json(const RunSummary& summary, const std::vector<DryRunLine>& lines);

// What the platforms said of events they only checked.
std::string render_validation(const std::vector<ValidationLine>& lines);
std::string render_validation_json(const std::vector<ValidationLine>& lines);

}  // namespace pruuv::report
