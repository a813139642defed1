#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace pruuv::store {

class Database;

// A prepared statement. Its lifetime is bounded by its Database. Every SELECT is stepped to its end
// and reset before anything else happens on the connection: callers read rows into
// values.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Parameters count from 1. Text and blobs are copied, but for bind_kept: that text has to stay
  // where it is until the statement is run.
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_null(int index);
  Statement& bind(int index, std::optional<std::int64_t> value);
  Statement& bind_text_or_null(int index, std::string_view text);  // "" = NULL
  Statement& bind_kept(int index, std::string_view text);

  // True: a row is there. False: done, and the statement is reset.
  Result<bool> step();
  // For a statement that gives no row: runs it and resets it.
  Result<void> run();
  void reset();

  // Calls row(*this) for each row, then resets. `row` gives nothing, or a Result<void> that ends
  // it.
  template <typename Row>
  Result<void> for_each(Row&& row);
  // For at most one row: calls row(*this) if it is there, and resets. True: it was there.
  template <typename Row>
  Result<bool> first(Row&& row);

  // Columns count from 0; valid until the next step.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;  // NULL = ""
  [[nodiscard]] std::string_view blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  void read(int column, std::string& into) const;  // as text(), into a string that keeps its room

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* handle);
  Statement& note(int code);
  Database* database_;
  sqlite3_stmt* handle_;
  int bind_fault_ = 0;  // the first failure of a bind; step() reports it
};

template <typename Row>
Result<void> Statement::for_each(Row&& row) {
  for (;;) {
    PRUUV_TRY_ASSIGN(const bool is_row, step());
    if (!is_row) return {};
    if constexpr (std::is_void_v<std::invoke_result_t<Row&, const Statement&>>) {
      row(*this);
    } else if (Result<void> done = row(*this); !done) {
      reset();
      return done;
    }
  }
}

template <typename Row>
Result<bool> Statement::first(Row&& row) {
  PRUUV_TRY_ASSIGN(const bool is_row, step());
  if (is_row) row(*this);
  reset();
  return is_row;
}

enum class OpenMode {
  read_only,  // creates no file, the journal's included, and works while a run is on
  read_write,
  create,  // the file must not be there yet; mode 0600
};

// One SQLite connection with the pragmas of this program: foreign_keys, recursive_triggers (so that
// the append-only triggers also see INSERT OR REPLACE), synchronous=FULL, busy waiting of 10 s,
// trusted_schema off, defensive, cell_size_check, temp_store in memory, 2 MB of cache, no extension
// loading. Symlinks in `path` are followed once, before opening; SQLite itself follows none.
//
// SQLite's errors become Error: BUSY and LOCKED = try_again, FULL = disk_full, IOERR and NOMEM =
// io, CORRUPT and NOTADB = store_content, READONLY and PERM = permission, CANTOPEN = no_store
// (permission where the system says so), everything else = bug. The message names the file and what
// was being done: "read funnel_event from /srv/pruuv.db: database disk image is malformed".
class Database {
 public:
  static Result<std::unique_ptr<Database>> open(const std::string& path, OpenMode mode);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // The same text gives the same prepared statement again, reset, its parameters cleared: prepare
  // in the place of use, it costs a look-up.
  Result<Statement*> prepare(std::string_view sql);

  // For a connection that does nothing but insert_event, a great many times: 18 MB of cache, as
  // each random id goes to another page of their index, and neither triggers nor CHECKs, as
  // insert_event does itself what those of funnel_event do.
  [[nodiscard]] Result<void> expect_many_events();

  // One or more statements without parameters and without result; for the schema.
  Result<void> execute(const std::string& sql);

  [[nodiscard]] std::int64_t last_insert_rowid() const;
  [[nodiscard]] std::int64_t changes() const;  // rows changed by the last statement
  [[nodiscard]] const std::string& path() const;
  [[nodiscard]] bool is_read_only() const;

  // For a code that SQLite has just given on this connection. The path is put after `doing`: "begin
  // a transaction in".
  [[nodiscard]] Error error_of(int sqlite_code, std::string_view doing) const;

  // Copies every page, as of one moment, into the file at `path`, which is there and empty. Writers
  // of this file wait meanwhile, unless it is in WAL mode.
  [[nodiscard]] Result<void> copy_to(const std::string& path) const;

  // Takes what it can of the WAL into the file without waiting for anybody. Whether that was all.
  [[nodiscard]] Result<bool> checkpoint() const;

  // The SQL texts prepared so far, so that tests can look at the plans of what really runs.
  [[nodiscard]] std::vector<std::string> prepared() const;

  // Whether a SELECT has been stepped and not reset: while one is, nothing may be committed.
  [[nodiscard]] bool is_reading() const;

 private:
  explicit Database(std::string path);
  struct State;
  std::unique_ptr<State> state_;
};

// BEGIN IMMEDIATE now; ROLLBACK when it goes away unless commit() was reached. Never held over a
// wait on the network.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  // After a failure the transaction still stands, and commit() may be called again, unless SQLite
  // has rolled it back by itself (disk full, I/O error).
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

// All reads until it goes away see one state of the file, and lock it once instead of each by
// itself. Writers wait for it, unless in WAL mode: keep it short.
class Snapshot {
 public:
  static Result<Snapshot> begin(Database& database);
  Snapshot(Snapshot&& other) noexcept;
  Snapshot& operator=(Snapshot&&) = delete;
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot();

 private:
  explicit Snapshot(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace pruuv::store
