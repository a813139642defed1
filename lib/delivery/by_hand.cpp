#include "delivery/by_hand.hpp"

#include <utility>

#include "audit/records.hpp"
#include "base/json.hpp"

namespace pruuv::delivery {
namespace {

bool second_copy_counts(const store::DeliveryRow& row, const resolve::Target& target,
                        std::int64_t now_s) {
  const platforms::Limits& limits = target.adapter->limits;
  if (!limits.drops_second_copy) return true;
  if (limits.dedup_window_s == 0) return false;
  const std::int64_t first_s = row.delivery.first_unknown_s.value_or(0);
  return now_s - first_s >= limits.dedup_window_s;
}

}  // namespace

Result<Picked> pick_failed(store::Database& database, store::DeliveryFilter filter) {
  filter.states = {DeliveryState::rejected, DeliveryState::held, DeliveryState::retryable};
  const std::size_t limit = std::exchange(filter.limit, 0);
  PRUUV_TRY_ASSIGN(std::vector<store::DeliveryRow> rows, store::load_deliveries(database, filter));
  Picked picked;
  for (store::DeliveryRow& row : rows) {
    if (row.delivery.reason == Reason::paused) continue;
    if (limit > 0 && picked.rows.size() >= limit) break;
    picked.rows.push_back(std::move(row));
  }
  return picked;
}

Result<Picked> pick_accepted(store::Database& database, const Roster& roster,
                             store::DeliveryFilter filter, bool force, std::int64_t now_s) {
  filter.states = {DeliveryState::accepted, DeliveryState::confirmed};
  PRUUV_TRY_ASSIGN(std::vector<store::DeliveryRow> rows, store::load_deliveries(database, filter));
  Picked picked;
  for (store::DeliveryRow& row : rows) {
    const resolve::Target* target = roster.of_connection(row.delivery.connection_id);
    if (target == nullptr) continue;
    const bool guarded = !force && second_copy_counts(row, *target, now_s);
    (guarded ? picked.guarded : picked.rows).push_back(std::move(row));
  }
  return picked;
}

Result<void> make_due(store::Database& database, const std::vector<store::DeliveryRow>& rows,
                      Cause cause, const std::string& operator_name, std::int64_t now_ms) {
  json::Writer detail;
  detail.begin_object();
  detail.member_integer("deliveries", static_cast<std::int64_t>(rows.size()));
  detail.key("events");
  detail.begin_array();
  for (const store::DeliveryRow& row : rows) detail.text(row.event_id);
  detail.end_array();
  detail.end_object();

  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database));
  for (const store::DeliveryRow& row : rows) {
    PRUUV_TRY(store::make_due(database, row.delivery.event_seq, row.delivery.connection_id, cause,
                              now_ms / 1000));
  }
  audit::OperatorAction action;
  action.at_ms = now_ms;
  action.action = cause == Cause::replay ? "replay" : "retry";
  action.operator_name = operator_name;
  action.detail = detail.str();
  PRUUV_TRY(audit::append_operator_action(database, action));
  return transaction.commit();
}

}  // namespace pruuv::delivery
