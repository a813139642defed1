#include "store/health.hpp"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

#include "store/runs.hpp"
#include "store/schema.hpp"
#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

TEST_CASE("what everybody may read or change is not written to") {
  const Store store;
  for (const mode_t bad : {0604U, 0602U, 0601U, 0666U}) {
    REQUIRE(::chmod(store.path.c_str(), bad) == 0);
    const auto opened = open_store(store.path, OpenMode::read_write);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::permission);
    CHECK(opened.error().hint.starts_with("chmod o-rwx "));
    CHECK(open_store(store.path, OpenMode::read_only));
  }
  for (const mode_t good : {0600U, 0640U, 0660U}) {
    REQUIRE(::chmod(store.path.c_str(), good) == 0);
    CHECK(open_store(store.path, OpenMode::read_write));
  }
}

TEST_CASE("a run needs room on the disk") {
  const Store store;
  CHECK(check_room(store.path));
  CHECK(check_room(store.folder.file("absent")).error().kind == ErrorKind::no_store);
  // A file system that has no room for anything.
  const auto checked = check_room("/proc/self/status");
  REQUIRE_FALSE(checked);
  CHECK(checked.error().kind == ErrorKind::io);
  CHECK(checked.error().message.find("0 KiB are free, a run needs 4 MiB") != std::string::npos);
  CHECK_FALSE(checked.error().hint.empty());
}

namespace {

// An index page that claims more keys than it has room for, as a fault of the disk would leave it.
void damage(Store& store) {
  add_events(store, 3);
  const std::int64_t page = store.number(
      "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_funnel_event_1'");
  const std::int64_t page_size = store.number("PRAGMA page_size");
  store.database.reset();
  std::fstream file(store.path, std::ios::in | std::ios::out | std::ios::binary);
  constexpr std::int64_t cell_count = 3;
  file.seekp((page - 1) * page_size + cell_count);
  file << "\x7f\x7f";
  file.close();
  store.database = value_of(Database::open(store.path, OpenMode::read_write));
}

}  // namespace

TEST_CASE("after a run that did not end the file is looked through") {
  Store store;
  CHECK(check_after_crash(*store));
  const Run first = value_of(begin_run(*store, "send", "0.1.0", now_s));
  CHECK(check_after_crash(*store));
  damage(store);
  const auto checked = check_after_crash(*store);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().kind == ErrorKind::store_content);
  CHECK(checked.error().message.find("after a run that did not end: ") != std::string::npos);

  // Only the latest run counts: looking costs a read of the whole file.
  const Run second = value_of(begin_run(*store, "send", "0.1.0", now_s));
  must(end_run(*store, second, 0, now_s));
  CHECK(check_after_crash(*store));
  CHECK(first.id < second.id);
}

TEST_CASE("a WAL that a reader keeps from the store is worth a warning") {
  Store store;
  CHECK(value_of(wal_warning(*store, 0)).empty());  // no WAL at all
  (void)value_of(
      value_of(store.database->prepare("PRAGMA journal_mode = WAL"))->first([](const Statement&) {
      }));
  const auto reader = value_of(open_store(store.path, OpenMode::read_only));
  must(reader->execute("BEGIN"));
  (void)value_of(load_store_info(*reader));
  add_events(store, 50);
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(store.path + "-wal"));
  CHECK(value_of(wal_warning(*store)).empty());
  CHECK(value_of(wal_warning(*store, bytes)).empty());
  CHECK(value_of(wal_warning(*store, bytes - 1)).find("some program has been reading") !=
        std::string::npos);
  must(reader->execute("COMMIT"));
  CHECK(value_of(wal_warning(*store, bytes - 1)).empty());
}
