#pragma once

#include <span>
#include <string>

#include "model/connection_trial.hpp"
#include "report/table.hpp"

namespace pruuv::report {

// Table: a line a connection, "acme google/default: ok: ..., not checked: ...", and below it what a
// person can do. JSON: {"connections": [{"client_id", "platform", "connection", "paused", "ok",
// "fine": [], "fault", "reason", "advice", "may_pass", "remark", "not_checked", "next"}], "exit"};
// empty texts are left out.
[[nodiscard]] std::string render_trials(std::span<const ConnectionTrial> trials, int exit_code,
                                        Format format);

}  // namespace pruuv::report
