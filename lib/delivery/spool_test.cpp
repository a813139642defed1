#include "delivery/spool.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <random>
#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "testing/testing.hpp"

using namespace pruuv;
using namespace pruuv::delivery;

namespace {

Conversion conversion(std::int64_t seq, std::size_t object_bytes = 700) {
  Conversion made;
  made.event_seq = seq;
  made.event_id = "event-" + std::to_string(seq);
  made.object = std::string(object_bytes, static_cast<char>('a' + seq % 26));
  made.dedup_scope = "pixel/Lead";
  made.batch_key = seq % 2 == 0 ? "" : "physical_store";
  made.exclusive_key = "click-" + std::to_string(seq % 3);
  return made;
}

bool is_same(const Conversion& a, const Conversion& b) {
  return a.event_seq == b.event_seq && a.event_id == b.event_id && a.object == b.object &&
         a.dedup_scope == b.dedup_scope && a.batch_key == b.batch_key &&
         a.exclusive_key == b.exclusive_key;
}

// No file of this process grows beyond so many bytes, as on a disk that is full.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    set(bytes);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() { lift(); }
  void lift() const { set(before_.rlim_cur); }

 private:
  void set(rlim_t bytes) const {
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  rlimit before_{};
};

struct Taken {
  std::int64_t expires_s = 0;
  Conversion conversion;
};

std::vector<Taken> taken(Spool& spool, std::int64_t connection_id, std::size_t events_max) {
  std::vector<Taken> all;
  REQUIRE(spool.take(connection_id, events_max, [&](std::int64_t expires_s, Conversion one) {
    all.push_back({expires_s, std::move(one)});
  }));
  return all;
}

}  // namespace

TEST_CASE("what is spooled comes back by connection, whole and once, however it is taken") {
  const pruuv::testing::TempDir folder;
  // Everything in memory, most of it in the file, and a block an event.
  for (const std::size_t block_bytes :
       {std::size_t{1} << 20, std::size_t{20'000}, std::size_t{1}}) {
    CAPTURE(block_bytes);
    std::mt19937 random(7);
    Spool spool(folder.path(), {block_bytes, std::int64_t{1} << 30});
    std::map<std::int64_t, std::map<std::int64_t, std::int64_t>> put;  // connection, event: expiry
    for (std::int64_t seq = 1; seq <= 400; ++seq) {
      const std::int64_t connection_id = random() % 5;
      const std::int64_t expires_s = random() % 50;
      spool.add(connection_id, expires_s, conversion(seq, random() % 2'000));
      put[connection_id][seq] = expires_s;
    }
    // A record larger than what is read at a time.
    spool.add(1, 99, conversion(401, 400'000));
    put[1][401] = 99;
    spool.seal();
    CHECK_FALSE(spool.is_full());
    for (auto& [connection_id, events] : put) {
      while (!events.empty()) {
        CHECK(spool.waiting(connection_id) == events.size());
        const std::size_t wanted = 1 + random() % 40;
        const auto page = taken(spool, connection_id, wanted);
        REQUIRE(page.size() == std::min(wanted, events.size()));
        for (const Taken& one : page) {
          const auto known = events.extract(one.conversion.event_seq);
          REQUIRE_FALSE(known.empty());
          CHECK(one.expires_s == known.mapped());
          const std::size_t bytes = one.conversion.object.size();
          CHECK(is_same(one.conversion, conversion(one.conversion.event_seq, bytes)));
        }
      }
      CHECK(spool.waiting(connection_id) == 0);
      CHECK(taken(spool, connection_id, 10).empty());
    }
  }
}

TEST_CASE("of one block, those that expire first come first") {
  const pruuv::testing::TempDir folder;
  // In memory, and in the file: three there and the rest in a second block.
  for (const std::size_t block_bytes : {std::size_t{1} << 20, std::size_t{2'000}}) {
    CAPTURE(block_bytes);
    Spool spool(folder.path(), {block_bytes, std::int64_t{1} << 30});
    const bool is_one_block = block_bytes > 10'000;
    for (std::int64_t seq = 1; seq <= 5; ++seq) spool.add(1, 100 - seq, conversion(seq));
    spool.seal();
    CHECK(taken(spool, 1, 1)[0].conversion.event_seq == (is_one_block ? 5 : 3));
    const auto rest = taken(spool, 1, 9);
    REQUIRE(rest.size() == 4);
    CHECK(rest[0].conversion.event_seq == (is_one_block ? 4 : 2));
    CHECK(rest[3].conversion.event_seq == (is_one_block ? 1 : 4));
  }
}

TEST_CASE("the file has no name, and takes no more than it may") {
  const pruuv::testing::TempDir folder;
  Spool spool(folder.path(), {1'000, 5'000});
  std::int64_t seq = 0;
  while (!spool.is_full()) spool.add(1, 1, conversion(++seq));
  CHECK(seq == 8);  // four blocks of two
  CHECK(std::filesystem::is_empty(folder.path()));
  spool.add(2, 1, conversion(++seq));  // still kept
  spool.seal();
  CHECK(taken(spool, 1, 100).size() == 8);
  CHECK(taken(spool, 2, 100).size() == 1);
  spool.clear();
  CHECK(spool.is_empty());
  CHECK_FALSE(spool.is_full());
  CHECK(spool.connections().empty());
  spool.add(3, 1, conversion(1));
  spool.seal();
  CHECK(taken(spool, 3, 100).size() == 1);
}

TEST_CASE(
    "a disk that is full in the middle of a block costs nothing of it, also if there is room "
    "again") {
  const pruuv::testing::TempDir folder;
  Spool spool(folder.path(), {1'000, 1'000'000});
  const FileSizeLimit limit(2'500);
  std::int64_t seq = 0;
  while (!spool.is_full()) {
    ++seq;
    spool.add(seq % 2, 1, conversion(seq));
  }
  CHECK(seq > 2);  // the first block is in the file
  limit.lift();
  spool.seal();
  std::size_t back = 0;
  for (const std::int64_t connection_id : {0, 1}) {
    for (const Taken& one : taken(spool, connection_id, 100)) {
      ++back;
      CHECK(one.conversion.event_seq % 2 == connection_id);
      CHECK(is_same(one.conversion, conversion(one.conversion.event_seq)));
    }
  }
  CHECK(back == static_cast<std::size_t>(seq));
}

TEST_CASE("where no file can be made, the spool is full with what it has in memory") {
  Spool spool("/proc/self", {1'000, 1'000'000});
  spool.add(1, 1, conversion(1));
  CHECK_FALSE(spool.is_full());
  spool.add(2, 1, conversion(2));
  CHECK(spool.is_full());
  spool.seal();
  CHECK(taken(spool, 1, 10).size() == 1);
  CHECK(taken(spool, 2, 10).size() == 1);
}
