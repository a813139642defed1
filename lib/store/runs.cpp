#include "store/runs.hpp"

#include "base/uuid.hpp"

namespace pruuv::store {

Result<Run> begin_run(Database& database, const std::string& command, const std::string& version,
                      std::int64_t now_s) {
  Run run;
  run.run_id = random_uuid();
  PRUUV_TRY_ASSIGN(Transaction transaction, Transaction::begin(database));
  PRUUV_TRY_ASSIGN(Statement* const write,
                   database.prepare("INSERT INTO run (run_id, command, version, started_at)"
                                    " VALUES (?1, ?2, ?3, ?4)"));
  PRUUV_TRY(write->bind(1, run.run_id).bind(2, command).bind(3, version).bind(4, now_s).run());
  run.id = database.last_insert_rowid();
  PRUUV_TRY(transaction.commit());
  return run;
}

Result<void> end_run(Database& database, const Run& run, int exit_code, std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(Statement* const write,
                   database.prepare("UPDATE run SET ended_at = ?2, exit_code = ?3 WHERE id = ?1"));
  return write->bind(1, run.id).bind(2, now_s).bind(3, std::int64_t{exit_code}).run();
}

Result<std::optional<LastRun>> load_last_run(Database& database) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT command, started_at, ended_at, exit_code FROM run"
                                    " WHERE command <> 'lost' ORDER BY id DESC LIMIT 1"));
  std::optional<LastRun> last;
  PRUUV_TRY(read->first([&](const Statement& row) {
    last = LastRun{std::string(row.text(0)), row.integer(1), row.optional_integer(2),
                   static_cast<int>(row.integer(3))};
  }));
  return last;
}

Result<void> accept_missing_runs(Database& database, const std::vector<std::string>& run_ids,
                                 std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(
      Statement* const write,
      database.prepare("INSERT INTO run (run_id, command, version, started_at, ended_at)"
                       " VALUES (?1, 'lost', '', ?2, ?2) ON CONFLICT (run_id) DO NOTHING"));
  for (const std::string& run_id : run_ids) PRUUV_TRY(write->bind(1, run_id).bind(2, now_s).run());
  return {};
}

}  // namespace pruuv::store
