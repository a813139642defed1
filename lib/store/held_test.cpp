#include "store/held.hpp"

#include "store/deliveries.hpp"
#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

TEST_CASE("held deliveries of a connection and reason are counted, those too old apart") {
  const Store store;
  add_events(store, 4);
  const std::int64_t meta = add_connection(store, "meta", "main");
  const std::int64_t tiktok = add_connection(store, "tiktok", "main");
  const auto add = [&](std::int64_t seq, std::int64_t connection, Reason reason,
                       std::int64_t expires_s, DeliveryState state = DeliveryState::held) {
    Delivery delivery;
    delivery.event_seq = seq;
    delivery.connection_id = connection;
    delivery.state = state;
    delivery.reason = reason;
    delivery.expires_s = expires_s;
    must(save_delivery(*store, delivery));
  };
  CHECK(value_of(count_held(*store, meta, Reason::paused, now_s)).in_time == 0);
  add(1, meta, Reason::paused, now_s + 1);
  add(2, meta, Reason::paused, now_s);
  add(3, meta, Reason::throttled, now_s + 1);
  add(4, meta, Reason::paused, now_s + 1, DeliveryState::accepted);
  add(1, tiktok, Reason::paused, now_s + 1);
  const HeldCount held = value_of(count_held(*store, meta, Reason::paused, now_s));
  CHECK(held.in_time == 1);
  CHECK(held.too_old == 1);
}
