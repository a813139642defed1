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

// The name of the network file system the store is on, "" where it is on none that is known: there
// locks may not reach other machines, and a write may be lost after it was confirmed.
Result<std::string> network_file_system(const std::string& path);

// The store holds personal data: error permission, with the chmod, where people who are neither its
// owner nor of its group may read or change it. A group may: dashboards read the store.
Result<void> check_private(const std::string& path);

// After a run that did not come to its end the whole file is read once (PRAGMA quick_check). Error
// store_content where it is damaged. To be asked before the next run has its row.
Result<void> check_after_crash(Database& database);

// A text for people where the store is in WAL mode, its WAL file is longer than that and cannot be
// taken into the store, because somebody reads an old state of it; else "".
inline constexpr std::int64_t wal_bytes_max = std::int64_t{64} << 20;
Result<std::string> wal_warning(const Database& database, std::int64_t bytes_max = wal_bytes_max);

}  // namespace pruuv::store
