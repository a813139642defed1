#include "delivery/dispatcher.hpp"

#include <algorithm>

#include "audit/records.hpp"
#include "base/sha256.hpp"
#include "delivery/prepare.hpp"
#include "store/deliveries.hpp"

namespace pruuv::delivery {
namespace {

std::size_t batch_events_of(const platforms::Platform& adapter, const RunOptions& options) {
  const std::size_t limit = adapter.limits.events_max;
  return options.batch_events_max == 0 ? limit : std::min(limit, options.batch_events_max);
}

bool is_selected(const Connection& connection, const RunOptions& options) {
  return (options.client_id.empty() || options.client_id == connection.client_id) &&
         (options.platform.empty() || options.platform == connection.platform);
}

Result<void> save_moved(store::Database& database, const std::vector<Delivery>& moved) {
  if (moved.empty()) return {};
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database));
  for (const Delivery& delivery : moved) PRUUV_TRY(store::save_delivery(database, delivery));
  return transaction.commit();
}

audit::OpenedRequest describe(const Lane& lane, const Batch& batch, const HttpRequest& request,
                              std::int64_t run, std::int64_t now_ms) {
  audit::OpenedRequest opened;
  opened.run = run;
  opened.connection_id = lane.target.connection->id;
  opened.adapter = lane.target.connection->adapter;
  opened.endpoint = request.url;
  opened.api_version = lane.target.endpoint->version;
  opened.body_sha256 = sha256(request.body);
  opened.body_bytes = request.body.size();
  opened.opened_at_ms = now_ms;
  opened.manifest.reserve(batch.size());
  for (const Item& item : batch) {
    opened.manifest.push_back({item.delivery.event_seq, item.delivery.attempts + 1,
                               item.conversion.dedup_scope, sha256(item.conversion.object)});
  }
  return opened;
}

}  // namespace

Result<void> Dispatcher::make_picked_lanes() {
  for (const PickedDelivery& picked : *options_.only) {
    const resolve::Target* target = roster_.of_connection(picked.connection_id);
    if (target == nullptr || target->connection->paused) continue;
    Lane& lane = lanes_[picked.connection_id];
    lane.target = *target;
    if (!lane.picked) lane.picked.emplace();
    lane.picked->push_back(picked.event_seq);
  }
  return {};
}

Result<void> Dispatcher::make_lane(const store::Backlog& backlog, std::int64_t now_s) {
  store::Database& database = *services_.database;
  const resolve::Target* target = roster_.of_connection(backlog.connection_id);
  if (target == nullptr || !is_selected(*target->connection, options_)) return {};
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database));
  if (target->connection->paused) {
    PRUUV_TRY(store::hold_due(database, backlog.connection_id, Reason::paused, now_s));
    return transaction.commit();
  }
  Lane lane;
  lane.target = *target;
  if (backlog.held) {
    PRUUV_TRY(store::release_held(database, backlog.connection_id, Reason::paused, now_s));
    for (const Reason reason : probed_reasons) {
      PRUUV_TRY_ASSIGN(const auto held,
                       store::load_first_held(database, backlog.connection_id, reason));
      if (!held) continue;
      lane.probing_for = reason;
      break;
    }
  }
  lanes_.emplace(backlog.connection_id, std::move(lane));
  return transaction.commit();
}

Result<void> Dispatcher::make_lanes() {
  if (options_.only) return make_picked_lanes();
  const std::int64_t now_s = services_.clock->now_s();
  PRUUV_TRY_ASSIGN(const auto backlogs, store::load_backlogs(*services_.database, now_s));
  for (const store::Backlog& backlog : backlogs) PRUUV_TRY(make_lane(backlog, now_s));
  return {};
}

// One event of those that are held; false when there is none left to try with.
Result<bool> Dispatcher::fill_probe(Lane& lane) {
  store::Database& database = *services_.database;
  for (;;) {
    PRUUV_TRY_ASSIGN(const auto held, store::load_first_held(database, lane.target.connection->id,
                                                             lane.probing_for));
    if (!held) return false;
    PRUUV_TRY_ASSIGN(Prepared prepared,
                     prepare(database, lane.target, {*held}, services_.clock->now_s()));
    PRUUV_TRY(save_moved(database, prepared.moved));
    for (const Delivery& delivery : prepared.moved)
      count(lane.target.connection->platform, delivery);
    if (prepared.items.empty()) continue;
    lane.taken.insert(held->event_seq);
    lane.queue.push_back(std::move(prepared.items));
    ++summary_.due;
    return true;
  }
}

// Due deliveries this run has not taken yet; none, and the lane marked, when there are no more.
Result<std::vector<Delivery>> Dispatcher::next_page(Lane& lane, std::size_t page,
                                                    std::int64_t now_s) {
  store::Database& database = *services_.database;
  const std::int64_t connection_id = lane.target.connection->id;
  std::vector<Delivery> deliveries;
  if (lane.picked) {
    while (!lane.picked->empty() && deliveries.size() < page) {
      PRUUV_TRY_ASSIGN(const auto delivery,
                       store::load_delivery(database, lane.picked->front(), connection_id));
      lane.picked->pop_front();
      if (delivery && delivery->next_at_s && *delivery->next_at_s <= now_s)
        deliveries.push_back(*delivery);
    }
    lane.store_is_drained = lane.picked->empty();
    return deliveries;
  }
  PRUUV_TRY_ASSIGN(deliveries,
                   store::load_due(database, connection_id, now_s, lane.position, page));
  if (deliveries.empty()) {
    lane.store_is_drained = true;
    return deliveries;
  }
  lane.position = {deliveries.back().next_at_s.value_or(now_s), deliveries.back().event_seq};
  const auto is_taken = [&](const Delivery& delivery) {
    return lane.taken.count(delivery.event_seq) > 0;
  };
  deliveries.erase(std::remove_if(deliveries.begin(), deliveries.end(), is_taken),
                   deliveries.end());
  return deliveries;
}

// The next page of what is due for this connection, cut into requests.
Result<void> Dispatcher::fill(Lane& lane) {
  if (lane.probing_for != Reason::none) {
    PRUUV_TRY_ASSIGN(const bool found, fill_probe(lane));
    if (found) return {};
    lane.probing_for = Reason::none;
  }
  store::Database& database = *services_.database;
  const std::size_t events_max = batch_events_of(*lane.target.adapter, options_);
  std::size_t page = events_max;
  if (options_.limit > 0) {
    const auto taken = static_cast<std::size_t>(summary_.due);
    page = std::min(page, options_.limit - std::min(options_.limit, taken));
    if (page == 0) {
      lane.store_is_drained = true;
      summary_.work_left = true;
      return {};
    }
  }
  const std::int64_t now_s = services_.clock->now_s();
  PRUUV_TRY_ASSIGN(const std::vector<Delivery> due, next_page(lane, page, now_s));
  if (due.empty()) return {};
  PRUUV_TRY_ASSIGN(Prepared prepared, prepare(database, lane.target, due, now_s));
  PRUUV_TRY(save_moved(database, prepared.moved));
  for (const Delivery& delivery : prepared.moved) count(lane.target.connection->platform, delivery);
  summary_.due += static_cast<std::int64_t>(prepared.items.size());
  for (const Item& item : prepared.items) lane.taken.insert(item.delivery.event_seq);
  auto batches = cut_into_batches(std::move(prepared.items), events_max,
                                  lane.target.adapter->limits.body_bytes_max);
  for (Batch& batch : batches) lane.queue.push_back(std::move(batch));
  return {};
}

bool Dispatcher::may_send(const Lane& lane) const {
  if (lane.state == Lane::State::stopped || lane.state == Lane::State::asking_token) return false;
  const bool alone = !lane.proven || lane.probing_for != Reason::none;
  return lane.in_flight < (alone ? 1 : options_.in_flight_per_connection_max);
}

// Credential read, something in the queue: true. False: nothing to send now.
Result<bool> Dispatcher::make_ready(Lane& lane) {
  while (lane.queue.empty() && !lane.store_is_drained) PRUUV_TRY(fill(lane));
  if (lane.queue.empty()) return false;
  if (lane.state == Lane::State::ready) return true;
  return read_credential(lane);
}

Result<void> Dispatcher::open_requests() {
  std::vector<Opening> openings;
  const auto has_room = [&] {
    return in_flight_.size() + tokens_in_flight_.size() + openings.size() < options_.in_flight_max;
  };
  // One round over the lanes from the one after the last; again while any of them had something.
  bool any = true;
  while (any && has_room()) {
    any = false;
    auto next = lanes_.upper_bound(last_lane_);
    for (std::size_t turn = 0; turn < lanes_.size() && has_room(); ++turn) {
      if (next == lanes_.end()) next = lanes_.begin();
      Lane& lane = next->second;
      last_lane_ = next->first;
      ++next;
      if (!may_send(lane)) continue;
      PRUUV_TRY_ASSIGN(const bool ready, make_ready(lane));
      if (!ready) continue;
      Opening opening{&lane, std::move(lane.queue.front()), {}};
      lane.queue.pop_front();
      std::vector<const Conversion*> conversions;
      conversions.reserve(opening.batch.size());
      for (const Item& item : opening.batch) conversions.push_back(&item.conversion);
      opening.request = lane.target.adapter->build(conversions, *lane.target.connection,
                                                   *lane.target.endpoint, lane.credential);
      ++lane.in_flight;
      openings.push_back(std::move(opening));
      any = true;
    }
  }
  return commit_intents(openings);
}

Result<void> Dispatcher::commit_intents(std::vector<Opening>& openings) {
  if (openings.empty()) return {};
  store::Database& database = *services_.database;
  const std::int64_t now_ms = services_.clock->now_ms();
  std::vector<std::int64_t> ids;
  ids.reserve(openings.size());
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database));
  for (const Opening& opening : openings) {
    PRUUV_TRY_ASSIGN(
        const std::int64_t id,
        audit::append_request_opened(
            database, describe(*opening.lane, opening.batch, opening.request, run_.id, now_ms)));
    ids.push_back(id);
  }
  PRUUV_TRY(transaction.commit());
  // Only now may a byte leave.
  for (std::size_t i = 0; i < openings.size(); ++i) {
    Opening& opening = openings[i];
    const Connection& connection = *opening.lane->target.connection;
    ++summary_.platforms[connection.platform].requests;
    ++summary_.tried_requests;
    InFlight sent{connection.id, std::move(opening.batch), now_ms};
    auto started = services_.client->start(ids[i], std::move(opening.request));
    if (started) {
      in_flight_.emplace(ids[i], std::move(sent));
      continue;
    }
    HttpResponse refused;
    refused.transport_code = 2;  // CURLE_FAILED_INIT: never handed to a connection
    refused.transport_error = started.error().message;
    unsent_answers_.push_back({ids[i], std::move(sent), std::move(refused)});
  }
  return {};
}

bool Dispatcher::is_finished() const {
  if (!in_flight_.empty() || !tokens_in_flight_.empty() || !unsent_answers_.empty()) return false;
  return std::none_of(lanes_.begin(), lanes_.end(),
                      [](const auto& entry) { return entry.second.has_work(); });
}

Result<void> Dispatcher::deliver_all() {
  PRUUV_TRY(make_lanes());
  while (!is_finished()) {
    PRUUV_TRY(open_requests());
    PRUUV_TRY(take_answers());
    if (services_.progress) services_.progress(summary_);
  }
  return {};
}

}  // namespace pruuv::delivery
