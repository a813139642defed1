#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/log_row.hpp"
#include "store/database.hpp"

// Reading the rows of conversion_audit_log, the public view, each with its cause. Both functions go
// through the requests of the filter's connections and time, or through the attempts of its event;
// never through all history unless the filter says all.
namespace pruuv::audit {

struct LogFilter {
  std::string client_id;  // "" = all
  std::string event_id;   // "" = all, as below; without regard to case
  std::string platform;
  std::string status;                            // a word of AttemptStatus
  std::optional<std::int64_t> since_s, until_s;  // of sent_at, [since, until)
  std::size_t limit = 0;                         // 0 = no limit
};

struct LogPage {
  std::vector<LogRow> rows;  // the newest `limit`, newest first
  bool more = false;         // there are older ones
};
Result<LogPage> load_log(store::Database& database, const LogFilter& filter);

// Attempts by client, platform and status: audit --summary.
Result<std::vector<LogCount>> count_log(store::Database& database, const LogFilter& filter);

// Attempts of the period that were sent although an earlier one of the same delivery may have
// arrived, by client and platform: the copies a platform had to drop. `status` is
// "resent_after_unknown".
Result<std::vector<LogCount>> count_resent_after_unknown(store::Database& database,
                                                         const LogFilter& filter);

}  // namespace pruuv::audit
