#include "store/lock.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

TEST_CASE("one at a time, and the other is told who holds it") {
  const Store store;
  {
    const Lock lock = value_of(Lock::take(store.path));
    CHECK(value_of(is_locked_by_us(store.path)));
    const auto second = Lock::take(store.path);
    REQUIRE_FALSE(second);
    CHECK(second.error().kind == ErrorKind::try_again);
    CHECK(second.error().message.find("pid " + std::to_string(::getpid()) + " since 2") !=
          std::string::npos);
  }
  CHECK_FALSE(value_of(is_locked_by_us(store.path)));
  CHECK(Lock::take(store.path));
}

TEST_CASE("a look at the lock says who holds it and does not take it") {
  const Store store;
  CHECK_FALSE(value_of(look_at_lock(store.path)).is_held);  // no file yet
  {
    const Lock lock = value_of(Lock::take(store.path));
    const LockState held = value_of(look_at_lock(store.path));
    CHECK(held.is_held);
    CHECK(held.holder.starts_with("pid " + std::to_string(::getpid()) + " since 2"));
    CHECK(held.since_s);
  }
  CHECK_FALSE(value_of(look_at_lock(store.path)).is_held);
  CHECK(Lock::take(store.path));
  const Store other;
  const Lock others = value_of(Lock::take(other.path));
  CHECK_FALSE(value_of(look_at_lock(store.path)).is_held);
}

TEST_CASE("the lock is the store's, whichever way it is named") {
  const Store store;
  const std::string link = store.folder.file("link.db");
  std::filesystem::create_symlink(store.path, link);
  const Lock lock = value_of(Lock::take(link));
  const auto second = Lock::take(store.path);
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == ErrorKind::try_again);
}

TEST_CASE("a death frees the lock") {
  const Store store;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto lock = Lock::take(store.path);
    ::_exit(lock ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WEXITSTATUS(status) == 0);
  CHECK(Lock::take(store.path));
}

TEST_CASE("a lock file that is a symlink is refused") {
  const Store store;
  const std::string victim = store.folder.file("victim");
  std::ofstream(victim) << "precious";
  std::filesystem::create_symlink(victim, store.path + ".lock");
  const auto lock = Lock::take(store.path);
  REQUIRE_FALSE(lock);
  CHECK(lock.error().kind == ErrorKind::permission);
  CHECK(std::filesystem::file_size(victim) == 8);
}

TEST_CASE("the other is told since when and for how long") {
  const Store store;
  const Lock lock = value_of(Lock::take(store.path));
  const auto told = [&](const std::string& text) {
    std::ofstream(store.path + ".lock", std::ios::trunc) << text;
    const std::string message = Lock::take(store.path).error().message;
    const std::size_t start = message.find("pid ");
    return start == std::string::npos ? message.substr(message.find(": ") + 2)
                                      : message.substr(start);
  };
  const auto since = [&](std::int64_t age_s) {
    const std::string time = format_utc(SystemClock().now_s() - age_s);
    const std::string message = told("pid 4711 since " + time + "\n");
    const std::string before = "pid 4711 since " + time;
    REQUIRE(message.starts_with(before));
    return message.substr(before.size());
  };
  CHECK((since(5) == ", 5 s holds it" || since(5) == ", 6 s holds it"));
  CHECK(since(150) == ", 2 min holds it");
  CHECK(since(3 * 3600 + 60) == ", 3 h holds it");
  CHECK(since(47 * 3600 + 60) == ", 47 h holds it");
  CHECK(since(5 * 86400 + 60) == ", 5 d holds it");
  CHECK(since(-3600) == " holds it");  // a clock that was set back
  CHECK(told("pid 4711 since lunch") == "pid 4711 since lunch holds it");
  CHECK(told("pid 4711") == "pid 4711 holds it");
  CHECK(told("") == "another run holds it");
  CHECK(told("hello") == "another run holds it");
}

TEST_CASE("what stands in the lock file does not reach the terminal as it is") {
  const Store store;
  std::optional<Lock> lock = value_of(Lock::take(store.path));
  std::ofstream(store.path + ".lock", std::ios::trunc) << "pid \x1b[31m";
  const auto second = Lock::take(store.path);
  REQUIRE_FALSE(second);
  CHECK(second.error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("no store, no lock") {
  const pruuv::testing::TempDir folder;
  const auto lock = Lock::take(folder.file("absent.db"));
  REQUIRE_FALSE(lock);
  CHECK(lock.error().kind == ErrorKind::no_store);
  CHECK(std::filesystem::is_empty(folder.path()));
}
