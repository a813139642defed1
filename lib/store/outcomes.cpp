#include "store/outcomes.hpp"

#include <algorithm>
#include <limits>
#include <string>

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

constexpr std::string_view delivered_sql = R"(
  SELECT cn.platform, d.state, d.reason, count(*)
    FROM client c
    JOIN event_plan ep ON ep.client_no = c.no
    JOIN funnel_event e ON e.seq = ep.event_seq
    JOIN delivery d ON d.event_seq = ep.event_seq
    JOIN connection cn ON cn.id = d.connection_id
   WHERE c.client_id = ?1 AND e.event_time >= ?2 AND e.event_time < ?3
   GROUP BY cn.platform, d.state, d.reason
   ORDER BY cn.platform, d.state, d.reason)";

constexpr std::string_view unplanned_sql = R"(
  SELECT count(*)
    FROM funnel_event e
   WHERE e.seq > (SELECT planned_seq FROM store) AND e.client_id = ?1
     AND e.event_time >= ?2 AND e.event_time < ?3)";

struct Range {
  std::int64_t since_s;
  std::int64_t until_s;
};

Result<Statement*> bound(Database& database, std::string_view sql, std::string_view client_id,
                         Range range) {
  PRUUV_TRY_ASSIGN(Statement * statement, database.prepare(sql));
  statement->bind(1, client_id).bind(2, range.since_s).bind(3, range.until_s);
  return statement;
}

OutcomeCount outcome(std::string_view client_id, std::string_view platform, std::string_view word,
                     std::int64_t reason, std::int64_t events) {
  OutcomeCount count;
  count.client_id = client_id;
  count.platform = platform;
  count.outcome = word;
  count.reason = reason_of_number(reason).value_or(Reason::none);
  count.events = events;
  return count;
}

}  // namespace

Result<std::vector<OutcomeCount>> count_outcomes(Database& database, std::string_view client_id,
                                                 std::optional<std::int64_t> since_s,
                                                 std::optional<std::int64_t> until_s) {
  const Range range{since_s.value_or(std::numeric_limits<std::int64_t>::min()),
                    until_s.value_or(std::numeric_limits<std::int64_t>::max())};
  std::vector<OutcomeCount> counts;
  PRUUV_TRY_ASSIGN(Statement * delivered, bound(database, delivered_sql, client_id, range));
  for (;;) {
    PRUUV_TRY_ASSIGN(const bool row, delivered->step());
    if (!row) break;
    const std::string platform(delivered->text(0));
    const auto state = static_cast<DeliveryState>(delivered->integer(1));
    counts.push_back(
        outcome(client_id, platform, word_of(state), delivered->integer(2), delivered->integer(3)));
  }
  PRUUV_TRY_ASSIGN(Statement * skipped, bound(database, skipped_sql, client_id, range));
  for (;;) {
    PRUUV_TRY_ASSIGN(const bool row, skipped->step());
    if (!row) break;
    const std::string platform(skipped->text(0));
    const auto reason = reason_of_number(skipped->integer(1)).value_or(Reason::none);
    const bool expired = class_of(reason) == ReasonClass::expired;
    counts.push_back(outcome(client_id, platform, expired ? "expired" : "skipped",
                             skipped->integer(1), skipped->integer(2)));
  }
  std::stable_sort(counts.begin(), counts.end(), [](const OutcomeCount& a, const OutcomeCount& b) {
    return a.platform < b.platform;
  });
  PRUUV_TRY_ASSIGN(Statement * unplanned, bound(database, unplanned_sql, client_id, range));
  PRUUV_TRY_ASSIGN(const bool row, unplanned->step());
  const std::int64_t left = row ? unplanned->integer(0) : 0;
  unplanned->reset();
  if (left > 0) counts.push_back(outcome(client_id, "", "unplanned", 0, left));
  return counts;
}

}  // namespace pruuv::store
