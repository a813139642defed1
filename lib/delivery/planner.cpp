#include "delivery/planner.hpp"

#include <vector>

#include "identity/identity.hpp"
#include "store/connections.hpp"
#include "store/events.hpp"
#include "store/schema.hpp"

namespace pruuv::delivery {
namespace {

constexpr std::size_t page_events = 1000;

}  // namespace

Result<std::int64_t> Planner::client_number(const std::string& client_id) {
  const auto known = client_numbers_.find(client_id);
  if (known != client_numbers_.end()) return known->second;
  PRUUV_TRY_ASSIGN(const std::int64_t number, store::client_number(database_, client_id));
  client_numbers_.emplace(client_id, number);
  return number;
}

Result<int> Planner::platform_number(std::string_view platform) {
  const auto known = platform_numbers_.find(platform);
  if (known != platform_numbers_.end()) return known->second;
  PRUUV_TRY_ASSIGN(const int number, store::platform_number(database_, platform));
  platform_numbers_.emplace(std::string(platform), number);
  return number;
}

Result<void> Planner::save_delivery(const FunnelEvent& event, const resolve::Decision& decision,
                                    std::int64_t now_s) {
  const Connection& connection = *decision.target.connection;
  Delivery delivery;
  delivery.event_seq = event.seq;
  delivery.connection_id = connection.id;
  delivery.expires_s = decision.timing.expires_s;
  const bool is_counted = is_selected(connection, options_);
  if (connection.paused) {
    delivery.state = DeliveryState::held;
    delivery.reason = Reason::paused;
    if (is_counted) ++summary_.platforms[connection.platform].paused;
  } else if (decision.reason == Reason::routed) {
    delivery.next_at_s = now_s;
  } else {
    delivery.reason = decision.reason;
    delivery.next_at_s = decision.timing.until_s.value_or(now_s);
    if (is_counted) ++summary_.platforms[connection.platform].waiting;
  }
  return store::insert_delivery(database_, delivery);
}

Result<void> Planner::save(const FunnelEvent& event, const resolve::Resolution& resolution,
                           std::int64_t now_s) {
  store::PlanCodes codes;
  for (const auto& [platform, reason] : resolution.by_platform) {
    PRUUV_TRY_ASSIGN(const int number, platform_number(platform));
    codes.set(number, reason);
    if (!is_selected(event.client_id, platform, options_)) continue;
    PlatformCounts& counts = summary_.platforms[std::string(platform)];
    if (class_of(reason) == ReasonClass::expired) {
      ++counts.expired;
    } else if (reason != Reason::routed) {
      ++counts.skipped[reason];
    }
  }
  PRUUV_TRY_ASSIGN(const std::int64_t client, client_number(event.client_id));
  PRUUV_TRY(store::save_plan(database_, client, event.seq, codes));
  for (const resolve::Decision& decision : resolution.decisions) {
    if (!decision.becomes_delivery()) continue;
    PRUUV_TRY(save_delivery(event, decision, now_s));
  }
  return {};
}

Result<void> Planner::plan_all(std::int64_t now_s, const std::function<bool()>& go_on) {
  PRUUV_TRY_ASSIGN(const store::StoreInfo info, store::load_store_info(database_));
  PRUUV_TRY_ASSIGN(const std::int64_t last, store::last_event_seq(database_));
  std::int64_t mark = info.planned_seq;
  while (mark < last) {
    PRUUV_TRY_ASSIGN(const std::vector<FunnelEvent> events,
                     store::load_events_after(database_, mark, page_events));
    if (events.empty()) break;
    std::vector<resolve::Resolution> resolutions;
    resolutions.reserve(events.size());
    for (const FunnelEvent& event : events) {
      resolutions.push_back(resolve::resolve(event, roster_.of_client(event.client_id), now_s));
    }
    PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database_));
    for (std::size_t i = 0; i < events.size(); ++i)
      PRUUV_TRY(save(events[i], resolutions[i], now_s));
    mark = events.back().seq;
    PRUUV_TRY(store::save_planned_seq(database_, mark));
    PRUUV_TRY(transaction.commit());
    for (const FunnelEvent& event : events)
      summary_.planned_events += is_selected(event.client_id, options_.platform, options_) ? 1 : 0;
    if (go_on && !go_on()) break;
  }
  return {};
}

Result<std::int64_t> Planner::plan_backfill(const resolve::Target& target, std::int64_t from_seq,
                                            std::int64_t planned_seq, std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(const std::int64_t client, client_number(target.connection->client_id));
  PRUUV_TRY_ASSIGN(const int platform, platform_number(target.adapter->platform));
  std::int64_t made = 0;
  std::int64_t mark = from_seq;
  while (mark < planned_seq) {
    PRUUV_TRY_ASSIGN(const std::vector<FunnelEvent> events,
                     store::load_events_after(database_, mark, page_events));
    if (events.empty()) break;
    for (const FunnelEvent& event : events) {
      mark = event.seq;
      if (mark > planned_seq) break;
      if (event.client_id != target.connection->client_id) continue;
      PRUUV_TRY_ASSIGN(const auto existing,
                       store::load_delivery(database_, event.seq, target.connection->id));
      if (existing) continue;
      const Phone phone =
          identity::parse_phone(event.phone, event.country, target.connection->default_country);
      const resolve::Decision decision = resolve::decide(event, target, phone, now_s, false);
      if (!decision.becomes_delivery()) continue;
      PRUUV_TRY(save_delivery(event, decision, now_s));
      PRUUV_TRY_ASSIGN(const auto codes, store::load_plan(database_, client, event.seq));
      store::PlanCodes updated = codes.value_or(store::PlanCodes());
      updated.set(platform, Reason::routed);
      PRUUV_TRY(store::save_plan(database_, client, event.seq, updated));
      ++made;
    }
  }
  return made;
}

}  // namespace pruuv::delivery
