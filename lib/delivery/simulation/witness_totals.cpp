#include <algorithm>

#include <fmt/format.h>

#include "audit/chain.hpp"
#include "delivery/lane.hpp"
#include "delivery/simulation/witness.hpp"
#include "store/connections.hpp"
#include "store/deliveries.hpp"
#include "store/outcomes.hpp"
#include "store/schema.hpp"

// Nothing lost: every event accounted for, every delivery at its end in the end.
namespace pruuv::delivery::simulation {
namespace {

std::int64_t number(store::Database& database, std::string_view sql) {
  store::Statement* const read = value_of(database.prepare(sql));
  std::int64_t result = 0;
  value_of(read->first([&](const store::Statement& row) { result = row.integer(0); }));
  return result;
}

std::int64_t count_unplanned(store::Database& database) {
  return number(database,
                "SELECT count(*) FROM funnel_event WHERE seq > (SELECT planned_seq FROM store)");
}

// Held for a person to decide; the others a run tries again by itself.
bool waits_for_person(const Standing& standing) {
  return standing.state == DeliveryState::held &&
         std::ranges::find(probed_reasons, standing.reason) == std::end(probed_reasons);
}

}  // namespace

void Witness::check_all_planned(std::int64_t last_seq) {
  if (value_of(store::load_store_info(*database_)).planned_seq < last_seq)
    throw Violation{"a whole run left events behind"};
}

void Witness::check_nothing_left(const RunRules& rules, std::int64_t begin_s, std::int64_t end_s) {
  for (const auto& [key, standing] : books_.standings) {
    if (!standing.has_next || standing.next_at_s > end_s) continue;
    const bool was_due = standing.next_at_s <= begin_s || standing.reason == Reason::none ||
                         standing.reason == Reason::refused_with_others;
    const FleetConnection* connection = fleet_.find(key.first);
    if (was_due && rules.is_clean(*connection))
      throw Violation{describe(key) + ": due, nothing in its way, and left behind"};
  }
}

void Witness::check_plans() {
  const store::Snapshot snapshot = value_of(store::Snapshot::begin(*database_));
  const std::int64_t unplanned =
      number(*database_,
             "SELECT count(*) FROM store s CROSS JOIN funnel_event e"
             " LEFT JOIN client c ON c.client_id = e.client_id"
             " LEFT JOIN event_plan p ON p.client_no = c.no AND p.event_seq = e.seq"
             " WHERE e.seq <= s.planned_seq AND p.codes IS NULL");
  if (unplanned > 0) throw Violation{fmt::format("{} events have no plan", unplanned)};
  const std::int64_t lost =
      number(*database_,
             "SELECT count(*) FROM event_plan ep CROSS JOIN platform p"
             " WHERE ep.event_seq <= (SELECT planned_seq FROM store) AND (ep.codes >> (8 * p.no)) "
             "& 255 = 1 AND NOT EXISTS ("
             "SELECT 1 FROM delivery d JOIN connection cn ON cn.id = d.connection_id"
             " WHERE d.event_seq = ep.event_seq AND cn.platform = p.name)");
  if (lost > 0) throw Violation{fmt::format("{} routed events have no delivery", lost)};
  if (number(*database_, "SELECT count(*) FROM funnel_event") !=
      static_cast<std::int64_t>(books_.events.size())) {
    throw Violation{"an event is gone"};
  }
}

void Witness::check_outcomes() {
  const store::Snapshot snapshot = value_of(store::Snapshot::begin(*database_));
  std::map<std::string, std::int64_t> events;
  for (const auto& [seq, event] : books_.events) ++events[event.event.client_id];
  for (const auto& [client, count] : events) {
    const ClientOutcomes outcomes = value_of(store::count_outcomes(
        *database_, client, platforms::platform_names(), std::nullopt, std::nullopt));
    std::map<std::string, std::int64_t, std::less<>> counted;
    for (const OutcomeCount& one : outcomes.counts) counted[one.platform] += one.events;
    for (const std::string_view platform : platforms::platform_names()) {
      if (counted[std::string(platform)] == count && outcomes.events == count) continue;
      throw Violation{fmt::format("client {} has {} events, the outcomes say {} of {} for {}",
                                  client, count, counted[std::string(platform)], outcomes.events,
                                  platform)};
    }
  }
}

void Witness::check_chain() {
  const auto verification = value_of(audit::verify(*database_));
  if (!verification.fault.empty()) throw Violation{"chain: " + verification.fault};
}

void Witness::check_file() {
  store::Statement* const check = value_of(database_->prepare("PRAGMA integrity_check"));
  must(check->for_each([](const store::Statement& row) -> Result<void> {
    if (row.text(0) != "ok") throw Violation{"integrity_check: " + std::string(row.text(0))};
    return {};
  }));
}

std::int64_t Witness::count_open(bool only_by_itself) const {
  return count_unplanned(*database_) +
         std::ranges::count_if(books_.standings, [&](const auto& entry) {
           const Standing& standing = entry.second;
           return is_open(standing.state) && !(only_by_itself && waits_for_person(standing));
         });
}

bool Witness::is_planned_as_expired(const FleetConnection& connection, std::int64_t seq) const {
  const auto client = value_of(store::client_number(*database_, connection.stored.client_id));
  const auto platform = value_of(store::platform_number(*database_, connection.stored.platform));
  const auto codes = value_of(store::load_plan(*database_, client, seq));
  return codes && class_of(codes->get(platform)) == ReasonClass::expired;
}

void Witness::check_arrived(std::int64_t now_s) const {
  for (const auto& [seq, event] : books_.events) {
    if (!event.is_good) continue;
    for (const FleetConnection& connection : fleet_.connections()) {
      if (connection.stored.client_id != event.event.client_id ||
          !has_click_of(event.event, connection.vendor)) {
        continue;
      }
      const DeliveryKey key(connection.stored.id, seq);
      const auto standing = books_.standings.find(key);
      // Too old before a run came far enough to give it a row.
      if (standing == books_.standings.end() && is_planned_as_expired(connection, seq)) continue;
      if (standing == books_.standings.end())
        throw Violation{describe(key) + ": a good event without a delivery"};
      const Mark* mark = fleet_.mark_of(connection.vendor, event.event.id);
      const bool may_be_rejected = mark != nullptr;
      const bool is_well = standing->second.state == DeliveryState::accepted ||
                           standing->second.state == DeliveryState::confirmed ||
                           (standing->second.state == DeliveryState::expired &&
                            now_s >= standing->second.expires_s) ||
                           (standing->second.state == DeliveryState::rejected && may_be_rejected);
      if (!is_well)
        throw Violation{fmt::format("{}: a good event ended as {} ({})", describe(key),
                                    word_of(standing->second.state),
                                    code_of(standing->second.reason))};
    }
  }
}

}  // namespace pruuv::delivery::simulation
