#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "audit/records.hpp"
#include "delivery/dispatcher.hpp"
#include "delivery/prepare.hpp"
#include "store/deliveries.hpp"

// What the lanes are filled with: pages of due deliveries, made into requests' loads.
namespace pruuv::delivery {
namespace {

// Encoded events waiting in all lanes together; more are not made while anything is in flight.
constexpr std::size_t queued_events_max = 20'000;

std::size_t batch_events_of(const platforms::Platform& adapter, const RunOptions& options) {
  const std::size_t limit = adapter.limits.events_max;
  return options.batch_events_max == 0 ? limit : std::min(limit, options.batch_events_max);
}

}  // namespace

std::size_t Dispatcher::group_of(const resolve::Target& target) {
  const auto [entry, is_new] = group_numbers_.try_emplace(
      {target.connection->credential, target.adapter->name}, groups_.size());
  if (is_new) groups_.emplace_back();
  return entry->second;
}

// A lane with nothing in it. What earlier runs' requests came to is read, so that a sick connection
// is known before it is asked.
Result<Lane> Dispatcher::begin_lane(const resolve::Target& target) {
  Lane lane;
  lane.target = target;
  lane.group = group_of(target);
  lane.events_max = batch_events_of(*target.adapter, options_);
  lane.body_bytes_max = target.adapter->limits.body_bytes_max;
  constexpr std::int64_t remembered_ms = std::int64_t{7} * 86'400'000;
  PRUUV_TRY_ASSIGN(const auto requests,
                   audit::load_recent_requests(*services_.database, lane.target.connection->id,
                                               services_.clock->now_ms() - remembered_ms,
                                               Breaker::requests_remembered));
  for (auto request = requests.rbegin(); request != requests.rend(); ++request)
    lane.breaker.note(request->failed);
  lane.half_open = lane.breaker.is_open();
  return lane;
}

Result<void> Dispatcher::make_picked_lanes() {
  for (const PickedDelivery& picked : *options_.only) {
    const resolve::Target* target = roster_.of_connection(picked.connection_id);
    if (target == nullptr || target->connection->paused) continue;
    PRUUV_TRY_ASSIGN(
        const auto delivery,
        store::load_delivery(*services_.database, picked.event_seq, picked.connection_id));
    if (!delivery) continue;
    auto known = lanes_.find(picked.connection_id);
    if (known == lanes_.end()) {
      PRUUV_TRY_ASSIGN(Lane lane, begin_lane(*target));
      lane.picked.emplace();
      known = lanes_.emplace(picked.connection_id, std::move(lane)).first;
    }
    (*known->second.picked)[static_cast<std::size_t>(turn_of(*delivery))].push_back(
        picked.event_seq);
  }
  return {};
}

Result<void> Dispatcher::make_lane(const store::Backlog& backlog, std::int64_t now_s) {
  store::Database& database = *services_.database;
  const resolve::Target* target = roster_.of_connection(backlog.connection_id);
  if (target == nullptr || !is_selected(*target->connection, options_)) return {};
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database));
  PRUUV_TRY_ASSIGN(const std::int64_t expired,
                   store::expire_open(database, backlog.connection_id, now_s));
  count(target->connection->platform, DeliveryState::expired, expired);
  if (target->connection->paused) {
    PRUUV_TRY(store::hold_due(database, backlog.connection_id, Reason::paused, now_s));
    return transaction.commit();
  }
  PRUUV_TRY_ASSIGN(Lane lane, begin_lane(*target));
  if (backlog.held) {
    PRUUV_TRY(store::release_held(database, backlog.connection_id, Reason::paused, now_s));
    for (const Reason reason : probed_reasons) {
      PRUUV_TRY_ASSIGN(const auto held,
                       store::load_first_held(database, backlog.connection_id, reason));
      if (held) {
        lane.probing_for = reason;
        break;
      }
      // What a run died with goes in small requests anyway: each is a probe.
      PRUUV_TRY(store::release_held(database, backlog.connection_id, reason, now_s));
    }
  }
  PRUUV_TRY(transaction.commit());
  // Most connections have fresh events only, and are done when those are.
  for (const Turn turn : {Turn::again, Turn::crashed_once, Turn::crashed_more}) {
    PRUUV_TRY_ASSIGN(const auto due, store::load_due(database, backlog.connection_id,
                                                     static_cast<int>(turn), now_s, {}, 1));
    lane.sources[static_cast<std::size_t>(turn)].is_drained = due.empty();
  }
  lanes_.emplace(backlog.connection_id, std::move(lane));
  return {};
}

Result<void> Dispatcher::make_lanes() {
  if (options_.only) return make_picked_lanes();
  const std::int64_t now_s = services_.clock->now_s();
  PRUUV_TRY_ASSIGN(const auto backlogs, store::load_backlogs(*services_.database, now_s));
  for (const store::Backlog& backlog : backlogs) PRUUV_TRY(make_lane(backlog, now_s));
  return {};
}

// Counts a delivery the run has in hand: as due, or no longer as held for a doubted credential.
void Dispatcher::take_up(Lane& lane, std::int64_t event_seq) {
  if (lane.refused.erase(event_seq) == 0) {
    ++summary_.due;
  } else if (lane.refused_counted > 0) {
    --lane.refused_counted;
    count(lane.target.connection->platform, DeliveryState::held, -1);
  }
}

// Encodes deliveries and puts them at the end of the queue. `tries`: one a delivery, or none.
Result<void> Dispatcher::enqueue(Lane& lane, const std::vector<Delivery>& deliveries,
                                 const std::vector<int>& tries) {
  PRUUV_TRY_ASSIGN(Prepared prepared,
                   prepare(*services_.database, lane.target, deliveries, services_.clock->now_s()));
  std::unordered_map<std::int64_t, int> tries_of;
  for (std::size_t i = 0; i < tries.size(); ++i) tries_of[deliveries[i].event_seq] = tries[i];
  return put_in_queue(lane, std::move(prepared), tries_of);
}

Result<void> Dispatcher::put_in_queue(Lane& lane, Prepared prepared,
                                      const std::unordered_map<std::int64_t, int>& tries_of) {
  PRUUV_TRY(save_all(prepared.moved));
  for (const Delivery& delivery : prepared.moved) let_go(lane, delivery);
  for (Item& item : prepared.items) {
    const auto known = tries_of.find(item.delivery.event_seq);
    if (known != tries_of.end()) item.tries = known->second;
    const std::int64_t seq = item.delivery.event_seq;
    if (lane.taken.insert(seq).second) take_up(lane, seq);
  }
  auto batches = cut_into_batches(std::move(prepared.items), lane.events_max, lane.body_bytes_max);
  for (Batch& batch : batches) {
    queued_events_ += batch.size();
    lane.queue.push_back({std::move(batch), {}, false});
  }
  return {};
}

// One event of those that are held; false when there is none left to try with.
Result<bool> Dispatcher::fill_probe(Lane& lane) {
  for (;;) {
    PRUUV_TRY_ASSIGN(
        const auto held,
        store::load_first_held(*services_.database, lane.target.connection->id, lane.probing_for));
    if (!held) return false;
    PRUUV_TRY(enqueue(lane, {*held}, {}));
    if (!lane.queue.empty()) return true;
  }
}

// Events of this run whose pause is over; false when there are none.
Result<bool> Dispatcher::fill_later(Lane& lane) {
  const auto due = std::ranges::find_if(lane.later, [&](const Lane::Later& later) {
    return later.due_ms <= services_.clock->steady_ms();
  });
  if (due == lane.later.end()) return false;
  const std::size_t page = std::min(due->events.size(), lane.events_max);
  const auto end = due->events.begin() + static_cast<std::ptrdiff_t>(page);
  const std::vector<Again> events(due->events.begin(), end);
  due->events.erase(due->events.begin(), end);
  if (due->events.empty()) lane.later.erase(due);
  std::vector<Delivery> deliveries;
  std::vector<int> tries;
  for (const Again& again : events) {
    PRUUV_TRY_ASSIGN(const auto delivery, store::load_delivery(*services_.database, again.event_seq,
                                                               lane.target.connection->id));
    if (!delivery || !is_open(delivery->state)) {
      lane.taken.erase(again.event_seq);
      continue;
    }
    deliveries.push_back(*delivery);
    tries.push_back(again.tries);
  }
  PRUUV_TRY(enqueue(lane, deliveries, tries));
  return true;
}

// Due deliveries of that turn that this run has not in hand yet.
Result<std::vector<Delivery>> Dispatcher::load_page(Lane& lane, Turn turn, std::size_t page,
                                                    std::int64_t now_s) {
  store::Database& database = *services_.database;
  const std::int64_t connection_id = lane.target.connection->id;
  std::vector<Delivery> deliveries;
  if (lane.picked) {
    std::deque<std::int64_t>& picked = (*lane.picked)[static_cast<std::size_t>(turn)];
    while (!picked.empty() && deliveries.size() < page) {
      PRUUV_TRY_ASSIGN(const auto delivery,
                       store::load_delivery(database, picked.front(), connection_id));
      picked.pop_front();
      if (delivery && delivery->next_at_s && *delivery->next_at_s <= now_s)
        deliveries.push_back(*delivery);
    }
    return deliveries;
  }
  Lane::Source& source = lane.sources[static_cast<std::size_t>(turn)];
  while (!source.is_drained && deliveries.empty()) {
    PRUUV_TRY_ASSIGN(deliveries, store::load_due(database, connection_id, static_cast<int>(turn),
                                                 now_s, source.position, page));
    source.is_drained = deliveries.size() < page;
    if (deliveries.empty()) break;
    source.position = {deliveries.back().expires_s, deliveries.back().event_seq};
    std::erase_if(deliveries, [&](const Delivery& delivery) {
      return lane.taken.count(delivery.event_seq) > 0;
    });
  }
  return deliveries;
}

// A page of one turn into the queue, those the store has rows of first; false where there is none.
Result<bool> Dispatcher::fill_turn(Lane& lane, Turn turn, std::size_t page) {
  PRUUV_TRY_ASSIGN(const std::vector<Delivery> due,
                   load_page(lane, turn, page, services_.clock->now_s()));
  const bool is_spool_next = due.empty() && turn == Turn::fresh && lane.spooled > 0;
  if (is_spool_next) {
    PRUUV_TRY(fill_spooled(lane, page));
  } else {
    PRUUV_TRY(enqueue(lane, due, {}));
  }
  return is_spool_next || !due.empty();
}

// The next page of the phase: pages of fresh deliveries and of those tried before take turns, so
// that a backlog does not keep back what has just come in.
Result<bool> Dispatcher::fill_page(Lane& lane, std::size_t page) {
  if (phase_ == Phase::crashed_once) return fill_turn(lane, Turn::crashed_once, page);
  if (phase_ == Phase::crashed_more) return fill_turn(lane, Turn::crashed_more, page);
  for (int sides = 0; sides < 2; ++sides) {
    lane.last_turn = lane.last_turn == Turn::again ? Turn::fresh : Turn::again;
    PRUUV_TRY_ASSIGN(const bool found, fill_turn(lane, lane.last_turn, page));
    if (found) return true;
  }
  return false;
}

bool Dispatcher::is_limit_reached() const {
  return options_.limit > 0 && static_cast<std::size_t>(summary_.due) >= options_.limit;
}

// Puts something into the empty queue, if there is anything for it.
Result<void> Dispatcher::fill(Lane& lane) {
  if (queued_events_ >= queued_events_max && !is_idle()) return {};
  while (lane.queue.empty()) {
    PRUUV_TRY_ASSIGN(const bool found, fill_later(lane));
    if (!found) break;
  }
  if (lane.queue.empty() && is_limit_reached()) {
    // What has been begun is still brought to its end.
    PRUUV_TRY(unspool(lane));
    lane.probing_for = Reason::none;
    for (Lane::Source& source : lane.sources) source.is_drained = true;
    if (lane.picked) lane.picked->fill({});
    summary_.early_end = EarlyEnd::limit;
    return {};
  }
  if (lane.queue.empty() && lane.probing_for != Reason::none) {
    PRUUV_TRY_ASSIGN(const bool found, fill_probe(lane));
    if (!found) lane.probing_for = Reason::none;
  }
  while (lane.queue.empty()) {
    std::size_t page = lane.events_max;
    if (options_.limit > 0)
      page = std::min(page, options_.limit - static_cast<std::size_t>(summary_.due));
    PRUUV_TRY_ASSIGN(const bool found, fill_page(lane, page));
    if (!found) return {};
  }
  return {};
}

}  // namespace pruuv::delivery
