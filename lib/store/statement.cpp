#include <utility>

#include <sqlite3.h>

#include "base/check.hpp"
#include "store/database.hpp"
#include "store/sqlite_error.hpp"

namespace pruuv::store {
namespace {

// SQLite takes a null pointer for NULL, whatever the length; an empty view may well hold one.
const char* start_of(std::string_view bytes) { return bytes.data() == nullptr ? "" : bytes.data(); }

std::string_view view_of(const void* start, int bytes) {
  return start == nullptr
             ? std::string_view()
             : std::string_view(static_cast<const char*>(start), static_cast<std::size_t>(bytes));
}

}  // namespace

Statement::Statement(Database& database, sqlite3_stmt* handle)
    : database_(&database), handle_(handle) {}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      handle_(std::exchange(other.handle_, nullptr)),
      bind_fault_(other.bind_fault_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(database_, other.database_);
  std::swap(handle_, other.handle_);
  std::swap(bind_fault_, other.bind_fault_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Statement& Statement::note(int code) {
  if (code != SQLITE_OK && bind_fault_ == SQLITE_OK) bind_fault_ = code;
  return *this;
}

Statement& Statement::bind(int index, std::int64_t value) {
  return note(sqlite3_bind_int64(handle_, index, value));
}

Statement& Statement::bind(int index, std::string_view text) {
  return note(sqlite3_bind_text64(handle_, index, start_of(text), text.size(), SQLITE_TRANSIENT,
                                  SQLITE_UTF8));
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  return note(sqlite3_bind_blob64(handle_, index, start_of(bytes), bytes.size(), SQLITE_TRANSIENT));
}

Statement& Statement::bind_null(int index) { return note(sqlite3_bind_null(handle_, index)); }

Statement& Statement::bind(int index, std::optional<std::int64_t> value) {
  return value ? bind(index, *value) : bind_null(index);
}

Statement& Statement::bind_text_or_null(int index, std::string_view text) {
  return text.empty() ? bind_null(index) : bind(index, text);
}

Statement& Statement::bind_kept(int index, std::string_view text) {
  return note(
      sqlite3_bind_text64(handle_, index, start_of(text), text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

Result<bool> Statement::step() {
  const int code = bind_fault_ == SQLITE_OK ? sqlite3_step(handle_) : bind_fault_;
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  // Asked for before the reset, which may replace the message.
  Error error = database_->error_of(code, doing_of(sqlite3_sql(handle_)));
  reset();
  return Unexpected(std::move(error));
}

Result<void> Statement::run() {
  PRUUV_TRY_ASSIGN(const bool is_row, step());
  PRUUV_CHECK(!is_row, "a statement that was to give no row gave one");
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_);
  bind_fault_ = SQLITE_OK;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::string_view Statement::text(int column) const {
  const auto* start = sqlite3_column_text(handle_, column);
  return view_of(start, sqlite3_column_bytes(handle_, column));
}

std::string_view Statement::blob(int column) const {
  const void* start = sqlite3_column_blob(handle_, column);
  return view_of(start, sqlite3_column_bytes(handle_, column));
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

void Statement::read(int column, std::string& into) const {
  const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  if (start == nullptr) {
    into.clear();
  } else {
    into.assign(start, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
  }
}

}  // namespace pruuv::store
