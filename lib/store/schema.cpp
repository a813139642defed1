#include "store/schema.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/text.hpp"
#include "base/uuid.hpp"
#include "model/reason.hpp"
#include "store/backup.hpp"
#include "store/embedded_schema.hpp"
#include "store/file.hpp"
#include "store/health.hpp"
#include "store/lock.hpp"

namespace pruuv::store {
namespace {

constexpr int wal_fixed_in = 3'051'003;  // SQLite's WAL-reset fault: 3.7.0 to 3.51.2

Result<std::int64_t> integer_of(Database& database, std::string_view sql) {
  PRUUV_TRY_ASSIGN(Statement* const statement, database.prepare(sql));
  std::int64_t value = 0;
  PRUUV_TRY(statement->first([&](const Statement& row) { value = row.integer(0); }));
  return value;
}

Result<std::int64_t> schema_version(Database& database) {
  return integer_of(database, "PRAGMA user_version");
}

Result<std::map<std::int64_t, std::string>> load_reason_words(Database& database) {
  std::map<std::int64_t, std::string> words;
  PRUUV_TRY_ASSIGN(Statement* const read, database.prepare("SELECT number, code FROM reason"));
  PRUUV_TRY(read->for_each([&](const Statement& row) { words[row.integer(0)] = row.text(1); }));
  return words;
}

// The words behind the numbers, for people and dashboards that read the store with SQL.
Result<void> save_reason_words(Database& database) {
  constexpr int reason_max = 255;
  PRUUV_TRY_ASSIGN(const auto known, load_reason_words(database));
  std::map<std::int64_t, std::string_view> missing;
  for (int number = 0; number <= reason_max; ++number) {
    const auto reason = reason_of_number(number);
    if (!reason) continue;
    const auto found = known.find(number);
    if (found == known.end() || found->second != code_of(*reason))
      missing[number] = code_of(*reason);
  }
  if (missing.empty()) return {};
  PRUUV_TRY_ASSIGN(Transaction transaction, Transaction::begin(database));
  PRUUV_TRY_ASSIGN(Statement* const write,
                   database.prepare("INSERT INTO reason (number, code) VALUES (?1, ?2)"
                                    " ON CONFLICT (number) DO UPDATE SET code = excluded.code"));
  for (const auto& [number, code] : missing) PRUUV_TRY(write->bind(1, number).bind(2, code).run());
  return transaction.commit();
}

Result<void> fill_new_store(Database& database, std::int64_t now_s) {
  static_assert(application_id == 1347573078, "the pragma below names it");
  PRUUV_TRY(database.execute("PRAGMA application_id = 1347573078"));
  PRUUV_TRY(apply_schema(database, embedded_schema()));
  PRUUV_TRY_ASSIGN(
      Statement* const write,
      database.prepare("INSERT INTO store (one, store_id, created_at) VALUES (1, ?1, ?2)"));
  PRUUV_TRY(write->bind(1, random_uuid()).bind(2, now_s).run());
  PRUUV_TRY(save_reason_words(database));
  return sync_folder_of(database.path());
}

// Under the store's lock, the caller's or our own. A migration that comes to nothing leaves no copy
// behind, so that a disk which is too small does not fill up night by night.
Result<void> bring_up_to_date(Database& database) {
  const auto lock = Lock::take(database.path());
  if (!lock) {
    PRUUV_TRY_ASSIGN(const bool is_ours, is_locked_by_us(database.path()));
    if (!is_ours) return Unexpected(lock.error());
  }
  PRUUV_TRY_ASSIGN(const std::int64_t before, schema_version(database));
  if (before >= newest_version()) return {};  // another run was faster
  PRUUV_TRY_ASSIGN(const std::string backup, make_backup(database, static_cast<int>(before) + 1));
  Result<void> applied = apply_schema(database, embedded_schema());
  if (applied) return applied;
  if (const auto after = schema_version(database); after && *after == before)
    ::unlink(backup.c_str());
  return Unexpected(std::move(applied).error().during("bring the store up to date"));
}

Unexpected no_store_of_ours(const std::string& path) {
  return fail(ErrorKind::store_content, fmt::format("open {}: it is no store of pruuv-send", path),
              "is this the right file? a new store is made with: pruuv-send init");
}

Result<void> check_schema(Database& database) {
  const std::string& path = database.path();
  PRUUV_TRY_ASSIGN(const std::int64_t owner, integer_of(database, "PRAGMA application_id"));
  PRUUV_TRY_ASSIGN(const std::int64_t version, schema_version(database));
  if (owner != application_id || version < 1) return no_store_of_ours(path);
  if (version > newest_version()) {
    return fail(ErrorKind::config,
                fmt::format("open {}: its schema is version {}, this program knows {}", path,
                            version, newest_version()),
                "use the newer pruuv-send that wrote it");
  }
  if (!database.is_read_only()) PRUUV_TRY(check_private(path));
  if (version == newest_version()) return {};
  if (!database.is_read_only()) return bring_up_to_date(database);
  return fail(ErrorKind::config,
              fmt::format("open {} for reading: its schema is version {}, this program needs {}",
                          path, version, newest_version()),
              "any command that writes, such as send, brings it up to date");
}

}  // namespace

int newest_version() { return embedded_schema().back().number; }

std::string sqlite_version() { return sqlite3_libversion(); }

Result<void> apply_schema(Database& database, std::span<const SchemaFile> files) {
  for (const SchemaFile& file : files) {
    PRUUV_TRY_ASSIGN(Transaction transaction, Transaction::begin(database));
    PRUUV_TRY_ASSIGN(const std::int64_t version, schema_version(database));
    if (version >= file.number) continue;
    PRUUV_TRY(database.execute(std::string(file.sql)));
    PRUUV_TRY(database.execute(std::string(file.version_sql)));
    PRUUV_TRY(transaction.commit());
  }
  return {};
}

// Made under another name and given its own when it is whole: whoever dies in between leaves no
// store that takes events and cannot send them.
Result<void> create_store(const std::string& path, std::int64_t now_s) {
  const auto is_taken = [&] {
    return fail(ErrorKind::cannot_create, fmt::format("create the store {}: file exists", path),
                "if it is a store already, there is nothing to do");
  };
  std::error_code unknown;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, unknown))) return is_taken();
  PRUUV_TRY_ASSIGN(std::unique_ptr<Database> database,
                   Database::open(fmt::format("{}.new-{}", path, ::getpid()), OpenMode::create));
  const std::string part = database->path();
  Result<void> filled = fill_new_store(*database, now_s);
  database.reset();
  if (!filled) {
    ::unlink(part.c_str());
    return Unexpected(std::move(filled).error().during("create the store"));
  }
  // Left by a store of that name that is gone: SQLite would take them for the new one's.
  for (const char* const leftover : {"-journal", "-wal", "-shm"})
    ::unlink((path + leftover).c_str());
  // A link, not a rename: it takes no other file's place.
  const int fault = ::link(part.c_str(), path.c_str()) == 0 ? 0 : errno;
  ::unlink(part.c_str());
  if (fault == EEXIST) return is_taken();
  if (fault != 0) {
    return fail(ErrorKind::cannot_create,
                fmt::format("create the store {}: {}", path,
                            ascii_lower(std::generic_category().message(fault))));
  }
  return sync_folder_of(path);
}

Result<std::unique_ptr<Database>> open_store(const std::string& path, OpenMode mode) {
  PRUUV_TRY_ASSIGN(std::unique_ptr<Database> database, Database::open(path, mode));
  PRUUV_TRY(check_schema(*database));
  if (mode != OpenMode::read_only) PRUUV_TRY(save_reason_words(*database));
  return database;
}

Result<void> check_is_store(const std::string& path) {
  // https://sqlite.org/fileformat.html#the_database_header
  constexpr std::string_view magic{"SQLite format 3\0", 16};
  constexpr std::size_t owner_offset = 68;
  constexpr std::size_t header_bytes = 100;
  PRUUV_TRY_ASSIGN(const std::string real, real_path(path));
  PRUUV_TRY_ASSIGN(const File file, File::open(real, O_RDONLY));
  PRUUV_TRY_ASSIGN(const std::string header, file.read_head(header_bytes));
  if (header.size() < header_bytes || !header.starts_with(magic)) return no_store_of_ours(real);
  std::int64_t owner = 0;
  for (const char byte : header.substr(owner_offset, 4))
    owner = owner * 256 + static_cast<unsigned char>(byte);
  if (owner != application_id) return no_store_of_ours(real);
  return {};
}

Result<StoreInfo> load_store_info(Database& database) {
  StoreInfo info;
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare("SELECT store_id, created_at, planned_seq FROM store WHERE one = 1"));
  PRUUV_TRY_ASSIGN(const bool is_there, read->first([&](const Statement& row) {
    info.store_id = row.text(0);
    info.created_at_s = row.integer(1);
    info.planned_seq = row.integer(2);
  }));
  if (!is_there) {
    return fail(ErrorKind::store_content,
                fmt::format("read store from {}: its row is not there", database.path()));
  }
  std::string& mode = info.journal_mode;
  PRUUV_TRY_ASSIGN(Statement* const journal, database.prepare("PRAGMA journal_mode"));
  PRUUV_TRY(journal->first([&](const Statement& row) { mode = row.text(0); }));
  if (mode == "wal" && sqlite3_libversion_number() < wal_fixed_in) {
    info.warning = fmt::format(
        "the store is in WAL mode, which SQLite {} may damage when two programs write (mended in "
        "3.51.3)",
        sqlite3_libversion());
  }
  return info;
}

}  // namespace pruuv::store
