#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "store/database.hpp"

// Making and opening a store. schema/*.sql is embedded in the binary: forward only, numbered, each
// file in one IMMEDIATE transaction; user_version is the number of the last one, application_id
// says whose file it is.
namespace pruuv::store {

inline constexpr std::int64_t application_id = 0x50525556;  // "PRUV"

struct StoreInfo {
  std::string store_id;
  std::int64_t created_at_s = 0;
  std::int64_t planned_seq = 0;
  std::string journal_mode;  // "delete", "wal"
  std::string warning;       // about the file: WAL mode on an SQLite below 3.51.3; else empty
};

// A new store at `path`: mode 0600, journal mode DELETE, a random store_id. Error cannot_create
// where the file is there already (hint: it may be a store already) or the folder is not.
Result<void> create_store(const std::string& path, std::int64_t now_s);

// Opens an existing store. Errors: no_store (hint: init), store_content (not SQLite, not ours,
// damaged), config (a newer schema than this binary knows), permission; for writing also where
// everybody may read or change it (health.hpp). Opened for writing, brings
// an older schema up to date under the store's lock (the caller's, or one taken for as long as it
// lasts; try_again where another run holds it), after a backup beside it (backup.hpp), and writes
// the reason words this binary knows.
// Opened for reading, refuses an older schema with a hint.
Result<std::unique_ptr<Database>> open_store(const std::string& path, OpenMode mode);

// Whether there is a store of ours at all, of whatever schema: by the file's header, so that
// neither an older schema nor the journal of a run that died is in the way. For callers that take
// the lock before they open the store, and would leave its file beside something that is none. Not
// to be asked of a store this process has open: closing a file drops SQLite's locks on it.
Result<void> check_is_store(const std::string& path);

// The schema's version this program makes and needs, and the SQLite it runs with ("3.40.1").
[[nodiscard]] int newest_version();
[[nodiscard]] std::string sqlite_version();

Result<StoreInfo> load_store_info(Database& database);

}  // namespace pruuv::store
