#include <algorithm>

#include <fmt/format.h>

#include "delivery/by_hand.hpp"
#include "delivery/simulation/world.hpp"
#include "store/connections.hpp"
#include "store/events.hpp"

// The collector, which writes whenever it likes, and the people who look after the connections.
namespace pruuv::delivery::simulation {

void World::store_events(std::vector<FleetEvent> made) {
  store::Database& collector = witness_.database();
  auto transaction = value_of(store::Transaction::begin(collector));
  for (FleetEvent& one : made) {
    const auto inserted = value_of(store::insert_event(collector, one.event));
    if (inserted != store::Inserted::stored) throw Violation{"an event was not stored"};
    const std::int64_t seq = collector.last_insert_rowid();
    books_.numbers[one.event.id] = seq;
    books_.events.emplace(seq, std::move(one));
  }
  must(transaction.commit());
}

void World::add_events(std::int64_t count) {
  std::vector<FleetEvent> made;
  for (std::int64_t i = 0; i < count; ++i)
    made.push_back(fleet_.make_event(dice_, climate_, clock_.time_s()));
  if (count > 0) store_events(std::move(made));
}

void World::save_connections() {
  auto transaction = value_of(store::Transaction::begin(*database_));
  for (FleetConnection& connection : fleet_.connections())
    value_of(store::save_connection(*database_, connection.stored, 0, clock_.time_s()));
  must(transaction.commit());
}

void World::change_connections() {
  bool is_changed = false;
  for (FleetConnection& connection : fleet_.connections()) {
    Connection& stored = connection.stored;
    if (stored.paused ? dice_.chance(500) : climate_.strikes(Fault::pause, dice_)) {
      stored.paused = !stored.paused;
      is_changed = true;
    }
    if (climate_.strikes(Fault::other_settings, dice_)) {
      // The one changes the bytes of an event, the other its dedup key.
      stored.event_names["lead"] = fmt::format("Lead{}", ++connection.settings);
      stored.test_event_code = fmt::format("TEST{}", connection.settings);
      is_changed = true;
    }
  }
  if (is_changed) save_connections();
}

void World::operate() {
  store::DeliveryFilter filter;
  if (dice_.chance(500)) filter.client_id = dice_.one_of(fleet_.clients());
  if (climate_.strikes(Fault::retry, dice_)) {
    clock_.advance_ms(dice_.between(1, 6 * 3600) * 1000);
    FailedOptions failed;
    failed.include_ambiguous = dice_.chance(300);
    failed.now_s = clock_.time_s();
    const Picked picked = value_of(pick_failed(*database_, filter, failed));
    send_by_hand(picked.rows, Cause::retry, dice_.chance(200));
  }
  if (climate_.strikes(Fault::replay, dice_)) {
    const Roster roster = value_of(Roster::make(value_of(store::load_connections(*database_)), {}));
    Picked picked =
        value_of(pick_accepted(*database_, roster, filter, dice_.chance(300), clock_.time_s()));
    constexpr std::size_t few = 5;
    picked.rows.resize(std::min(picked.rows.size(), few));
    send_by_hand(picked.rows, Cause::replay, dice_.chance(200));
  }
}

void World::send_by_hand(const std::vector<store::DeliveryRow>& rows, Cause cause, bool is_later) {
  if (rows.empty()) return;
  trace(fmt::format("{} deliveries by hand", rows.size()));
  must(delivery::make_due(*database_, rows, cause, "tester", clock_.time_ms()));
  RunOptions options = draw_options();
  options.limit = 0;  // a person limits what is picked
  options.only.emplace();
  for (const store::DeliveryRow& row : rows) {
    const DeliveryKey key(row.delivery.connection_id, row.delivery.event_seq);
    books_.wishes[key] = {};
    books_.asked_after[key] = row.delivery.attempts;
    if (cause == Cause::replay) books_.replayed.insert(key);
    options.only->push_back({row.delivery.connection_id, row.delivery.event_seq});
  }
  if (!is_later) run(std::move(options));
}

}  // namespace pruuv::delivery::simulation
