#include "store/database.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>

#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

namespace {

std::unique_ptr<Database> empty_database(const pruuv::testing::TempDir& folder) {
  return value_of(Database::open(folder.file("some.db"), OpenMode::create));
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

}  // namespace

TEST_CASE("values come back as they were bound") {
  const pruuv::testing::TempDir folder;
  const auto database = empty_database(folder);
  must(database->execute("CREATE TABLE thing (n INTEGER, t TEXT, b BLOB, x TEXT) STRICT"));
  const std::string text("a'\"\0;--\xF0\x9F\x98\x80", 11);
  Statement* const write = value_of(database->prepare("INSERT INTO thing VALUES (?1, ?2, ?3, ?4)"));
  write->bind(1, std::int64_t{-9007199254740993})
      .bind(2, text)
      .bind_blob(3, std::string_view())
      .bind_null(4);
  must(write->run());
  Statement* const read = value_of(database->prepare("SELECT n, t, b, x FROM thing"));
  REQUIRE(value_of(read->step()));
  CHECK(read->integer(0) == -9007199254740993);
  CHECK(read->text(1) == text);
  CHECK(read->blob(2).empty());
  CHECK_FALSE(read->is_null(2));
  CHECK(read->is_null(3));
  CHECK(read->text(3).empty());
  CHECK(read->optional_integer(3) == std::nullopt);
  CHECK(read->optional_integer(0) == std::optional<std::int64_t>(-9007199254740993));
  CHECK_FALSE(value_of(read->step()));
}

TEST_CASE("an empty view is an empty text and not NULL, unless asked for") {
  const pruuv::testing::TempDir folder;
  const auto database = empty_database(folder);
  must(database->execute("CREATE TABLE thing (a TEXT, b TEXT) STRICT"));
  Statement* const write = value_of(database->prepare("INSERT INTO thing VALUES (?1, ?2)"));
  must(write->bind(1, std::string_view()).bind_text_or_null(2, "").run());
  Statement* const read = value_of(database->prepare("SELECT a IS NULL, b IS NULL FROM thing"));
  CHECK(value_of(read->first([](const Statement& row) {
    CHECK(row.integer(0) == 0);
    CHECK(row.integer(1) == 1);
  })));
}

TEST_CASE("the same text gives the same statement, without its old parameters") {
  const pruuv::testing::TempDir folder;
  const auto database = empty_database(folder);
  const std::string sql = "SELECT ?1 IS NULL";
  Statement* const first = value_of(database->prepare(sql));
  first->bind(1, std::int64_t{5});
  Statement* const again = value_of(database->prepare(std::string(sql)));
  REQUIRE(again == first);
  REQUIRE(value_of(again->step()));
  CHECK(again->integer(0) == 1);
  again->reset();
  CHECK(value_of(database->prepare("SELECT 2")) != first);
}

TEST_CASE("for_each reads to the end, ends at a failure, and leaves nothing open") {
  const pruuv::testing::TempDir folder;
  const auto database = empty_database(folder);
  Statement* const read =
      value_of(database->prepare("SELECT value FROM (SELECT 1 AS value UNION ALL SELECT 2)"));
  std::int64_t sum = 0;
  must(read->for_each([&](const Statement& row) { sum += row.integer(0); }));
  CHECK(sum == 3);
  CHECK_FALSE(database->is_reading());
  int rows = 0;
  const auto failed = read->for_each([&](const Statement&) -> Result<void> {
    ++rows;
    CHECK(database->is_reading());
    return fail(ErrorKind::io, "enough");
  });
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message == "enough");
  CHECK(rows == 1);
  CHECK_FALSE(database->is_reading());
}

TEST_CASE("a transaction that is not committed leaves nothing") {
  const Store store;
  {
    const Transaction transaction = value_of(Transaction::begin(*store));
    store.run("INSERT INTO client (client_id) VALUES ('lost')");
  }
  CHECK(store.number("SELECT count(*) FROM client") == 0);
  Transaction transaction = value_of(Transaction::begin(*store));
  store.run("INSERT INTO client (client_id) VALUES ('kept')");
  Transaction moved = std::move(transaction);
  must(moved.commit());
  CHECK(store.number("SELECT count(*) FROM client") == 1);
}

TEST_CASE("files are made for the owner alone, and never over another") {
  const pruuv::testing::TempDir folder;
  const auto database = empty_database(folder);
  must(database->execute("CREATE TABLE thing (n INTEGER)"));
  CHECK(mode_of(folder.file("some.db")) == 0600);
  const auto again = Database::open(folder.file("some.db"), OpenMode::create);
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == ErrorKind::cannot_create);
}

TEST_CASE("a symlink to a store is followed to its real path") {
  const Store store;
  const std::string link = store.folder.file("link.db");
  std::filesystem::create_symlink(store.path, link);
  const auto opened = value_of(Database::open(link, OpenMode::read_only));
  CHECK(opened->path() == std::filesystem::canonical(store.path).string());
}

TEST_CASE("opening what is not there says so and makes nothing") {
  const pruuv::testing::TempDir folder;
  for (const OpenMode mode : {OpenMode::read_only, OpenMode::read_write}) {
    const auto opened = Database::open(folder.file("absent.db"), mode);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::no_store);
    CHECK(opened.error().hint.find("init") != std::string::npos);
  }
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("reading works beside a writer and makes no file") {
  const Store store;
  const auto reader = value_of(Database::open(store.path, OpenMode::read_only));
  CHECK(reader->is_read_only());
  const Transaction transaction = value_of(Transaction::begin(*store));
  store.run("INSERT INTO client (client_id) VALUES ('acme')");
  Statement* const read = value_of(reader->prepare("SELECT count(*) FROM client"));
  CHECK(value_of(read->first([](const Statement& row) { CHECK(row.integer(0) == 0); })));
  const auto refused = reader->execute("INSERT INTO client (client_id) VALUES ('other')");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::permission);
}

TEST_CASE("reading a store at rest leaves the folder as it was") {
  Store store;
  store.database.reset();
  {
    const auto reader = value_of(Database::open(store.path, OpenMode::read_only));
    Statement* const read = value_of(reader->prepare("SELECT count(*) FROM client"));
    CHECK(value_of(read->first([](const Statement&) {})));
    CHECK(std::distance(std::filesystem::directory_iterator(store.folder.path()), {}) == 1);
  }
  CHECK(std::distance(std::filesystem::directory_iterator(store.folder.path()), {}) == 1);
}

TEST_CASE("a writer waits for another one") {
  const Store store;
  auto transaction = std::make_unique<Transaction>(value_of(Transaction::begin(*store)));
  std::atomic<bool> is_started = false;
  bool is_begun = false;
  std::thread other([&] {
    auto database = Database::open(store.path, OpenMode::read_write);
    is_started = true;
    is_begun = database && Transaction::begin(**database).has_value();
  });
  while (!is_started) std::this_thread::yield();
  transaction.reset();
  other.join();
  CHECK(is_begun);
}

TEST_CASE("a message names the deed, the table and the file, and no data") {
  Store store;
  store.run("INSERT INTO client (client_id) VALUES ('secret-client')");
  const auto twice =
      store.database->execute("INSERT INTO client (client_id) VALUES ('secret-client')");
  REQUIRE_FALSE(twice);
  CHECK(twice.error().kind == ErrorKind::bug);
  CHECK(twice.error().message ==
        "add client to " + store.database->path() + ": UNIQUE constraint failed: client.client_id");
  const auto absent = store.database->prepare("SELECT 1 FROM absent_table");
  REQUIRE_FALSE(absent);
  CHECK(absent.error().message ==
        "read absent_table from " + store.database->path() + ": no such table: absent_table");
}

TEST_CASE("a damaged file is store content") {
  Store store;
  add_events(store, 200);
  const std::int64_t root =
      store.number("SELECT rootpage FROM sqlite_schema WHERE name = 'funnel_event'");
  store.database.reset();
  {
    std::fstream file(store.path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp((root - 1) * 4096);
    file.write(std::string(64, '\xFF').data(), 64);
  }
  const auto database = value_of(Database::open(store.path, OpenMode::read_only));
  const auto row =
      value_of(database->prepare("SELECT id FROM funnel_event WHERE seq = 100"))->step();
  REQUIRE_FALSE(row);
  CHECK(row.error().kind == ErrorKind::store_content);
  CHECK(row.error().message ==
        "read funnel_event from " + store.path + ": database disk image is malformed");
  CHECK(row.error().hint.find("backup") != std::string::npos);
}

TEST_CASE("the pragmas of this program stand") {
  const Store store;
  CHECK(store.number("PRAGMA foreign_keys") == 1);
  CHECK(store.number("PRAGMA recursive_triggers") == 1);
  CHECK(store.number("PRAGMA synchronous") == 2);
  CHECK(store.number("PRAGMA trusted_schema") == 0);
  CHECK(store.number("PRAGMA cell_size_check") == 1);
  CHECK(store.number("PRAGMA temp_store") == 2);
  CHECK(store.number("PRAGMA mmap_size") == 0);
  // Defensive: the schema cannot be written behind SQLite's back.
  store.run("PRAGMA writable_schema = ON");
  CHECK_FALSE(store.database->execute("DELETE FROM sqlite_schema"));
  CHECK_FALSE(store.database->execute("SELECT load_extension('none')"));
}

TEST_CASE("a snapshot sees one state of the file, in WAL mode beside writers") {
  const Store store;
  (void)value_of(
      value_of(store.database->prepare("PRAGMA journal_mode = WAL"))->first([](const Statement&) {
      }));
  add_events(store, 1);
  const auto reader = value_of(Database::open(store.path, OpenMode::read_only));
  const auto count = [&] {
    std::int64_t events = 0;
    (void)value_of(value_of(reader->prepare("SELECT count(*) FROM funnel_event"))
                       ->first([&](const Statement& row) { events = row.integer(0); }));
    return events;
  };
  {
    const Snapshot snapshot = value_of(Snapshot::begin(*reader));
    CHECK(count() == 1);
    store.run("DELETE FROM funnel_event");
    CHECK(count() == 1);
  }
  CHECK(count() == 0);
}
