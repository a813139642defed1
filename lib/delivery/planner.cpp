#include "delivery/planner.hpp"

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

#include "identity/identity.hpp"
#include "store/connections.hpp"
#include "store/events.hpp"
#include "store/schema.hpp"

namespace pruuv::delivery {
namespace {

// Saved in one transaction: enough that the plans of many clients share pages.
constexpr std::size_t plans_max = 20'000;
constexpr std::size_t rows_max = 5'000;

}  // namespace

Result<void> Planner::begin() {
  PRUUV_TRY_ASSIGN(const store::StoreInfo info, store::load_store_info(database_));
  PRUUV_TRY_ASSIGN(const std::int64_t last, store::last_event_seq(database_));
  read_seq_ = mark_ = settled_ = info.planned_seq;
  last_seq_ = last;
  if (!has_more()) return {};
  PRUUV_TRY_ASSIGN(known_, store::load_deliveries_after(database_, mark_));
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database_));
  for (const std::string_view name : platforms::platform_names()) {
    PRUUV_TRY_ASSIGN(const int number, store::platform_number(database_, name));
    platforms_.push_back({name, number, nullptr});
  }
  return transaction.commit();
}

std::size_t Planner::client_of(const std::string& client_id) {
  const auto [place, is_new] = client_numbers_.try_emplace(client_id, clients_.size());
  if (is_new) clients_.push_back({client_id, std::nullopt});
  return place->second;
}

Result<std::int64_t> Planner::client_number(std::size_t client) {
  std::optional<std::int64_t>& number = clients_[client].number;
  if (!number) {
    PRUUV_TRY_ASSIGN(number, store::client_number(database_, clients_[client].client_id));
  }
  return *number;
}

// A new delivery as it begins. Counts it, unless it is to go at once.
Delivery Planner::count_delivery(std::int64_t event_seq, const resolve::Decision& decision,
                                 std::int64_t now_s) {
  const Connection& connection = *decision.target.connection;
  Delivery delivery;
  delivery.event_seq = event_seq;
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
  return delivery;
}

void Planner::note_plan(const FunnelEvent& event, const resolve::Resolution& resolution) {
  Planned plan{client_of(event.client_id), event.seq, {}};
  for (std::size_t i = 0; i < platforms_.size(); ++i) {
    const Reason reason = resolution.by_platform[i].second;
    PlatformState& platform = platforms_[i];
    plan.codes.set(platform.number, reason);
    if (!is_selected(event.client_id, platform.name, options_)) continue;
    if (platform.counts == nullptr)
      platform.counts = &summary_.platforms[std::string(platform.name)];
    if (class_of(reason) == ReasonClass::expired) {
      ++platform.counts->expired;
    } else if (reason != Reason::routed) {
      ++platform.counts->skipped[reason];
    }
  }
  plans_.push_back(plan);
  if (is_selected(event.client_id, options_.platform, options_)) ++summary_.planned_events;
}

// What has a row is routed, whatever would be decided today, and gets no other one.
void Planner::keep_known(std::int64_t event_seq, resolve::Resolution& resolution) const {
  for (resolve::Decision& decision : resolution.decisions) {
    const Connection& connection = *decision.target.connection;
    if (!std::ranges::binary_search(known_, std::pair(connection.id, event_seq))) continue;
    decision.reason = Reason::none;
    for (auto& [platform, reason] : resolution.by_platform) {
      if (platform == connection.platform) reason = Reason::routed;
    }
  }
}

void Planner::decide(const FunnelEvent& event, std::int64_t now_s, Spool* spool) {
  read_seq_ = event.seq;
  resolve::Resolution resolution =
      resolve::resolve(event, roster_.of_client(event.client_id), now_s);
  if (!known_.empty()) keep_known(event.seq, resolution);
  note_plan(event, resolution);
  for (const resolve::Decision& decision : resolution.decisions) {
    if (!decision.becomes_delivery()) continue;
    const Connection& connection = *decision.target.connection;
    const bool is_spooled = spool != nullptr && decision.reason == Reason::routed &&
                            !connection.paused && is_selected(connection, options_);
    if (is_spooled) {
      spool->add(connection.id, decision.timing.expires_s, decision.encoding.conversion);
    } else {
      rows_.push_back(count_delivery(event.seq, decision, now_s));
    }
  }
}

Result<void> Planner::read_page(std::int64_t now_s, Spool* spool) {
  const std::int64_t before = read_seq_;
  PRUUV_TRY(store::read_events_after(database_, before, options_.plan_page_events,
                                     [&](const FunnelEvent& event) -> Result<void> {
                                       decide(event, now_s, spool);
                                       return {};
                                     }));
  if (read_seq_ == before) read_seq_ = *last_seq_;  // the last ones were deleted
  return {};
}

// Writes what was planned. The mark goes with it where nothing of it is in the spool.
Result<void> Planner::save(const Spool* spool) {
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database_));
  std::vector<store::Plan> plans;
  plans.reserve(plans_.size());
  for (const Planned& planned : plans_) {
    PRUUV_TRY_ASSIGN(const std::int64_t client_no, client_number(planned.client));
    plans.push_back({client_no, planned.event_seq, planned.codes});
  }
  // In the order of their table.
  const auto key = [](const store::Plan& plan) { return std::tie(plan.client_no, plan.event_seq); };
  if (!std::ranges::is_sorted(plans, {}, key)) std::ranges::sort(plans, {}, key);
  PRUUV_TRY(store::save_plans(database_, plans));
  PRUUV_TRY(store::save_deliveries(database_, rows_));
  const bool has_all_rows = spool == nullptr || spool->is_empty();
  if (has_all_rows) PRUUV_TRY(store::save_planned_seq(database_, read_seq_));
  PRUUV_TRY(transaction.commit());
  mark_ = read_seq_;
  if (has_all_rows) settled_ = mark_;
  plans_.clear();
  rows_.clear();
  return {};
}

Result<void> Planner::plan(std::int64_t now_s, Spool* spool, const std::function<bool()>& go_on) {
  if (!last_seq_) PRUUV_TRY(begin());
  bool is_enough = false;
  while (has_more() && !is_enough) {
    PRUUV_TRY(read_page(now_s, spool));
    is_enough = (spool != nullptr && spool->is_full()) || (go_on && !go_on());
    const bool is_chunk = plans_.size() >= plans_max || rows_.size() >= rows_max;
    if (is_chunk || is_enough || read_seq_ >= *last_seq_) PRUUV_TRY(save(spool));
  }
  return {};
}

Result<void> Planner::settle() { return store::save_planned_seq(database_, mark_); }

Result<std::int64_t> Planner::plan_backfill(const resolve::Target& target, std::int64_t from_seq,
                                            std::int64_t planned_seq, std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(const std::int64_t client,
                   store::client_number(database_, target.connection->client_id));
  PRUUV_TRY_ASSIGN(const int platform, store::platform_number(database_, target.adapter->platform));
  std::int64_t made = 0;
  std::int64_t mark = from_seq;
  while (mark < planned_seq) {
    PRUUV_TRY_ASSIGN(const std::vector<FunnelEvent> events,
                     store::load_events_after(database_, mark, options_.plan_page_events));
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
      PRUUV_TRY(store::save_delivery(database_, count_delivery(event.seq, decision, now_s)));
      PRUUV_TRY_ASSIGN(const auto codes, store::load_plan(database_, client, event.seq));
      store::PlanCodes updated = codes.value_or(store::PlanCodes());
      updated.set(platform, Reason::routed);
      const store::Plan plan{client, event.seq, updated};
      PRUUV_TRY(store::save_plans(database_, std::span(&plan, 1)));
      ++made;
    }
  }
  return made;
}

}  // namespace pruuv::delivery
