#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "store/database.hpp"

// What is looked at before a run sends anything: a fault found here costs nothing, one found in the
// middle of a run leaves outcomes unknown.
namespace pruuv::store {

// Whether the file system of the store has room for a run's records: 4 MiB at least. Error io where
// it has not.
Result<void> check_room(const std::string& path);

// After a run that did not come to its end the whole file is read once (PRAGMA quick_check). Error
// store_content where it is damaged. To be asked before the next run has its row.
Result<void> check_after_crash(Database& database);

// A text for people where the store is in WAL mode, its WAL file is longer than that and cannot be
// taken into the store, because somebody reads an old state of it; else "".
inline constexpr std::int64_t wal_bytes_max = std::int64_t{64} << 20;
Result<std::string> wal_warning(const Database& database, std::int64_t bytes_max = wal_bytes_max);

}  // namespace pruuv::store
