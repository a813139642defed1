#include "store/status_checks.hpp"

namespace pruuv::store {

Result<void> insert_status_check(Database& database, const StatusCheck& check) {
  PRUUV_TRY_ASSIGN(Statement* const write,
                   database.prepare("INSERT INTO status_check (request_id, connection_id, due_at,"
                                    " until) VALUES (?1, ?2, ?3, ?4)"));
  write->bind(1, check.request_id)
      .bind(2, check.connection_id)
      .bind(3, check.due_s)
      .bind(4, check.until_s);
  return write->run();
}

Result<std::vector<StatusCheck>> load_due_status_checks(Database& database, std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT request_id, connection_id, due_at, until"
                                    " FROM status_check WHERE due_at <= ?1 ORDER BY due_at"));
  read->bind(1, now_s);
  std::vector<StatusCheck> checks;
  PRUUV_TRY(read->for_each([&](const Statement& row) {
    checks.push_back({row.integer(0), row.integer(1), row.integer(2), row.integer(3)});
  }));
  return checks;
}

Result<void> postpone_status_check(Database& database, std::int64_t request_id,
                                   std::int64_t due_s) {
  PRUUV_TRY_ASSIGN(Statement* const write,
                   database.prepare("UPDATE status_check SET due_at = ?2 WHERE request_id = ?1"));
  write->bind(1, request_id).bind(2, due_s);
  return write->run();
}

Result<void> delete_status_check(Database& database, std::int64_t request_id) {
  PRUUV_TRY_ASSIGN(Statement* const write,
                   database.prepare("DELETE FROM status_check WHERE request_id = ?1"));
  write->bind(1, request_id);
  return write->run();
}

}  // namespace pruuv::store
