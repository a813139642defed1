#include "store/connections.hpp"
#include "store/deliveries.hpp"
#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

namespace {

constexpr std::array<DeliveryState, 8> all_states = {
    DeliveryState::waiting,  DeliveryState::retryable, DeliveryState::ambiguous,
    DeliveryState::held,     DeliveryState::accepted,  DeliveryState::confirmed,
    DeliveryState::rejected, DeliveryState::expired};

// Events 1 to 8 to "meta", one in each state, and event 1 to the tiktok connection of client
// "other".
struct Lists : Store {
  Lists() {
    add_events(*this, 8);
    const std::int64_t meta = add_connection(*this, "meta", "main");
    for (const DeliveryState state : all_states) {
      const bool is_due = state < DeliveryState::held;
      add(static_cast<std::int64_t>(state) + 1, meta, state, is_due);
    }
    Connection other;
    other.client_id = "other";
    other.platform = "tiktok";
    other.name = "second";
    other.destination = "C1";
    REQUIRE(value_of(save_connection(**this, other, 0, now_s)) == Saved::added);
    add(1, other.id, DeliveryState::rejected, false);
  }

  void add(std::int64_t seq, std::int64_t connection, DeliveryState state, bool is_due) const {
    Delivery delivery;
    delivery.event_seq = seq;
    delivery.connection_id = connection;
    delivery.state = state;
    if (is_due) delivery.next_at_s = now_s;
    if (state == DeliveryState::held) delivery.reason = Reason::paused;
    must(save_delivery(**this, delivery));
  }

  // "seq/platform" of each row.
  [[nodiscard]] std::string list(const DeliveryFilter& filter) const {
    std::string out;
    for (const DeliveryRow& row : value_of(load_deliveries(**this, filter))) {
      out += std::to_string(row.delivery.event_seq) + "/" + row.platform + " ";
    }
    return out;
  }
};

}  // namespace

TEST_CASE("an empty filter lists all, with the words of each") {
  const Lists store;
  const auto rows = value_of(load_deliveries(*store, {}));
  REQUIRE(rows.size() == 9);
  CHECK(rows[1].event_id == event_id(1));
  CHECK(rows[1].client_id == "other");
  CHECK(rows[1].platform == "tiktok");
  CHECK(rows[1].connection_name == "second");
  CHECK(rows[1].event_time_s == sample_event(1).event_time);
  CHECK(rows[1].delivery.state == DeliveryState::rejected);
}

TEST_CASE("each way to the deliveries applies the whole filter") {
  const Lists store;
  DeliveryFilter filter;
  SECTION("one state at a time") {
    for (const DeliveryState state : all_states) {
      filter.states = {state};
      filter.client_id = "acme";
      CHECK(store.list(filter) == std::to_string(static_cast<int>(state) + 1) + "/meta ");
    }
  }
  SECTION("through the indexes") {
    filter.states = {DeliveryState::rejected, DeliveryState::held, DeliveryState::ambiguous};
    CHECK(store.list(filter) == "1/tiktok 3/meta 4/meta 7/meta ");
    filter.platform = "meta";
    CHECK(store.list(filter) == "3/meta 4/meta 7/meta ");
    filter.limit = 2;
    CHECK(store.list(filter) == "3/meta 4/meta ");
    filter.limit = 0;
    filter.since_s = sample_event(4).event_time;
    CHECK(store.list(filter) == "4/meta 7/meta ");
    filter.until_s = sample_event(7).event_time;
    CHECK(store.list(filter) == "4/meta ");
    filter.client_id = "other";
    CHECK(store.list(filter).empty());
  }
  SECTION("through an event") {
    filter.event_id = "0190A1B2-C3D4-4E5F-8A9B-000000000001";
    CHECK(store.list(filter) == "1/meta 1/tiktok ");
    filter.platform = "tiktok";
    CHECK(store.list(filter) == "1/tiktok ");
    filter.states = {DeliveryState::waiting};
    CHECK(store.list(filter).empty());
  }
  SECTION("through all") {
    filter.states = {DeliveryState::accepted, DeliveryState::rejected};
    CHECK(store.list(filter) == "1/tiktok 5/meta 7/meta ");
    filter.client_id = "other";
    CHECK(store.list(filter) == "1/tiktok ");
  }
}

TEST_CASE("open deliveries are counted by client, platform, state and reason") {
  const Lists store;
  store.add(8, 2, DeliveryState::waiting, true);
  store.add(7, 2, DeliveryState::waiting, true);
  const auto counts = value_of(count_open(*store));
  REQUIRE(counts.size() == 5);
  CHECK(counts[0].client_id == "acme");
  CHECK(counts[0].state == DeliveryState::waiting);
  CHECK(counts[0].count == 1);
  CHECK(counts[3].state == DeliveryState::held);
  CHECK(counts[3].reason == Reason::paused);
  CHECK(counts[4].client_id == "other");
  CHECK(counts[4].platform == "tiktok");
  CHECK(counts[4].count == 2);
}
