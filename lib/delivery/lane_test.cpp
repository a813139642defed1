#include "delivery/lane.hpp"

#include <cmath>
#include <numeric>
#include <set>
#include <string>

#include "testing/testing.hpp"

using namespace pruuv;
using namespace pruuv::delivery;

namespace {

Batch items(int first, int count) {
  Batch batch;
  for (int i = 0; i < count; ++i) {
    Item item;
    item.delivery.event_seq = first + i;
    item.conversion.object = std::string(99, 'x');
    batch.push_back(std::move(item));
  }
  return batch;
}

Lane make_lane() {
  Lane lane;
  lane.target.adapter = platforms::find_adapter("meta");
  lane.events_max = 1'000;
  lane.body_bytes_max = std::size_t{4} << 20;
  lane.proven = true;
  return lane;
}

// Sends what the lane has until nothing is left, as a platform that refuses every request with a
// bad event in it and says no more. Gives the number of requests.
int drain(Lane& lane, const std::set<std::int64_t>& bad, std::set<std::int64_t>& accepted,
          std::set<std::int64_t>& rejected) {
  int requests = 0;
  while (!lane.queue.empty()) {
    Load load = lane.take_load(Phase::ordinary);
    ++requests;
    int bad_ones = 0;
    for (const Item& item : load.items)
      bad_ones += static_cast<int>(bad.count(item.delivery.event_seq));
    if (bad_ones > 0 && load.items.size() > 1) {
      lane.search(std::move(load));
      continue;
    }
    for (const Item& item : load.items)
      (bad_ones > 0 ? rejected : accepted).insert(item.delivery.event_seq);
    if (load.other_half.empty()) continue;
    if (bad_ones > 0) {
      lane.put_back(std::move(load.other_half), true);
    } else {
      lane.search_other_half(std::move(load.other_half));
    }
  }
  return requests;
}

}  // namespace

TEST_CASE("one bad event among n costs at most 2 log2(n) + 1 requests, wherever it is") {
  for (const int n : {2, 3, 5, 7, 10, 64, 100, 1'000}) {
    for (int bad = 0; bad < n; bad += std::max(1, n / 50)) {
      Lane lane = make_lane();
      lane.queue.push_back({items(0, n), {}, false});
      std::set<std::int64_t> accepted, rejected;
      const int requests = drain(lane, {bad}, accepted, rejected);
      INFO(n << " events, number " << bad << " is bad");
      CHECK(requests <= 2 * std::log2(n) + 1);
      CHECK(accepted.size() == static_cast<std::size_t>(n - 1));
      CHECK(rejected == std::set<std::int64_t>{bad});
    }
  }
}

TEST_CASE("several bad events are found, and none of the others is lost") {
  for (const std::set<std::int64_t>& bad :
       {std::set<std::int64_t>{0, 1}, {0, 99}, {3, 50, 51, 98}, {49, 50}}) {
    Lane lane = make_lane();
    lane.queue.push_back({items(0, 100), {}, false});
    std::set<std::int64_t> accepted, rejected;
    drain(lane, bad, accepted, rejected);
    CHECK(rejected == bad);
    CHECK(accepted.size() == 100 - bad.size());
  }
  Lane lane = make_lane();
  lane.queue.push_back({items(0, 64), {}, false});
  std::set<std::int64_t> all, accepted, rejected;
  for (int i = 0; i < 64; ++i) all.insert(i);
  CHECK(drain(lane, all, accepted, rejected) <= 2 * 64);
  CHECK(rejected == all);
}

TEST_CASE("a load is cut to what may go, and what is cut off stays in front") {
  Lane lane = make_lane();
  lane.queue.push_back({items(0, 300), {}, false});
  lane.queue.push_back({items(1'000, 5), {}, false});
  SECTION("to the most events the platform took") { lane.events_max = 20; }
  SECTION("to a body the platform took") { lane.body_bytes_max = 2'000; }
  const Load first = lane.take_load(Phase::ordinary);
  CHECK(first.items.size() == 20);
  CHECK(lane.queue.front().items.size() == 280);
  CHECK(lane.queue.front().items.front().delivery.event_seq == 20);
}

TEST_CASE("after an unknown outcome ten events go, after an open breaker one") {
  Lane lane = make_lane();
  lane.queue.push_back({items(0, 300), {}, false});
  lane.cautious = true;
  CHECK(lane.is_alone());
  CHECK(lane.take_load(Phase::ordinary).items.size() == 10);
  lane.half_open = true;
  CHECK(lane.take_load(Phase::ordinary).items.size() == 1);
  lane.cautious = lane.half_open = false;
  CHECK(lane.take_load(Phase::crashed_once).items.size() == 10);
  CHECK(lane.take_load(Phase::crashed_more).items.size() == 1);
  CHECK(lane.take_load(Phase::ordinary).items.size() == 278);
}

TEST_CASE("halves of a refused request are not cut down with the other requests") {
  Lane lane = make_lane();
  lane.events_max = 100;
  lane.search({items(0, 1'000), {}, true});
  const Load half = lane.take_load(Phase::ordinary);
  CHECK(half.items.size() == 500);
  CHECK(half.other_half.size() == 500);
  lane.cautious = true;
  lane.search({items(0, 1'000), {}, true});
  CHECK(lane.take_load(Phase::ordinary).items.size() == 10);
  std::size_t left = 0;
  for (const Load& load : lane.queue) left += load.items.size() + load.other_half.size();
  CHECK(left == 990);
}

TEST_CASE("a delivery has its turn by what became of it so far") {
  Delivery delivery;
  CHECK(turn_of(delivery) == Turn::fresh);
  delivery.attempts = 3;
  CHECK(turn_of(delivery) == Turn::again);
  delivery.crashes = 1;
  CHECK(turn_of(delivery) == Turn::crashed_once);
  delivery.crashes = 2;
  CHECK(turn_of(delivery) == Turn::crashed_more);
}
