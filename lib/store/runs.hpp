#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/sha256.hpp"
#include "store/database.hpp"

// The run rows, and the run journal beside the store that betrays a restored copy.
namespace pruuv::store {

struct Run {
  std::int64_t id = 0;
  std::string run_id;
};

// Inserts and commits the run row, in a transaction of its own.
Result<Run> begin_run(Database& database, const std::string& command, const std::string& version,
                      std::int64_t now_s);
Result<void> end_run(Database& database, const Run& run, int exit_code, std::int64_t now_s);

struct LastRun {
  std::string command;
  std::int64_t started_at_s = 0;
  std::optional<std::int64_t> ended_at_s;  // nothing: under way, or it died
  int exit_code = 0;                       // where it ended
};
// The newest run that sent, or would have; nothing where there has been none.
Result<std::optional<LastRun>> load_last_run(Database& database);

// <store>.runs: one JSON line a start and an end, fsynced, mode 0600:
// {"store_id","run_id","event":"start|end","chain_head","time"}. The run row is in the store first.
// The caller holds the store's lock: a torn last line of a run that died is taken away here.
Result<void> append_run_journal(const std::string& store_path, const std::string& store_id,
                                const std::string& run_id, bool is_start,
                                const std::string& chain_head_hex, std::int64_t now_s);

// Run ids the journal has for this store_id and the store has not: not empty means that the store
// is an older copy of itself. A missing journal is no error, nor is a torn last line; another
// unreadable line is (store_content).
Result<std::vector<std::string>> runs_missing_from_store(Database& database,
                                                         const std::string& store_id);

// The chain heads the journal has for this store_id, in its order, equal ones in a row once. Each
// was the chain's head at some time, so all are among the links, in this order, unless the store
// was cut short or rewound. Heads of all zeros are left out, and those that went lost with a
// restored copy that was accepted.
struct JournalHead {
  Digest head{};
  std::int64_t line = 0;  // of the journal
};
Result<std::vector<JournalHead>> load_journal_heads(Database& database,
                                                    const std::string& store_id);

// accept-restore: writes the missing runs into the store as rows of command "lost", so that the
// next run finds the two in step. The caller has the transaction.
Result<void> accept_missing_runs(Database& database, const std::vector<std::string>& run_ids,
                                 std::int64_t now_s);

}  // namespace pruuv::store
