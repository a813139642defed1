#pragma once

#include <cstdint>
#include <string>

namespace pruuv {

// One attempt as conversion_audit_log shows it.
struct LogRow {
  std::string event_id;
  std::string client_id;
  std::string platform;
  std::string connection;
  std::string status;
  std::string error;
  std::string error_message;
  std::string sent_at;
  std::int64_t retry_count = 0;
  std::int64_t request_id = 0;
  std::string cause;  // who made it due: schedule, retry, replay
};

// Attempts by platform and status, for audit --summary.
struct LogCount {
  std::string client_id;
  std::string platform;
  std::string status;
  std::int64_t attempts = 0;
};
}  // namespace pruuv
