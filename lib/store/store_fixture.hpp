#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/connection.hpp"
#include "model/event.hpp"
#include "store/database.hpp"
#include "testing/testing.hpp"

// What the tests of store and audit start from: a real store in a folder of its own.
namespace pruuv::store::testing {

inline constexpr std::int64_t now_s = 1'790'000'000;

// The value, or the end of the test with the error's message.
template <typename T>
T value_of(Result<T> result) {
  if (!result) FAIL(result.error().message);
  return std::move(result).value();
}
inline void must(const Result<void>& result) {
  if (!result) FAIL(result.error().message);
}

struct Store {
  pruuv::testing::TempDir folder;
  std::string path = folder.file("pruuv.db");
  std::unique_ptr<Database> database;

  Store();
  Database& operator*() const { return *database; }

  // The only integer a query gives; what it is asked with is a literal of the test.
  [[nodiscard]] std::int64_t number(std::string_view sql) const;
  void run(const std::string& sql) const { must(database->execute(sql)); }
};

// A store as the first file of schema/ makes it.
void make_first_store(const std::string& path);

// An event of client "acme" whose id ends in `number`.
FunnelEvent sample_event(int number);
std::string event_id(int number);

// Events sample_event(1) to sample_event(count), stored in that order.
void add_events(const Store& store, int count);

// A connection of client "acme", stored; its number.
std::int64_t add_connection(const Store& store, const std::string& platform,
                            const std::string& name);

// The lines of EXPLAIN QUERY PLAN for a statement.
std::vector<std::string> query_plan(const Store& store, const std::string& sql);

// Of all statements prepared so far: "SCAN <name>" for every table, by its alias, that is read
// whole.
std::set<std::string> scans(const Store& store);

}  // namespace pruuv::store::testing
