#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "delivery/dispatcher.hpp"
#include "store/deliveries.hpp"

// New deliveries come in rounds: as many as the spool takes are planned, then sent. They get their
// row with the first answer, or when they are to wait. The planned mark follows when all have one.
namespace pruuv::delivery {
namespace {

// Due since it was planned.
Delivery due_delivery(std::int64_t connection_id, std::int64_t event_seq, std::int64_t expires_s,
                      std::int64_t planned_s) {
  Delivery delivery;
  delivery.event_seq = event_seq;
  delivery.connection_id = connection_id;
  delivery.next_at_s = planned_s;
  delivery.expires_s = expires_s;
  return delivery;
}

void sort_by_expiry(std::vector<Item>& items) {
  const auto key = [](const Item& item) {
    return std::tie(item.delivery.expires_s, item.delivery.event_seq);
  };
  if (!std::ranges::is_sorted(items, {}, key)) std::ranges::sort(items, {}, key);
}

void collect_new(Batch& batch, std::vector<Item*>& items) {
  for (Item& item : batch) {
    if (item.is_new) items.push_back(&item);
  }
}

}  // namespace

Result<void> Dispatcher::save_all(const std::vector<Delivery>& deliveries) {
  if (deliveries.empty()) return {};
  const auto save = [&](store::Database& database) {
    return store::save_deliveries(database, deliveries);
  };
  return write_patiently(*services_.database, patience(true), save);
}

// Whether a lane can go on with what it has in the spool without a pause first.
bool Dispatcher::may_send_spooled() {
  const std::int64_t now_ms = services_.clock->steady_ms();
  for (const auto& [id, lane] : active_) {
    if (lane->spooled > 0 && ready_ms(*lane) <= now_ms) return true;
  }
  return false;
}

// Plans the next new events while the spool has nothing that may go now. First what is under way is
// answered: planning takes a second, and its memory would come on top of the requests'.
Result<void> Dispatcher::next_rounds() {
  if (planner_ == nullptr || !is_idle()) return {};
  const auto go_on = [&] {
    if (services_.progress) services_.progress(summary_);
    return !is_stopping();
  };
  while (planner_->has_more() && !is_stopping() && !may_send_spooled()) {
    PRUUV_TRY(settle_round());
    spool_.clear();
    Spool* const spool = is_limit_reached() ? nullptr : &spool_;
    planned_s_ = services_.clock->now_s();
    PRUUV_TRY(planner_->plan(planned_s_, spool, go_on));
    spool_.seal();
    PRUUV_TRY(make_spooled_lanes());
  }
  return {};
}

Result<void> Dispatcher::make_spooled_lanes() {
  for (const std::int64_t id : spool_.connections()) {
    auto known = lanes_.find(id);
    if (known == lanes_.end()) {
      PRUUV_TRY_ASSIGN(Lane lane, begin_lane(*roster_.of_connection(id)));
      for (Lane::Source& source : lane.sources) source.is_drained = true;
      known = lanes_.emplace(id, std::move(lane)).first;
    }
    Lane& lane = known->second;
    lane.spooled = spool_.waiting(id);
    active_.emplace(id, &lane);
    if (lane.state != Lane::State::stopped) continue;
    PRUUV_TRY(unspool(lane));
    if (!lane.is_held) continue;
    PRUUV_TRY_ASSIGN(const std::int64_t held, hold_due(lane));
    count(lane.target.connection->platform, DeliveryState::held, held);
  }
  return {};
}

Result<void> Dispatcher::fill_spooled(Lane& lane, std::size_t page) {
  const std::int64_t now_s = services_.clock->now_s();
  const std::int64_t connection_id = lane.target.connection->id;
  Prepared prepared;
  prepared.items.reserve(std::min(page, lane.spooled));
  const auto each = [&](std::int64_t expires_s, Conversion conversion) {
    Delivery delivery = due_delivery(connection_id, conversion.event_seq, expires_s, planned_s_);
    if (expires_s <= now_s) {
      delivery.state = DeliveryState::expired;
      delivery.reason = Reason::too_old;
      delivery.next_at_s.reset();
      prepared.moved.push_back(std::move(delivery));
    } else {
      prepared.items.push_back({std::move(delivery), std::move(conversion), 0, true});
    }
  };
  PRUUV_TRY(spool_.take(connection_id, page, each));
  lane.spooled = spool_.waiting(connection_id);
  sort_by_expiry(prepared.items);
  return put_in_queue(lane, std::move(prepared), {});
}

// What the lane has in the spool gets its rows: due, for later in this run or the next one.
Result<void> Dispatcher::unspool(Lane& lane) {
  if (lane.spooled == 0) return {};
  constexpr std::size_t page = 1000;
  const std::int64_t connection_id = lane.target.connection->id;
  while (lane.spooled > 0) {
    std::vector<Delivery> deliveries;
    const auto each = [&](std::int64_t expires_s, const Conversion& conversion) {
      deliveries.push_back(
          due_delivery(connection_id, conversion.event_seq, expires_s, planned_s_));
    };
    PRUUV_TRY(spool_.take(connection_id, page, each));
    PRUUV_TRY(save_all(deliveries));
    lane.spooled = spool_.waiting(connection_id);
  }
  lane.sources[static_cast<std::size_t>(Turn::fresh)] = {};
  return {};
}

// The same for what the lane has taken out already, its requests under way included.
Result<void> Dispatcher::save_new(Lane& lane) {
  std::vector<Item*> items;
  for (Load& load : lane.queue) {
    collect_new(load.items, items);
    collect_new(load.other_half, items);
  }
  for (auto& [id, sent] : in_flight_) {
    if (sent.connection_id != lane.target.connection->id) continue;
    collect_new(sent.load.items, items);
    collect_new(sent.load.other_half, items);
  }
  std::vector<Delivery> deliveries;
  deliveries.reserve(items.size());
  for (const Item* item : items) deliveries.push_back(item->delivery);
  PRUUV_TRY(save_all(deliveries));
  for (Item* item : items) item->is_new = false;
  return {};
}

Result<void> Dispatcher::settle_round() {
  if (planner_ == nullptr || !planner_->is_ahead()) return {};
  for (auto& [id, lane] : lanes_) {
    PRUUV_TRY(unspool(lane));
    PRUUV_TRY(save_new(lane));
  }
  const auto settle = [&](store::Database&) { return planner_->settle(); };
  PRUUV_TRY(write_patiently(*services_.database, patience(true), settle));
  planner_->settled();
  return {};
}

}  // namespace pruuv::delivery
