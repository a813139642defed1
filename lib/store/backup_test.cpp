#include "store/backup.hpp"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/deliveries.hpp"
#include "store/embedded_schema.hpp"
#include "store/lock.hpp"
#include "store/schema.hpp"
#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

namespace {

// A store as the first schema made it, with 20 events and a delivery of each in some state.
struct Old {
  pruuv::testing::TempDir folder;
  std::string path = folder.file("pruuv.db");
  std::string backup = path + ".before-0002";

  Old() {
    make_first_store(path);
    const auto database = open();
    must(database->execute(
        "INSERT INTO client VALUES (1, 'acme');"
        "INSERT INTO connection VALUES (1, 1, 'meta', 'main', '1', '', '{}', 0, 0, 0, 0);"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)"
        " INSERT INTO funnel_event (id, client_id, event_name, event_time)"
        " SELECT printf('0190a1b2-c3d4-4e5f-8a9b-%012d', i), 'acme', 'lead', 1 FROM n;"
        "INSERT INTO delivery SELECT seq, 1, seq % 8, CASE seq % 8 WHEN 3 THEN 66 ELSE 0 END,"
        "   CASE WHEN seq % 8 < 3 THEN 100 + seq END, 1000 - seq, seq % 4, 0, seq % 3,"
        "   NULL, NULL, NULL FROM funnel_event;"));
  }
  // As it is: nothing is brought up to date.
  [[nodiscard]] std::unique_ptr<Database> open() const {
    return value_of(Database::open(path, OpenMode::read_write));
  }
  [[nodiscard]] std::int64_t number(const std::string& file, std::string_view sql) const {
    const auto database = value_of(Database::open(file, OpenMode::read_only));
    std::int64_t number = -1;
    (void)value_of(value_of(database->prepare(sql))->first([&](const Statement& row) {
      number = row.integer(0);
    }));
    return number;
  }
  [[nodiscard]] int files() const {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      count += entry.path().extension() != ".lock";
    return count;
  }
};

const std::string checksum =
    "SELECT count(*) * 1000000 + sum(seq * 100 + delivery.state * 10 + attempts) + sum(expires_at)"
    " FROM delivery JOIN funnel_event ON seq = event_seq";
const std::string integrity =
    "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'";

}  // namespace

TEST_CASE("an older store is backed up and brought up to date with everything in it") {
  const Old old;
  const std::int64_t before = old.number(old.path, checksum);
  const auto database = value_of(open_store(old.path, OpenMode::read_write));
  CHECK(old.number(old.path, "PRAGMA user_version") == embedded_schema().back().number);
  CHECK(old.number(old.path, checksum) == before);
  CHECK(old.number(old.path, "SELECT count(*) FROM delivery WHERE crashes = 0") == 20);
  CHECK(old.number(old.path, integrity) == 0);
  const auto due = value_of(load_due(*database, 1, 1, 1000, {}, 100));
  CHECK(due.size() == 6);
  CHECK(due.front().expires_s <= due.back().expires_s);

  CHECK(old.number(old.backup, "PRAGMA user_version") == 1);
  CHECK(old.number(old.backup, "PRAGMA application_id") == application_id);
  CHECK(old.number(old.backup, checksum) == before);
  CHECK(old.number(old.backup, integrity) == 0);
  struct stat status {};
  REQUIRE(::stat(old.backup.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  CHECK(old.files() == 2);

  (void)value_of(open_store(old.path, OpenMode::read_write));
  CHECK(old.files() == 2);
}

TEST_CASE("a store in WAL mode is backed up with what its WAL holds") {
  const Old old;
  const auto writer = old.open();
  (void)value_of(
      value_of(writer->prepare("PRAGMA journal_mode = WAL"))->first([](const Statement&) {}));
  must(writer->execute("UPDATE delivery SET attempts = 7 WHERE event_seq = 1"));
  (void)value_of(open_store(old.path, OpenMode::read_write));
  CHECK(old.number(old.backup, "SELECT attempts FROM delivery WHERE event_seq = 1") == 7);
  CHECK(old.number(old.path, "SELECT attempts FROM delivery WHERE event_seq = 1") == 7);
}

TEST_CASE("a store of any schema is a store; nothing else is") {
  const Old old;
  CHECK(check_is_store(old.path));
  CHECK(open_store(old.path, OpenMode::read_only).error().kind == ErrorKind::config);
  must(old.open()->execute("PRAGMA user_version = 1000"));
  CHECK(check_is_store(old.path));
  const auto kind_of = [&](const std::string& name) {
    const auto checked = check_is_store(old.folder.file(name));
    REQUIRE_FALSE(checked);
    return checked.error().kind;
  };
  CHECK(kind_of("absent.db") == ErrorKind::no_store);
  std::ofstream(old.folder.file("empty.db")).close();
  CHECK(kind_of("empty.db") == ErrorKind::store_content);
  std::ofstream(old.folder.file("text.db")) << std::string(5000, 'x');
  CHECK(kind_of("text.db") == ErrorKind::store_content);
  must(value_of(Database::open(old.folder.file("other.db"), OpenMode::create))
           ->execute("CREATE TABLE t (n)"));
  CHECK(kind_of("other.db") == ErrorKind::store_content);
}

TEST_CASE("a backup never goes over one that is there") {
  const Old old;
  std::ofstream(old.backup) << "of an earlier night";
  std::filesystem::create_symlink("/nowhere", old.backup + ".1");
  std::ofstream(old.path + ".before.part") << "of a run that died over it";
  (void)value_of(open_store(old.path, OpenMode::read_write));
  CHECK(std::filesystem::file_size(old.backup) == 19);
  CHECK(old.number(old.backup + ".2", "PRAGMA user_version") == 1);
  CHECK_FALSE(std::filesystem::exists(old.path + ".before.part"));
}

TEST_CASE("no backup, no migration") {
  const Old old;
  SECTION("too many copies") {
    for (const std::string copy : {"", ".1", ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9"})
      std::ofstream(old.backup + copy) << "x";
    const auto opened = open_store(old.path, OpenMode::read_write);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::cannot_create);
    CHECK(opened.error().hint.find(old.backup) != std::string::npos);
  }
  SECTION("something in the way") {
    std::filesystem::create_directory(old.path + ".before.part");
    CHECK(open_store(old.path, OpenMode::read_write).error().kind == ErrorKind::cannot_create);
  }
  CHECK(old.number(old.path, "PRAGMA user_version") == 1);
}

TEST_CASE("a migration that fails leaves the store as it was and no copy behind") {
  const Old old;
  const std::int64_t before = old.number(old.path, checksum);
  must(old.open()->execute(
      "DROP VIEW conversion_audit_log"));  // 0002 gets on for a while, then fails
  const auto opened = open_store(old.path, OpenMode::read_write);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().message.find("bring the store up to date") == 0);
  CHECK(old.number(old.path, "PRAGMA user_version") == 1);
  CHECK(old.number(old.path, checksum) == before);
  CHECK(old.number(old.path,
                   "SELECT count(*) FROM pragma_table_info('delivery') WHERE name = 'crashes'") ==
        0);
  CHECK(old.number(old.path,
                   "SELECT count(*) FROM pragma_index_info('delivery_due') WHERE name = 'next_at'"
                   " AND seqno = 1") == 1);
  CHECK(old.number(old.path, "SELECT count(*) FROM attempt_detail") == 0);
  CHECK(old.files() == 1);
}

TEST_CASE("a process that dies in the middle of a migration leaves the old schema") {
  const Old old;
  const std::int64_t before = old.number(old.path, checksum);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto database = Database::open(old.path, OpenMode::read_write);
    auto transaction = Transaction::begin(**database);
    // One page in memory: the others are in the file already when death comes.
    const bool done = (*database)->execute("PRAGMA cache_size = 1").has_value() &&
                      (*database)->execute(std::string(embedded_schema()[1].sql)).has_value() &&
                      (*database)->execute("PRAGMA user_version = 2").has_value();
    ::_exit(done && transaction ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WEXITSTATUS(status) == 0);
  REQUIRE(std::filesystem::exists(old.path + "-journal"));
  CHECK(check_is_store(old.path));  // what SQLite refuses to read without a right to write
  CHECK_FALSE(open_store(old.path, OpenMode::read_only));
  {
    const auto database = old.open();  // rolls back
    CHECK(value_of(
        value_of(database->prepare("PRAGMA user_version"))->first([](const Statement& row) {
          CHECK(row.integer(0) == 1);
        })));
  }
  CHECK(old.number(old.path, checksum) == before);
  CHECK(old.number(old.path, integrity) == 0);
  (void)value_of(open_store(old.path, OpenMode::read_write));
  CHECK(old.number(old.path, "PRAGMA user_version") == embedded_schema().back().number);
}

TEST_CASE("no migration while another run has the lock") {
  const Old old;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // The lock of this very process would count as the caller's own: another one has to hold it.
    const auto lock = Lock::take(old.path);
    const pid_t other = ::fork();
    if (other == 0) {
      const auto opened = open_store(old.path, OpenMode::read_write);
      ::_exit(!opened && opened.error().kind == ErrorKind::try_again ? 0 : 1);
    }
    int status = 1;
    ::waitpid(other, &status, 0);
    ::_exit(lock ? WEXITSTATUS(status) : 2);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(old.number(old.path, "PRAGMA user_version") == 1);
  CHECK(old.files() == 1);
}
