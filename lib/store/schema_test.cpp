#include "store/schema.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

#include <sqlite3.h>

#include "model/reason.hpp"
#include "store/embedded_schema.hpp"
#include "store/lock.hpp"
#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Error refusal(const std::string& path, OpenMode mode) {
  const auto opened = open_store(path, mode);
  REQUIRE_FALSE(opened);
  return opened.error();
}

}  // namespace

TEST_CASE("a new store is whole, ours, and for its owner alone") {
  const Store store;
  const StoreInfo info = value_of(load_store_info(*store));
  CHECK(info.store_id.size() == 36);
  CHECK(info.created_at_s == now_s);
  CHECK(info.planned_seq == 0);
  CHECK(info.warning.empty());
  CHECK(store.number("PRAGMA application_id") == application_id);
  CHECK(store.number("PRAGMA user_version") == embedded_schema().back().number);
  CHECK(store.number("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'delete'") ==
        1);
  CHECK(store.number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'") ==
        0);
  struct stat status {};
  REQUIRE(::stat(store.path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);

  const Store other;
  CHECK(value_of(load_store_info(*other)).store_id != info.store_id);
}

TEST_CASE("a store is never made over something, or in no folder") {
  const Store store;
  const auto again = create_store(store.path, now_s);
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == ErrorKind::cannot_create);
  CHECK(again.error().hint.find("store already") != std::string::npos);
  const auto nowhere = create_store(store.folder.file("absent/pruuv.db"), now_s);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().kind == ErrorKind::cannot_create);
}

TEST_CASE("a store is made beside the leftovers of another") {
  const pruuv::testing::TempDir folder;
  std::ofstream(folder.file("pruuv.db-journal")) << std::string(8192, 'j');
  must(create_store(folder.file("pruuv.db"), now_s));
  CHECK(open_store(folder.file("pruuv.db"), OpenMode::read_only));
  // Nothing of its making is left beside it.
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("what is no store of ours is refused, and left as it is") {
  const pruuv::testing::TempDir folder;
  const std::string path = folder.file("other.db");
  CHECK(refusal(path, OpenMode::read_write).kind == ErrorKind::no_store);
  SECTION("an empty file") { std::ofstream(path).close(); }
  SECTION("a text") { std::ofstream(path) << std::string(5000, 'x'); }
  SECTION("a database of somebody else") {
    const auto database = value_of(Database::open(path, OpenMode::create));
    must(database->execute("CREATE TABLE thing (n INTEGER); PRAGMA user_version = 1"));
  }
  const std::string before = read_file(path);
  CHECK(refusal(path, OpenMode::read_write).kind == ErrorKind::store_content);
  CHECK(refusal(path, OpenMode::read_only).kind == ErrorKind::store_content);
  CHECK(read_file(path) == before);
}

TEST_CASE("a newer schema is refused") {
  Store store;
  store.run("PRAGMA user_version = 1000");
  store.database.reset();
  for (const OpenMode mode : {OpenMode::read_only, OpenMode::read_write}) {
    const Error error = refusal(store.path, mode);
    CHECK(error.kind == ErrorKind::config);
    CHECK(error.message.find("version 1000") != std::string::npos);
  }
}

TEST_CASE("opening for writing keeps the words of the reasons up to date") {
  Store store;
  CHECK(store.number("SELECT count(*) FROM reason WHERE number = 60 AND code = 'paused'") == 1);
  store.run("DELETE FROM reason WHERE number = 60");
  store.run("UPDATE reason SET code = 'old word' WHERE number = 61");
  store.run("INSERT INTO reason VALUES (255, 'of a newer program')");
  store.database = value_of(open_store(store.path, OpenMode::read_only));
  CHECK(store.number("SELECT count(*) FROM reason WHERE number = 60") == 0);
  store.database = value_of(open_store(store.path, OpenMode::read_write));
  CHECK(store.number("SELECT count(*) FROM reason WHERE number = 60 AND code = 'paused'") == 1);
  CHECK(store.number(
            "SELECT count(*) FROM reason WHERE number = 61 AND code = 'credential_missing'") == 1);
  CHECK(store.number("SELECT count(*) FROM reason WHERE number = 255") == 1);
}

TEST_CASE("schema files run once each, in order, whole or not at all") {
  const pruuv::testing::TempDir folder;
  const auto database = value_of(Database::open(folder.file("some.db"), OpenMode::create));
  const std::array<SchemaFile, 2> files = {
      {{1, "CREATE TABLE one (n INTEGER); INSERT INTO one VALUES (1);", "PRAGMA user_version = 1"},
       {2, "INSERT INTO one VALUES (2); INSERT INTO absent VALUES (1);",
        "PRAGMA user_version = 2"}}};
  const auto read = [&](std::string_view sql) {
    std::int64_t number = 0;
    (void)value_of(value_of(database->prepare(sql))->first([&](const Statement& row) {
      number = row.integer(0);
    }));
    return number;
  };
  CHECK_FALSE(apply_schema(*database, files));
  CHECK(read("PRAGMA user_version") == 1);
  CHECK(read("SELECT count(*) FROM one") == 1);
  const std::array<SchemaFile, 2> mended = {
      {files[0], {2, "INSERT INTO one VALUES (2);", "PRAGMA user_version = 2"}}};
  must(apply_schema(*database, mended));
  must(apply_schema(*database, mended));
  CHECK(read("PRAGMA user_version") == 2);
  CHECK(read("SELECT sum(n) FROM one") == 3);
}

TEST_CASE("the embedded schema is the files of schema/") {
  int number = 0;
  for (const SchemaFile& file : embedded_schema()) {
    CHECK(file.number == ++number);
    CHECK(file.version_sql == "PRAGMA user_version = " + std::to_string(number));
  }
  CHECK(embedded_schema()[0].sql == read_file(PRUUV_SCHEMA_FOLDER "/0001_store.sql"));
}

TEST_CASE(
    "an existing store in WAL mode is used as it is, with a warning where SQLite has the fault") {
  Store store;
  CHECK(store.number("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'delete'") ==
        1);
  (void)value_of(
      value_of(store.database->prepare("PRAGMA journal_mode = WAL"))->first([](const Statement&) {
      }));
  store.database = value_of(open_store(store.path, OpenMode::read_write));
  const std::string warning = value_of(load_store_info(*store)).warning;
  CHECK(warning.empty() == (sqlite3_libversion_number() >= 3051003));
  CHECK(store.number("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'") == 1);
}

TEST_CASE("the example of schema/README.md runs, and a second time changes nothing") {
  const std::string page = read_file(PRUUV_SCHEMA_FOLDER "/README.md");
  const std::string fence = "```sql\n";
  const std::size_t start = page.find(fence);
  REQUIRE(start != std::string::npos);
  const std::size_t end = page.find("```", start + fence.size());
  const std::string sql = page.substr(start + fence.size(), end - start - fence.size());
  const Store store;
  store.run(sql);
  CHECK(store.number("SELECT count(*) FROM funnel_event") == 1);
  store.run(sql);
  CHECK(store.number("SELECT count(*) FROM funnel_event") == 1);
  CHECK(store.number("SELECT received_at > 0 AND seq = 1 FROM funnel_event") == 1);
}
