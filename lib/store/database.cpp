#include "store/database.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>
#include <unordered_map>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/check.hpp"
#include "store/file.hpp"
#include "store/sqlite_error.hpp"

namespace pruuv::store {
namespace {

// Lets the cache be asked with a view, without a copy of the SQL text, and for each row of a run:
// how a text begins, ends, and how long it is tell one from another.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    constexpr std::size_t looked_at = 24;
    const std::hash<std::string_view> hash;
    const std::string_view end = text.substr(text.size() - std::min(looked_at, text.size()));
    return hash(text.substr(0, looked_at)) ^ (hash(end) * 31) ^ text.size();
  }
};

int wait_while_busy(void* /*unused*/, int earlier_tries) {
  const int wait_ms = busy_wait_ms(earlier_tries);
  if (wait_ms == 0) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms));
  return 1;
}

int flags_of(OpenMode mode) {
  const int access = mode == OpenMode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  return access | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
         SQLITE_OPEN_EXRESCODE;
}

// None of these touches the file. The rows come from a collector on the internet: what SQLite can
// be talked into by a hostile file is turned off.
int configure(sqlite3* handle) {
  sqlite3_busy_handler(handle, &wait_while_busy, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  return sqlite3_exec(handle,
                      "PRAGMA foreign_keys = ON;"
                      "PRAGMA recursive_triggers = ON;"
                      "PRAGMA synchronous = FULL;"
                      "PRAGMA cell_size_check = ON;"
                      "PRAGMA temp_store = MEMORY;"  // no personal data in /tmp
                      "PRAGMA mmap_size = 0;"
                      "PRAGMA cache_size = -2048;",
                      nullptr, nullptr, nullptr);
}

}  // namespace

struct Database::State {
  std::string path;
  sqlite3* handle = nullptr;
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    statements.clear();
    sqlite3_close(handle);
  }
};

Database::Database(std::string path) : state_(std::make_unique<State>()) {
  state_->path = std::move(path);
}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const std::string& path, OpenMode mode) {
  PRUUV_TRY_ASSIGN(std::string real,
                   mode == OpenMode::create ? create_file(path) : real_path(path));
  std::unique_ptr<Database> database(new Database(std::move(real)));
  State& state = *database->state_;
  int code = sqlite3_open_v2(state.path.c_str(), &state.handle, flags_of(mode), nullptr);
  if (code == SQLITE_OK) code = configure(state.handle);
  if (code != SQLITE_OK) return Unexpected(database->error_of(code, "open"));
  // SQLite falls back to reading when it may not write, and would say so only at the first write.
  if (mode != OpenMode::read_only && database->is_read_only()) {
    return Unexpected(database->error_of(SQLITE_READONLY, "open for writing"));
  }
  return database;
}

Result<Statement*> Database::prepare(std::string_view sql) {
  const auto known = state_->statements.find(sql);
  if (known != state_->statements.end()) {
    known->second.reset();
    sqlite3_clear_bindings(known->second.handle_);
    return &known->second;
  }
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(state_->handle, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (code != SQLITE_OK) return Unexpected(error_of(code, doing_of(sql)));
  PRUUV_CHECK(handle != nullptr, "an SQL text without a statement");
  return &state_->statements.try_emplace(std::string(sql), Statement(*this, handle)).first->second;
}

Result<void> Database::expect_many_events() {
  sqlite3_db_config(state_->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  return execute("PRAGMA ignore_check_constraints = ON; PRAGMA cache_size = -18432");
}

Result<void> Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(state_->handle, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return Unexpected(error_of(code, doing_of(sql)));
  return {};
}

std::int64_t Database::last_insert_rowid() const {
  return sqlite3_last_insert_rowid(state_->handle);
}
std::int64_t Database::changes() const { return sqlite3_changes64(state_->handle); }
const std::string& Database::path() const { return state_->path; }
bool Database::is_read_only() const { return sqlite3_db_readonly(state_->handle, "main") == 1; }

Error Database::error_of(int sqlite_code, std::string_view doing) const {
  const int system_error = state_->handle == nullptr ? 0 : sqlite3_system_errno(state_->handle);
  // The connection's own text is richer, but only where it is about this code.
  const bool is_last =
      state_->handle != nullptr && sqlite3_extended_errcode(state_->handle) == sqlite_code;
  const char* cause = is_last ? sqlite3_errmsg(state_->handle) : sqlite3_errstr(sqlite_code);
  return Error{kind_of_sqlite(sqlite_code, system_error),
               fmt::format("{} {}: {}", doing, state_->path, cause),
               std::string(hint_of_sqlite(sqlite_code, system_error))};
}

Result<void> Database::copy_to(const std::string& path) const {
  Database copy(path);
  int code =
      sqlite3_open_v2(path.c_str(), &copy.state_->handle, flags_of(OpenMode::read_write), nullptr);
  if (code != SQLITE_OK) return Unexpected(copy.error_of(code, "open"));
  sqlite3_backup* const copying =
      sqlite3_backup_init(copy.state_->handle, "main", state_->handle, "main");
  if (copying != nullptr) {
    constexpr int all_pages = -1;
    code = sqlite3_backup_step(copying, all_pages);
    const int finished = sqlite3_backup_finish(copying);
    if (code == SQLITE_DONE) code = finished;
  } else {
    code = sqlite3_extended_errcode(copy.state_->handle);
  }
  if (code != SQLITE_OK) return Unexpected(copy.error_of(code, "copy the store to"));
  return {};
}

Result<bool> Database::checkpoint() const {
  int frames = 0;
  int taken = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(state_->handle, "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &taken);
  if ((code & 0xFF) == SQLITE_BUSY) return false;
  if (code != SQLITE_OK) return Unexpected(error_of(code, "take the WAL into"));
  return taken >= frames;
}

std::vector<std::string> Database::prepared() const {
  std::vector<std::string> texts;
  for (const auto& [sql, statement] : state_->statements) texts.push_back(sql);
  return texts;
}

bool Database::is_reading() const {
  for (const auto& [sql, statement] : state_->statements) {
    if (sqlite3_stmt_busy(statement.handle_) != 0) return true;
  }
  return false;
}

Result<Transaction> Transaction::begin(Database& database) {
  PRUUV_TRY_ASSIGN(Statement* const begin_now, database.prepare("BEGIN IMMEDIATE"));
  const auto begun = begin_now->run();
  if (!begun) return Unexpected(begun.error());
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  // SQLite has rolled back by itself after some faults (disk full); this one then fails, and may.
  if (auto rollback = database_->prepare("ROLLBACK"); rollback) (void)(*rollback)->run();
}

Result<void> Transaction::commit() {
  PRUUV_CHECK(database_ != nullptr, "a transaction committed twice");
  PRUUV_CHECK(!database_->is_reading(), "a commit while a SELECT is open");
  PRUUV_TRY_ASSIGN(Statement* const commit_now, database_->prepare("COMMIT"));
  PRUUV_TRY(commit_now->run());
  database_ = nullptr;
  return {};
}

Result<Snapshot> Snapshot::begin(Database& database) {
  PRUUV_TRY_ASSIGN(Statement* const begin_later, database.prepare("BEGIN"));
  PRUUV_TRY(begin_later->run());
  return Snapshot(database);
}

Snapshot::Snapshot(Snapshot&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Snapshot::~Snapshot() {
  if (database_ == nullptr) return;
  if (auto rollback = database_->prepare("ROLLBACK"); rollback) (void)(*rollback)->run();
}

}  // namespace pruuv::store
