#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "store/database.hpp"

// Accepted requests that their platform judges later, until it has. Writers run inside the caller's
// transaction.
namespace pruuv::store {

struct StatusCheck {
  std::int64_t request_id = 0;
  std::int64_t connection_id = 0;
  std::int64_t due_s = 0;    // not to be asked about before
  std::int64_t until_s = 0;  // nor from then on
};

Result<void> insert_status_check(Database& database, const StatusCheck& check);

// Due ones, the longest due first.
Result<std::vector<StatusCheck>> load_due_status_checks(Database& database, std::int64_t now_s);

Result<void> postpone_status_check(Database& database, std::int64_t request_id, std::int64_t due_s);
Result<void> delete_status_check(Database& database, std::int64_t request_id);

}  // namespace pruuv::store
