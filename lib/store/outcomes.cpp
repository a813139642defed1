#include "store/outcomes.hpp"

#include <array>
#include <limits>
#include <map>

#include "model/delivery.hpp"

namespace pruuv::store {
namespace {

constexpr std::string_view skipped_sql = R"(
  SELECT p.name, (ep.codes >> (8 * p.no)) & 255 AS code, count(*)
    FROM client c
    JOIN event_plan ep ON ep.client_no = c.no
    JOIN funnel_event e ON e.seq = ep.event_seq
    CROSS JOIN platform p
   WHERE c.client_id = ?1 AND e.event_time >= ?2 AND e.event_time < ?3
     AND (ep.codes >> (8 * p.no)) & 255 <> 1
   GROUP BY p.no, code
   ORDER BY p.no, code)";

// One row a platform, state and reason, the state by its place in `best_first` below; an event with
// several deliveries counts with the best.
constexpr std::string_view delivered_sql = R"(
  SELECT platform, best >> 8, best & 255, count(*)
    FROM (SELECT cn.platform AS platform,
                 min(((CASE d.state WHEN 5 THEN 0 WHEN 4 THEN 1 WHEN 2 THEN 2 WHEN 1 THEN 3
                                    WHEN 0 THEN 4 WHEN 3 THEN 5 WHEN 6 THEN 6 ELSE 7 END) << 8)
                     | d.reason) AS best
            FROM client c
            CROSS JOIN connection cn
            CROSS JOIN delivery d
            CROSS JOIN funnel_event e
           WHERE c.client_id = ?1 AND cn.client_no = c.no AND d.connection_id = cn.id
             AND e.seq = d.event_seq AND e.event_time >= ?2 AND e.event_time < ?3
           GROUP BY d.event_seq, cn.platform)
   GROUP BY platform, best
   ORDER BY platform, best)";

constexpr std::string_view planned_sql = R"(
  SELECT count(*),
         coalesce(sum((SELECT min((ep.codes >> (8 * p.no)) & 255 = ?4) FROM platform p)), 0)
    FROM client c
    JOIN event_plan ep ON ep.client_no = c.no
    JOIN funnel_event e ON e.seq = ep.event_seq
   WHERE c.client_id = ?1 AND e.event_time >= ?2 AND e.event_time < ?3)";

constexpr std::string_view unplanned_sql = R"(
  SELECT count(*)
    FROM funnel_event e
   WHERE e.seq > (SELECT planned_seq FROM store) AND e.client_id = ?1
     AND e.event_time >= ?2 AND e.event_time < ?3
     AND NOT EXISTS (SELECT 1 FROM client c JOIN event_plan ep ON ep.client_no = c.no
                      WHERE c.client_id = ?1 AND ep.event_seq = e.seq))";

struct Range {
  std::int64_t since_s;
  std::int64_t until_s;
};

Result<Statement*> bound(Database& database, std::string_view sql, std::string_view client_id,
                         Range range) {
  PRUUV_TRY_ASSIGN(Statement* const statement, database.prepare(sql));
  statement->bind(1, client_id).bind(2, range.since_s).bind(3, range.until_s);
  return statement;
}

Reason reason_of(std::int64_t number) { return reason_of_number(number).value_or(Reason::none); }

// The words of a report, which has fewer than there are states: what is not at its end waits.
OutcomeCount outcome_of(DeliveryState state, Reason reason, std::int64_t events) {
  OutcomeCount count;
  count.reason = reason;
  count.events = events;
  switch (state) {
    case DeliveryState::accepted:
      count.outcome = "accepted";
      break;
    case DeliveryState::confirmed:
      count.outcome = "accepted";
      count.reason = Reason::confirmed;
      break;
    case DeliveryState::ambiguous:
      count.outcome = "waiting";
      if (reason == Reason::none) count.reason = Reason::unknown_outcome;
      break;
    case DeliveryState::retryable:
      count.outcome = "waiting";
      if (reason == Reason::none) count.reason = Reason::known_failure;
      break;
    default:
      count.outcome = word_of(state);
      break;
  }
  return count;
}

using ByPlatform = std::map<std::string, std::vector<OutcomeCount>, std::less<>>;

void add(ByPlatform& by_platform, std::string_view platform, OutcomeCount count) {
  count.platform = platform;
  by_platform[count.platform].push_back(std::move(count));
}

Result<void> count_deliveries(Database& database, std::string_view client_id, Range range,
                              ByPlatform& out) {
  PRUUV_TRY_ASSIGN(Statement* const read, bound(database, delivered_sql, client_id, range));
  return read->for_each([&](const Statement& row) {
    static constexpr std::array best_first = {DeliveryState::confirmed, DeliveryState::accepted,
                                              DeliveryState::ambiguous, DeliveryState::retryable,
                                              DeliveryState::waiting,   DeliveryState::held,
                                              DeliveryState::rejected,  DeliveryState::expired};
    const auto rank = static_cast<std::size_t>(row.integer(1));
    add(out, row.text(0),
        outcome_of(best_first.at(rank), reason_of(row.integer(2)), row.integer(3)));
  });
}

Result<void> count_skipped(Database& database, std::string_view client_id, Range range,
                           ByPlatform& out) {
  PRUUV_TRY_ASSIGN(Statement* const read, bound(database, skipped_sql, client_id, range));
  return read->for_each([&](const Statement& row) {
    OutcomeCount count;
    count.reason = reason_of(row.integer(1));
    count.outcome = class_of(count.reason) == ReasonClass::expired ? "expired" : "skipped";
    count.events = row.integer(2);
    add(out, row.text(0), std::move(count));
  });
}

}  // namespace

Result<ClientOutcomes> count_outcomes(Database& database, std::string_view client_id,
                                      const std::vector<std::string_view>& platforms,
                                      std::optional<std::int64_t> since_s,
                                      std::optional<std::int64_t> until_s) {
  const Range range{since_s.value_or(std::numeric_limits<std::int64_t>::min()),
                    until_s.value_or(std::numeric_limits<std::int64_t>::max())};
  ClientOutcomes out;
  out.client_id = client_id;
  PRUUV_TRY_ASSIGN(Statement* const planned, bound(database, planned_sql, client_id, range));
  planned->bind(4, static_cast<std::int64_t>(Reason::no_click_id));
  PRUUV_TRY(planned->for_each([&](const Statement& row) {
    out.events = row.integer(0);
    out.without_click_id = row.integer(1);
  }));
  std::int64_t unplanned_events = 0;
  PRUUV_TRY_ASSIGN(Statement* const unplanned, bound(database, unplanned_sql, client_id, range));
  PRUUV_TRY(unplanned->for_each([&](const Statement& row) { unplanned_events = row.integer(0); }));

  ByPlatform by_platform;
  PRUUV_TRY(count_deliveries(database, client_id, range, by_platform));
  PRUUV_TRY(count_skipped(database, client_id, range, by_platform));
  for (const std::string_view platform : platforms) {
    std::int64_t counted = 0;
    for (const OutcomeCount& count : by_platform[std::string(platform)]) counted += count.events;
    // A platform that no run has met in this store yet has no code in any plan.
    const std::int64_t left = out.events - counted + unplanned_events;
    if (left > 0) add(by_platform, platform, {{}, "waiting", Reason::not_planned, left});
  }
  out.events += unplanned_events;
  for (auto& [platform, counts] : by_platform)
    out.counts.insert(out.counts.end(), counts.begin(), counts.end());
  return out;
}

Result<std::vector<std::string>> load_client_ids(Database& database) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare("SELECT client_id FROM client UNION SELECT client_id FROM funnel_event"
                       " WHERE seq > (SELECT planned_seq FROM store) ORDER BY 1"));
  std::vector<std::string> ids;
  PRUUV_TRY(read->for_each([&](const Statement& row) { ids.emplace_back(row.text(0)); }));
  return ids;
}

}  // namespace pruuv::store
