#include "store/sqlite_error.hpp"

#include <cerrno>

#include <sqlite3.h>

#include "testing/testing.hpp"

using namespace pruuv;
using namespace pruuv::store;

TEST_CASE("SQLite's codes, extended ones too, become kinds of error") {
  CHECK(kind_of_sqlite(SQLITE_BUSY, 0) == ErrorKind::try_again);
  CHECK(kind_of_sqlite(SQLITE_BUSY_SNAPSHOT, 0) == ErrorKind::try_again);
  CHECK(kind_of_sqlite(SQLITE_FULL, 0) == ErrorKind::disk_full);
  CHECK(kind_of_sqlite(SQLITE_IOERR_FSYNC, EIO) == ErrorKind::io);
  CHECK(kind_of_sqlite(SQLITE_CORRUPT_VTAB, 0) == ErrorKind::store_content);
  CHECK(kind_of_sqlite(SQLITE_NOTADB, 0) == ErrorKind::store_content);
  CHECK(kind_of_sqlite(SQLITE_READONLY_DBMOVED, 0) == ErrorKind::permission);
  CHECK(kind_of_sqlite(SQLITE_PERM, 0) == ErrorKind::permission);
  CHECK(kind_of_sqlite(SQLITE_CANTOPEN, ENOENT) == ErrorKind::no_store);
  CHECK(kind_of_sqlite(SQLITE_CANTOPEN, EACCES) == ErrorKind::permission);
  CHECK(kind_of_sqlite(SQLITE_CONSTRAINT_TRIGGER, 0) == ErrorKind::bug);
  CHECK(kind_of_sqlite(SQLITE_ERROR, 0) == ErrorKind::bug);
}

TEST_CASE("where a person can act, a hint says how") {
  CHECK(hint_of_sqlite(SQLITE_FULL, 0).find("disk space") != std::string_view::npos);
  CHECK(hint_of_sqlite(SQLITE_IOERR_WRITE, ENOSPC).find("disk space") != std::string_view::npos);
  CHECK(hint_of_sqlite(SQLITE_CANTOPEN, ENOENT).find("init") != std::string_view::npos);
  CHECK(hint_of_sqlite(SQLITE_READONLY, 0).find("writable") != std::string_view::npos);
  CHECK(hint_of_sqlite(SQLITE_READONLY_ROLLBACK, 0).find("send") != std::string_view::npos);
  CHECK(hint_of_sqlite(SQLITE_CORRUPT, 0).find("backup") != std::string_view::npos);
  CHECK(hint_of_sqlite(SQLITE_ERROR, 0).empty());
}

TEST_CASE("what a statement does is told from its first words") {
  CHECK(doing_of("SELECT a,\n  b\n FROM funnel_event WHERE id = 1") == "read funnel_event from");
  CHECK(doing_of("  INSERT INTO attempt(id) VALUES (1)") == "add attempt to");
  CHECK(doing_of("UPDATE delivery SET state = 1") == "change delivery in");
  CHECK(doing_of("DELETE FROM open_request") == "delete open_request from");
  CHECK(doing_of("COMMIT") == "commit a transaction in");
  CHECK(doing_of("PRAGMA user_version") == "use");
  CHECK(doing_of("SELECT * FROM (SELECT 1)") == "use");
  CHECK(doing_of("SELECT 1") == "use");
  CHECK(doing_of("") == "use");
}

TEST_CASE("busy waits grow from small ones and end after ten seconds") {
  int total_ms = 0;
  int tries = 0;
  for (int before = 0; busy_wait_ms(tries) > 0; ++tries) {
    CHECK(busy_wait_ms(tries) >= before);
    before = busy_wait_ms(tries);
    total_ms += before;
    REQUIRE(tries < 1000);
  }
  CHECK(busy_wait_ms(0) == 1);
  CHECK(total_ms >= 10'000);
  CHECK(total_ms <= 10'100);
}
