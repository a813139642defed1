#include "delivery/by_hand.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "audit/records.hpp"
#include "base/json.hpp"
#include "store/connections.hpp"

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

Result<std::unordered_set<std::int64_t>> load_paused(store::Database& database) {
  PRUUV_TRY_ASSIGN(const std::vector<Connection> connections, store::load_connections(database));
  std::unordered_set<std::int64_t> paused;
  for (const Connection& connection : connections) {
    if (connection.paused) paused.insert(connection.id);
  }
  return paused;
}

Result<bool> has_error(store::Database& database, const Delivery& delivery,
                       const std::string& wanted) {
  if (wanted.empty() || wanted == code_of(delivery.reason)) return true;
  PRUUV_TRY_ASSIGN(const std::string error,
                   audit::load_last_error(database, delivery.connection_id, delivery.event_seq));
  return error == wanted || error.starts_with(wanted + "/");
}

}  // namespace

bool may_have_arrived(const Delivery& delivery) {
  if (delivery.state == DeliveryState::ambiguous || delivery.first_unknown_s) return true;
  switch (delivery.reason) {
    case Reason::dedup_window_over:
    case Reason::changed_after_unknown:
    case Reason::unknown_outcome_held:
    case Reason::restored_copy:
    case Reason::crashed_runs:
      return true;
    default:
      return false;
  }
}

Result<Picked> pick_failed(store::Database& database, store::DeliveryFilter filter,
                           const FailedOptions& options) {
  filter.states = {DeliveryState::rejected, DeliveryState::held, DeliveryState::retryable,
                   DeliveryState::ambiguous};
  const std::size_t limit = std::exchange(filter.limit, 0);
  PRUUV_TRY_ASSIGN(std::vector<store::DeliveryRow> rows, store::load_deliveries(database, filter));
  PRUUV_TRY_ASSIGN(const auto paused, load_paused(database));
  const bool is_guarding = !options.include_ambiguous && filter.event_id.empty();
  Picked picked;
  for (store::DeliveryRow& row : rows) {
    if (row.delivery.reason == Reason::paused || paused.contains(row.delivery.connection_id))
      continue;
    if (limit > 0 && picked.rows.size() >= limit) break;
    PRUUV_TRY_ASSIGN(const bool is_wanted, has_error(database, row.delivery, options.error));
    if (!is_wanted) continue;
    if (row.delivery.expires_s <= options.now_s) {
      picked.too_old.push_back(std::move(row));
    } else if (is_guarding && may_have_arrived(row.delivery)) {
      picked.guarded.push_back(std::move(row));
    } else {
      picked.rows.push_back(std::move(row));
    }
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
    if (row.delivery.expires_s <= now_s) {
      picked.too_old.push_back(std::move(row));
      continue;
    }
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
  detail.member_integer("may_have_arrived",
                        std::count_if(rows.begin(), rows.end(), [](const auto& row) {
                          return may_have_arrived(row.delivery);
                        }));
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
