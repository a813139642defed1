#include <limits>

#include "store/deliveries.hpp"
#include "store/delivery_row.hpp"

namespace pruuv::store {
namespace {

// Which deliveries can be meant is found in the cheapest way the filter allows (?7: event, index or
// all), the rest of the filter is put to those. SQLite tests a condition on parameters alone before
// it opens a table, so two of the three ways cost nothing. Read through the partial indexes, a list
// of what is open or rejected never goes through history; a list of what was accepted must.
constexpr std::string_view deliveries_sql =
    "WITH candidate (event_seq, connection_id) AS ("
    "SELECT de.event_seq, de.connection_id FROM funnel_event ev CROSS JOIN connection co"
    " CROSS JOIN delivery de"
    " WHERE ?7 = 0 AND ev.id = ?1 AND de.connection_id = co.id AND de.event_seq = ev.seq"
    " UNION ALL SELECT de.event_seq, de.connection_id FROM connection co CROSS JOIN delivery de"
    " INDEXED BY delivery_due WHERE ?7 = 1 AND de.connection_id = co.id AND de.next_at IS NOT NULL "
    "AND de.state <> 3 AND "
    "de.state <> 6"
    " UNION ALL SELECT de.event_seq, de.connection_id FROM connection co CROSS JOIN delivery de"
    " INDEXED BY delivery_held WHERE ?7 = 1 AND de.connection_id = co.id AND de.state = 3"
    " UNION ALL SELECT de.event_seq, de.connection_id FROM connection co CROSS JOIN delivery de"
    " INDEXED BY delivery_rejected WHERE ?7 = 1 AND de.connection_id = co.id AND de.state = 6"
    " UNION ALL SELECT de.event_seq, de.connection_id FROM delivery de WHERE ?7 = 2)"
    " SELECT " PRUUV_DELIVERY_COLUMNS
    ", e.id, cl.client_id, cn.platform, cn.name, e.event_time"
    " FROM candidate CROSS JOIN delivery d CROSS JOIN connection cn CROSS JOIN client cl"
    " CROSS JOIN funnel_event e"
    " WHERE d.event_seq = candidate.event_seq AND d.connection_id = candidate.connection_id"
    " AND cn.id = d.connection_id AND cl.no = cn.client_no AND e.seq = d.event_seq"
    " AND (1 << d.state) & ?2 AND (?3 = '' OR cl.client_id = ?3) AND (?4 = '' OR cn.platform = ?4)"
    " AND e.event_time >= ?5 AND e.event_time < ?6"
    " ORDER BY d.event_seq, d.connection_id LIMIT ?8";

enum class Way : std::uint8_t { by_event = 0, by_index = 1, all = 2 };

constexpr std::int64_t bit_of(DeliveryState state) {
  return std::int64_t{1} << static_cast<int>(state);
}

constexpr std::int64_t every_state = 0xFF;

// The states that one of the partial indexes finds.
constexpr std::int64_t indexed_states =
    bit_of(DeliveryState::waiting) | bit_of(DeliveryState::retryable) |
    bit_of(DeliveryState::ambiguous) | bit_of(DeliveryState::held) |
    bit_of(DeliveryState::rejected);

std::int64_t states_of(const DeliveryFilter& filter) {
  std::int64_t states = 0;
  for (const DeliveryState state : filter.states) states |= bit_of(state);
  return filter.states.empty() ? every_state : states;
}

Way way_of(const DeliveryFilter& filter) {
  if (!filter.event_id.empty()) return Way::by_event;
  return (states_of(filter) & ~indexed_states) == 0 ? Way::by_index : Way::all;
}

}  // namespace

Result<std::vector<DeliveryRow>> load_deliveries(Database& database, const DeliveryFilter& filter) {
  PRUUV_TRY_ASSIGN(Statement* const read, database.prepare(deliveries_sql));
  using Bounds = std::numeric_limits<std::int64_t>;
  read->bind(1, filter.event_id).bind(2, states_of(filter));
  read->bind(3, filter.client_id).bind(4, filter.platform);
  read->bind(5, filter.since_s.value_or(Bounds::min()))
      .bind(6, filter.until_s.value_or(Bounds::max()));
  read->bind(7, static_cast<std::int64_t>(way_of(filter)));
  read->bind(8, filter.limit == 0 ? std::int64_t{-1} : static_cast<std::int64_t>(filter.limit));
  std::vector<DeliveryRow> rows;
  PRUUV_TRY(read->for_each([&](const Statement& row) -> Result<void> {
    DeliveryRow& out = rows.emplace_back();
    PRUUV_TRY_ASSIGN(out.delivery, delivery_of(row));
    out.event_id = row.text(delivery_columns);
    out.client_id = row.text(delivery_columns + 1);
    out.platform = row.text(delivery_columns + 2);
    out.connection_name = row.text(delivery_columns + 3);
    out.event_time_s = row.integer(delivery_columns + 4);
    return {};
  }));
  return rows;
}

Result<std::vector<StateCount>> count_open(Database& database) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "WITH open_delivery (connection_id, state, reason) AS ("
          "SELECT co.id, de.state, de.reason FROM connection co CROSS JOIN delivery de"
          " INDEXED BY delivery_due WHERE de.connection_id = co.id AND de.next_at IS NOT NULL AND "
          "de.state < 3"
          " UNION ALL SELECT co.id, de.state, de.reason FROM connection co CROSS JOIN delivery de"
          " INDEXED BY delivery_held WHERE de.connection_id = co.id AND de.state = 3)"
          " SELECT cl.client_id, cn.platform, o.state, o.reason, count(*)"
          " FROM open_delivery o CROSS JOIN connection cn CROSS JOIN client cl"
          " WHERE cn.id = o.connection_id AND cl.no = cn.client_no"
          " GROUP BY cl.client_id, cn.platform, o.state, o.reason"
          " ORDER BY cl.client_id, cn.platform, o.state, o.reason"));
  std::vector<StateCount> counts;
  PRUUV_TRY(read->for_each([&](const Statement& row) {
    counts.push_back({std::string(row.text(0)), std::string(row.text(1)),
                      static_cast<DeliveryState>(row.integer(2)),
                      reason_of_number(row.integer(3)).value_or(Reason::none), row.integer(4)});
  }));
  return counts;
}

}  // namespace pruuv::store
