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
  return store::save_delivery(database_, delivery);
}

Result<bool> Planner::has_row(std::int64_t event_seq, std::int64_t connection_id) {
  if (event_seq > last_delivered_seq_) return false;
  PRUUV_TRY_ASSIGN(const auto known, store::load_delivery(database_, event_seq, connection_id));
  return known.has_value();
}

Result<void> Planner::save(const FunnelEvent& event, const resolve::Resolution& resolution,
                           std::int64_t now_s, std::vector<const resolve::Decision*>* due) {
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
    const Connection& connection = *decision.target.connection;
    PRUUV_TRY_ASSIGN(const bool is_known, has_row(event.seq, connection.id));
    if (is_known) continue;
    const bool is_due = decision.reason == Reason::routed && !connection.paused &&
                        is_selected(connection, options_);
    if (is_due && due != nullptr) {
      due->push_back(&decision);
    } else {
      PRUUV_TRY(save_delivery(event, decision, now_s));
    }
  }
  return {};
}

Result<void> Planner::begin() {
  PRUUV_TRY_ASSIGN(const store::StoreInfo info, store::load_store_info(database_));
  PRUUV_TRY_ASSIGN(const std::int64_t last, store::last_event_seq(database_));
  PRUUV_TRY_ASSIGN(last_delivered_seq_, store::last_delivered_seq(database_));
  mark_ = settled_ = info.planned_seq;
  last_seq_ = last;
  return {};
}

Result<void> Planner::plan_page(std::int64_t now_s, Spool* spool) {
  PRUUV_TRY_ASSIGN(const std::vector<FunnelEvent> events,
                   store::load_events_after(database_, mark_, page_events));
  if (events.empty()) {
    mark_ = *last_seq_;  // the last ones were deleted
    return {};
  }
  std::vector<resolve::Resolution> resolutions;
  resolutions.reserve(events.size());
  for (const FunnelEvent& event : events)
    resolutions.push_back(resolve::resolve(event, roster_.of_client(event.client_id), now_s));

  std::vector<const resolve::Decision*> due;
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database_));
  for (std::size_t i = 0; i < events.size(); ++i)
    PRUUV_TRY(save(events[i], resolutions[i], now_s, spool == nullptr ? nullptr : &due));
  const std::int64_t mark = events.back().seq;
  const bool has_all_rows = due.empty() && (spool == nullptr || spool->is_empty());
  if (has_all_rows) PRUUV_TRY(store::save_planned_seq(database_, mark));
  PRUUV_TRY(transaction.commit());
  mark_ = mark;
  if (has_all_rows) settled_ = mark;
  for (const resolve::Decision* decision : due)
    spool->add(decision->target.connection->id, decision->timing.expires_s,
               decision->encoding.conversion);
  for (const FunnelEvent& event : events)
    summary_.planned_events += is_selected(event.client_id, options_.platform, options_) ? 1 : 0;
  return {};
}

Result<void> Planner::plan(std::int64_t now_s, Spool* spool, const std::function<bool()>& go_on) {
  if (!last_seq_) PRUUV_TRY(begin());
  while (has_more() && (spool == nullptr || !spool->is_full())) {
    PRUUV_TRY(plan_page(now_s, spool));
    if (go_on && !go_on()) break;
  }
  return {};
}

Result<void> Planner::settle() { return store::save_planned_seq(database_, mark_); }

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
