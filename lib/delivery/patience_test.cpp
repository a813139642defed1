#include "delivery/patience.hpp"

#include <vector>

#include "testing/testing.hpp"

using namespace pruuv;
using delivery::is_worth_another_try;

namespace {

Error error(ErrorKind kind) { return {kind, "write"}; }

}  // namespace

TEST_CASE("a lock is waited for, a full disk only for an answer, a broken one never") {
  CHECK(is_worth_another_try(error(ErrorKind::try_again), false, 0, 1'000));
  CHECK(is_worth_another_try(error(ErrorKind::try_again), false, 0, 299'999));
  CHECK(!is_worth_another_try(error(ErrorKind::try_again), false, 0, 300'000));
  CHECK(is_worth_another_try(error(ErrorKind::disk_full), true, 0, 29'999));
  CHECK(!is_worth_another_try(error(ErrorKind::disk_full), true, 0, 30'000));
  CHECK(!is_worth_another_try(error(ErrorKind::disk_full), false, 0, 0));
  CHECK(!is_worth_another_try(error(ErrorKind::io), true, 0, 0));
  CHECK(!is_worth_another_try(error(ErrorKind::store_content), true, 0, 0));
}

TEST_CASE("a write is tried until it goes through, from its start") {
  const testing::TempDir dir;
  FixedClock clock(1'000);
  auto database =
      std::move(store::Database::open(dir.file("store.db"), store::OpenMode::create).value());
  REQUIRE(database->execute("CREATE TABLE t (x)"));
  int tries = 0;
  std::vector<std::int64_t> passed;
  const auto pass = [&](std::int64_t pause_ms) {
    passed.push_back(pause_ms);
    clock.sleep_ms(pause_ms);
    return true;
  };
  const auto write = [&](store::Database& into) -> Result<void> {
    PRUUV_TRY(into.execute("INSERT INTO t VALUES (1)"));
    if (++tries < 3) return fail(ErrorKind::disk_full, "write");
    return {};
  };
  REQUIRE(delivery::write_patiently(*database, {clock, pass, true}, write));
  CHECK(tries == 3);
  CHECK(passed == std::vector<std::int64_t>{1'000, 1'000});
  std::int64_t rows = 0;
  auto count = database->prepare("SELECT count(*) FROM t");
  REQUIRE((*count)->first([&](const store::Statement& row) { rows = row.integer(0); }));
  CHECK(rows == 1);

  SECTION("somebody who cannot wait ends it") {
    tries = -10;
    const auto done = delivery::write_patiently(
        *database, {clock, [](std::int64_t) { return false; }, true}, write);
    REQUIRE(!done);
    CHECK(tries == -9);
  }
}
