#include "store/deliveries.hpp"

#include "store/connections.hpp"
#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

namespace {

Delivery delivery(std::int64_t event_seq, std::int64_t connection_id, DeliveryState state,
                  std::optional<std::int64_t> next_at_s, Reason reason = Reason::none) {
  Delivery out;
  out.event_seq = event_seq;
  out.connection_id = connection_id;
  out.state = state;
  out.reason = reason;
  out.next_at_s = next_at_s;
  out.expires_s = now_s + 86400;
  return out;
}

struct Deliveries : Store {
  std::int64_t meta;
  std::int64_t tiktok;

  Deliveries() {
    add_events(*this, 10);
    meta = add_connection(*this, "meta", "main");
    tiktok = add_connection(*this, "tiktok", "main");
  }
  void add(const Delivery& each) const { must(save_delivery(**this, each)); }
  [[nodiscard]] Delivery load(std::int64_t event_seq, std::int64_t connection_id) const {
    const auto found = value_of(load_delivery(**this, event_seq, connection_id));
    REQUIRE(found);
    return *found;
  }
};

void check_equal(const Delivery& a, const Delivery& b) {
  CHECK(a.event_seq == b.event_seq);
  CHECK(a.connection_id == b.connection_id);
  CHECK(a.state == b.state);
  CHECK(a.reason == b.reason);
  CHECK(a.next_at_s == b.next_at_s);
  CHECK(a.expires_s == b.expires_s);
  CHECK(a.cause == b.cause);
  CHECK(a.attempts == b.attempts);
  CHECK(a.faults == b.faults);
  CHECK(a.crashes == b.crashes);
  CHECK(a.first_attempt_s == b.first_attempt_s);
  CHECK(a.first_unknown_s == b.first_unknown_s);
  CHECK(a.first_request_id == b.first_request_id);
}

std::vector<std::int64_t> seqs_of(const std::vector<Delivery>& deliveries) {
  std::vector<std::int64_t> seqs;
  for (const Delivery& each : deliveries) seqs.push_back(each.event_seq);
  return seqs;
}

}  // namespace

TEST_CASE("every field of a delivery comes back, inserted or saved") {
  const Deliveries store;
  Delivery first =
      delivery(1, store.meta, DeliveryState::retryable, now_s + 1, Reason::known_failure);
  first.cause = Cause::retry;
  first.attempts = 3;
  first.faults = 2;
  first.crashes = 5;
  first.first_attempt_s = now_s - 10;
  first.first_unknown_s = now_s - 5;
  first.first_request_id = 17;
  store.add(first);
  check_equal(store.load(1, store.meta), first);

  Delivery after = first;
  after.state = DeliveryState::accepted;
  after.reason = Reason::none;
  after.next_at_s.reset();
  after.cause = Cause::replay;
  after.attempts = 4;
  after.faults = 1;
  after.crashes = 6;
  after.first_attempt_s = now_s - 11;
  after.first_unknown_s.reset();
  after.first_request_id = 18;
  must(save_delivery(*store, after));
  check_equal(store.load(1, store.meta), after);
  CHECK_FALSE(value_of(load_delivery(*store, 1, store.tiktok)));
}

TEST_CASE("the deliveries of an event come by connection") {
  const Deliveries store;
  store.add(delivery(1, store.tiktok, DeliveryState::waiting, now_s));
  store.add(delivery(1, store.meta, DeliveryState::held, {}, Reason::paused));
  store.add(delivery(2, store.meta, DeliveryState::waiting, now_s));
  const auto found = value_of(load_deliveries_of_event(*store, 1));
  REQUIRE(found.size() == 2);
  CHECK(found[0].connection_id == store.meta);
  CHECK(found[1].connection_id == store.tiktok);
}

TEST_CASE("a delivery needs its connection, and its event stays with it") {
  const Deliveries store;
  CHECK_FALSE(save_delivery(*store, delivery(1, 99, DeliveryState::waiting, now_s)));
  store.add(delivery(1, store.meta, DeliveryState::waiting, now_s));
  CHECK_FALSE(store.database->execute("DELETE FROM funnel_event WHERE seq = 1"));
  CHECK(store.database->execute("DELETE FROM funnel_event WHERE seq = 2"));
}

TEST_CASE("an event that a run has in hand stays: planned, and beyond the mark") {
  const Deliveries store;
  const std::int64_t client = value_of(client_number(*store, "acme"));
  must(save_planned_seq(*store, 1));
  must(save_plans(*store, std::vector<Plan>{{client, 1, {}}}));
  must(save_plans(*store, std::vector<Plan>{{client, 2, {}}}));
  CHECK_FALSE(store.database->execute("DELETE FROM funnel_event WHERE seq = 2"));
  CHECK(store.database->execute("DELETE FROM funnel_event WHERE seq = 3"));
  must(save_planned_seq(*store, 2));
  CHECK(store.database->execute("DELETE FROM funnel_event WHERE seq = 2"));
}

TEST_CASE("backlogs name the connections with due and with held deliveries") {
  const Deliveries store;
  CHECK(value_of(load_backlogs(*store, now_s)).empty());
  store.add(delivery(1, store.meta, DeliveryState::waiting, now_s + 1));
  store.add(delivery(2, store.meta, DeliveryState::accepted, {}));
  CHECK(value_of(load_backlogs(*store, now_s)).empty());
  store.add(delivery(3, store.tiktok, DeliveryState::held, {}, Reason::credential_refused));
  auto backlogs = value_of(load_backlogs(*store, now_s));
  REQUIRE(backlogs.size() == 1);
  CHECK(backlogs[0].connection_id == store.tiktok);
  CHECK_FALSE(backlogs[0].due);
  CHECK(backlogs[0].held);
  backlogs = value_of(load_backlogs(*store, now_s + 1));
  REQUIRE(backlogs.size() == 2);
  CHECK(backlogs[0].connection_id == store.meta);
  CHECK(backlogs[0].due);
  CHECK_FALSE(backlogs[0].held);
}

TEST_CASE("due deliveries come by turn, soonest to expire first, in pages") {
  const Deliveries store;
  const auto add = [&](int seq, std::int64_t expires_in_s, int attempts, int crashes) {
    Delivery each = delivery(seq, store.meta, DeliveryState::waiting, now_s - seq % 2);
    each.expires_s = now_s + expires_in_s;
    each.attempts = attempts;
    each.crashes = crashes;
    store.add(each);
  };
  add(1, 300, 0, 0);
  add(2, 100, 0, 0);
  add(3, 100, 0, 0);
  add(4, 50, 2, 0);
  add(5, 70, 1, 1);
  add(6, 60, 4, 2);
  add(7, 40, 9, 3);
  store.add(delivery(8, store.meta, DeliveryState::waiting, now_s + 1));
  store.add(delivery(9, store.meta, DeliveryState::held, {}, Reason::paused));
  store.add(delivery(1, store.tiktok, DeliveryState::waiting, now_s));

  const auto load = [&](int turn, DueAfter after, std::size_t limit) {
    return seqs_of(value_of(load_due(*store, store.meta, turn, now_s, after, limit)));
  };
  using Seqs = std::vector<std::int64_t>;
  CHECK(load(0, {}, 2) == Seqs{2, 3});
  CHECK(load(0, {now_s + 100, 2}, 2) == Seqs{3, 1});
  CHECK(load(0, {now_s + 300, 1}, 2).empty());
  CHECK(load(1, {}, 10) == Seqs{4});
  CHECK(load(2, {}, 10) == Seqs{5});
  CHECK(load(3, {}, 10) == Seqs{7, 6});
  CHECK(load(4, {}, 10).empty());
}

TEST_CASE("something is due, unless its connection is paused") {
  const Deliveries store;
  CHECK_FALSE(value_of(has_due(*store, now_s)));
  store.add(delivery(1, store.meta, DeliveryState::held, {}, Reason::throttled));
  store.add(delivery(2, store.meta, DeliveryState::waiting, now_s + 1));
  CHECK_FALSE(value_of(has_due(*store, now_s)));
  CHECK(value_of(has_due(*store, now_s + 1)));
  store.run("UPDATE connection SET paused = 1 WHERE platform = 'meta'");
  CHECK_FALSE(value_of(has_due(*store, now_s + 1)));
}

TEST_CASE("what is due can be held, probed and released by reason") {
  const Deliveries store;
  store.add(delivery(1, store.meta, DeliveryState::held, {}, Reason::paused));
  for (const int seq : {3, 2, 4})
    store.add(delivery(seq, store.meta, DeliveryState::retryable, now_s));
  store.add(delivery(5, store.meta, DeliveryState::waiting, now_s + 1));
  store.add(delivery(2, store.tiktok, DeliveryState::waiting, now_s));

  CHECK(value_of(hold_due(*store, store.meta, Reason::credential_refused, now_s)) == 3);
  CHECK(store.load(3, store.meta).state == DeliveryState::held);
  CHECK(store.load(3, store.meta).reason == Reason::credential_refused);
  CHECK_FALSE(store.load(3, store.meta).next_at_s);
  CHECK(store.load(5, store.meta).state == DeliveryState::waiting);
  CHECK(store.load(2, store.tiktok).state == DeliveryState::waiting);

  store.run("UPDATE delivery SET expires_at = expires_at - 1 WHERE event_seq = 3");
  CHECK(value_of(load_first_held(*store, store.meta, Reason::credential_refused))->event_seq == 3);
  store.run("UPDATE delivery SET expires_at = expires_at + 1 WHERE event_seq = 3");
  CHECK(value_of(load_first_held(*store, store.meta, Reason::credential_refused))->event_seq == 2);
  CHECK(value_of(load_first_held(*store, store.meta, Reason::paused))->event_seq == 1);
  CHECK_FALSE(value_of(load_first_held(*store, store.meta, Reason::throttled)));
  // One that a run died with is no probe.
  store.run("UPDATE delivery SET crashes = 1");
  CHECK_FALSE(value_of(load_first_held(*store, store.meta, Reason::credential_refused)));

  CHECK(value_of(release_held(*store, store.meta, Reason::credential_refused, now_s + 7)) == 3);
  CHECK(store.load(4, store.meta).state == DeliveryState::waiting);
  CHECK(store.load(4, store.meta).reason == Reason::none);
  CHECK(store.load(4, store.meta).next_at_s == std::optional<std::int64_t>(now_s + 7));
  CHECK(store.load(1, store.meta).state == DeliveryState::held);
  CHECK(value_of(release_held(*store, store.meta, Reason::throttled, now_s)) == 0);
}

TEST_CASE("made due by hand: at once, its history kept") {
  const Deliveries store;
  Delivery rejected = delivery(1, store.meta, DeliveryState::rejected, {}, Reason::given_up);
  rejected.attempts = 6;
  rejected.faults = 6;
  rejected.first_unknown_s = now_s - 100;
  rejected.crashes = 3;
  store.add(rejected);
  must(make_due(*store, 1, store.meta, Cause::retry, now_s));
  rejected.state = DeliveryState::waiting;
  rejected.reason = Reason::none;
  rejected.next_at_s = now_s;
  rejected.cause = Cause::retry;
  rejected.crashes = 2;
  check_equal(store.load(1, store.meta), rejected);
}

TEST_CASE("a reason this program does not know is store content") {
  const Deliveries store;
  store.add(delivery(1, store.meta, DeliveryState::waiting, now_s));
  store.run("UPDATE delivery SET reason = 255");
  const auto loaded = load_due(*store, store.meta, 0, now_s, {}, 10);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().kind == ErrorKind::store_content);
  CHECK_FALSE(store.database->is_reading());
}
