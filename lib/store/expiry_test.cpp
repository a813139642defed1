#include "store/connections.hpp"
#include "store/deliveries.hpp"
#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

namespace {

struct Expiring : Store {
  std::int64_t meta;
  std::int64_t tiktok;

  Expiring() {
    add_events(*this, 10);
    meta = add_connection(*this, "meta", "main");
    tiktok = add_connection(*this, "tiktok", "main");
  }
  void add(std::int64_t seq, std::int64_t connection, DeliveryState state, std::int64_t expires_s,
           int crashes = 0) const {
    Delivery delivery;
    delivery.event_seq = seq;
    delivery.connection_id = connection;
    delivery.state = state;
    delivery.expires_s = expires_s;
    delivery.attempts = crashes > 0 || seq % 2 == 0 ? 1 : 0;
    delivery.crashes = crashes;
    if (state < DeliveryState::held) delivery.next_at_s = now_s + 86400;
    if (state == DeliveryState::held) delivery.reason = Reason::throttled;
    must(save_delivery(**this, delivery));
  }
  [[nodiscard]] Delivery load(std::int64_t seq, std::int64_t connection) const {
    return value_of(load_delivery(**this, seq, connection)).value();
  }
};

}  // namespace

TEST_CASE("what is open and too old expires, whatever it waits for") {
  const Expiring store;
  int seq = 0;
  for (const DeliveryState state : {DeliveryState::waiting, DeliveryState::retryable,
                                    DeliveryState::ambiguous, DeliveryState::held}) {
    store.add(++seq, store.tiktok, state, now_s);
    store.add(seq, store.meta, state, now_s, seq - 1);
  }
  store.add(10, store.meta, DeliveryState::waiting, now_s);  // of the turn that is missing so far
  store.add(5, store.meta, DeliveryState::waiting, now_s + 1);
  store.add(6, store.meta, DeliveryState::held, now_s + 1);
  store.add(7, store.meta, DeliveryState::accepted, now_s - 1);
  store.add(8, store.meta, DeliveryState::rejected, now_s - 1);

  CHECK(value_of(expire_open(*store, store.meta, now_s)) == 5);
  CHECK(store.load(10, store.meta).state == DeliveryState::expired);
  for (seq = 1; seq <= 4; ++seq) {
    CHECK(store.load(seq, store.meta).state == DeliveryState::expired);
    CHECK(store.load(seq, store.meta).reason == Reason::too_old);
    CHECK_FALSE(store.load(seq, store.meta).next_at_s);
    CHECK(store.load(seq, store.tiktok).state < DeliveryState::accepted);
  }
  CHECK(store.load(5, store.meta).state == DeliveryState::waiting);
  CHECK(store.load(6, store.meta).state == DeliveryState::held);
  CHECK(store.load(7, store.meta).state == DeliveryState::accepted);
  CHECK(store.load(8, store.meta).state == DeliveryState::rejected);
  CHECK(value_of(expire_open(*store, store.meta, now_s)) == 0);
}

TEST_CASE("what expires soon is counted by connection, paused ones aside") {
  const Expiring store;
  store.add(1, store.meta, DeliveryState::waiting, now_s);
  store.add(2, store.meta, DeliveryState::waiting, now_s + 2);
  store.add(3, store.meta, DeliveryState::ambiguous, now_s + 1, 3);
  store.add(4, store.meta, DeliveryState::held, now_s + 9);
  store.add(5, store.meta, DeliveryState::retryable, now_s + 10);
  store.add(6, store.meta, DeliveryState::accepted, now_s + 5);
  store.add(1, store.tiktok, DeliveryState::held, now_s + 5);
  auto expiring = value_of(load_expiring(*store, now_s, now_s + 10));
  REQUIRE(expiring.size() == 2);
  CHECK(expiring[0].client_id == "acme");
  CHECK(expiring[0].platform == "meta");
  CHECK(expiring[0].connection_name == "main");
  CHECK(expiring[0].count == 3);
  CHECK(expiring[0].first_s == now_s + 1);
  CHECK(expiring[1].platform == "tiktok");
  CHECK(expiring[1].count == 1);
  CHECK(expiring[1].first_s == now_s + 5);

  store.run("UPDATE connection SET paused = 1 WHERE platform = 'meta'");
  expiring = value_of(load_expiring(*store, now_s, now_s + 10));
  REQUIRE(expiring.size() == 1);
  CHECK(expiring[0].platform == "tiktok");
  CHECK(value_of(load_expiring(*store, now_s + 20, now_s + 30)).empty());
}
