#include "store/insert_rows.hpp"

#include <string>
#include <vector>

#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

TEST_CASE("an INSERT of one row is made into one of several, its parameters numbered on") {
  constexpr std::string_view insert =
      "INSERT INTO thing (a, b) VALUES (?1, ?2) ON CONFLICT (a) DO UPDATE SET b = excluded.b";
  CHECK(parameters_of_insert(insert) == 2);
  CHECK(widen_insert(insert, 1) == insert);
  CHECK(widen_insert(insert, 3) ==
        "INSERT INTO thing (a, b) VALUES (?1, ?2), (?3, ?4), (?5, ?6)"
        " ON CONFLICT (a) DO UPDATE SET b = excluded.b");
}

TEST_CASE("every row is written once and in order, however many there are") {
  Store store;
  store.run("CREATE TABLE thing (id INTEGER PRIMARY KEY, a INTEGER, b TEXT)");
  for (const std::size_t count : {0U, 1U, 15U, 16U, 17U, 32U, 35U}) {
    CAPTURE(count);
    store.run("DELETE FROM thing");
    std::vector<int> rows(count);
    for (std::size_t i = 0; i < count; ++i) rows[i] = static_cast<int>(i) * 7;
    must(insert_rows(*store, "INSERT INTO thing (a, b) VALUES (?1, ?2)", rows,
                     [](Statement& write, int before, int row) {
                       write.bind(before + 1, std::int64_t{row});
                       // Nothing of the row before it may be left.
                       write.bind_text_or_null(before + 2, row % 2 == 0 ? std::to_string(row) : "");
                     }));
    CHECK(store.number("SELECT count(*) FROM thing") == static_cast<std::int64_t>(count));
    CHECK(store.number("SELECT count(*) FROM thing WHERE a = (id - 1) * 7 AND b IS"
                       " CASE WHEN a % 2 = 0 THEN CAST(a AS TEXT) END") ==
          static_cast<std::int64_t>(count));
  }
}

TEST_CASE("where one row cannot be written the error says so, and the caller rolls all back") {
  Store store;
  store.run("CREATE TABLE thing (a INTEGER CHECK (a < 20))");
  std::vector<std::int64_t> rows(30);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int64_t>(i);
  {
    const Transaction transaction = value_of(Transaction::begin(*store));
    const auto written = insert_rows(
        *store, "INSERT INTO thing (a) VALUES (?1)", rows,
        [](Statement& write, int before, std::int64_t row) { write.bind(before + 1, row); });
    REQUIRE_FALSE(written);
    CHECK(written.error().message.find("thing") != std::string::npos);
  }
  CHECK(store.number("SELECT count(*) FROM thing") == 0);
}
