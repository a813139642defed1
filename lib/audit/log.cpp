#include "audit/log.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include "model/delivery.hpp"

namespace pruuv::audit {
namespace {

using store::Database;
using store::Statement;

// [since, until) in milliseconds; what cannot be told in them lies beyond every attempt.
struct Period {
  std::int64_t since_ms = std::numeric_limits<std::int64_t>::min();
  std::int64_t until_ms = std::numeric_limits<std::int64_t>::max();
};

Period period_of(const LogFilter& filter) {
  static constexpr std::int64_t seconds_max = std::numeric_limits<std::int64_t>::max() / 1000;
  const auto to_ms = [](std::int64_t time_s) {
    return std::max(-seconds_max, std::min(seconds_max, time_s)) * 1000;
  };
  Period period;
  if (filter.since_s) period.since_ms = to_ms(*filter.since_s);
  if (filter.until_s) period.until_ms = to_ms(*filter.until_s);
  return period;
}

LogRow row_of(const Statement& row) {
  LogRow out;
  out.event_id = row.text(0);
  out.client_id = row.text(1);
  out.platform = row.text(2);
  out.connection = row.text(3);
  out.status = row.text(4);
  out.error = row.text(5);
  out.error_message = row.text(6);
  out.sent_at = row.text(7);
  out.retry_count = row.integer(8);
  out.request_id = row.integer(9);
  out.cause = row.text(10);
  return out;
}

// Rows wanted: the filter's limit and one more, which only says that there are older ones.
std::int64_t wanted_of(const LogFilter& filter) {
  return filter.limit == 0 ? std::numeric_limits<std::int64_t>::max()
                           : static_cast<std::int64_t>(filter.limit) + 1;
}

Result<std::vector<LogRow>> load_rows_of_event(Database& database, const LogFilter& filter) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "SELECT event_id, client_id, platform, connection, status, error, error_message,"
          " sent_at, retry_count, request_id, cause FROM attempt_detail WHERE event_id = ?1"
          " AND (?2 = '' OR client_id = ?2) AND (?3 = '' OR platform = ?3)"
          " AND (?4 = '' OR status = ?4) AND opened_at_ms >= ?5 AND opened_at_ms < ?6"
          " ORDER BY opened_at_ms DESC, attempt_id DESC LIMIT ?7"));
  const Period period = period_of(filter);
  read->bind(1, filter.event_id)
      .bind(2, filter.client_id)
      .bind(3, filter.platform)
      .bind(4, filter.status);
  read->bind(5, period.since_ms).bind(6, period.until_ms).bind(7, wanted_of(filter));
  std::vector<LogRow> rows;
  PRUUV_TRY(read->for_each([&](const Statement& row) { rows.push_back(row_of(row)); }));
  return rows;
}

// Closed requests of the filter's connections and period, newest first. A closed request has one
// attempt or more, so that no more of them than rows wanted are needed, unless their attempts are
// picked by status.
Result<std::vector<std::int64_t>> load_request_ids(Database& database, const LogFilter& filter) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "SELECT o.id FROM connection cn CROSS JOIN client cl CROSS JOIN request_opened o"
          " WHERE cl.no = cn.client_no AND o.connection_id = cn.id"
          " AND (?1 = '' OR cl.client_id = ?1) AND (?2 = '' OR cn.platform = ?2)"
          " AND o.opened_at_ms >= ?3 AND o.opened_at_ms < ?4"
          " AND NOT EXISTS (SELECT 1 FROM open_request u WHERE u.request_id = o.id)"
          " ORDER BY o.opened_at_ms DESC, o.id DESC LIMIT ?5"));
  const Period period = period_of(filter);
  read->bind(1, filter.client_id).bind(2, filter.platform);
  read->bind(3, period.since_ms).bind(4, period.until_ms);
  read->bind(5, filter.status.empty() ? wanted_of(filter) : -1);
  std::vector<std::int64_t> ids;
  PRUUV_TRY(read->for_each([&](const Statement& row) { ids.push_back(row.integer(0)); }));
  return ids;
}

// The + keeps SQLite from walking all attempts backwards for the sake of the order.
Result<void> load_rows_of_request(Database& database, std::int64_t request_id,
                                  const LogFilter& filter, std::vector<LogRow>& rows) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "SELECT event_id, client_id, platform, connection, status, error, error_message,"
          " sent_at, retry_count, request_id, cause FROM attempt_detail WHERE request_id = ?1"
          " AND (?2 = '' OR status = ?2) ORDER BY +attempt_id DESC LIMIT ?3"));
  read->bind(1, request_id).bind(2, filter.status);
  read->bind(3, wanted_of(filter) - static_cast<std::int64_t>(rows.size()));
  return read->for_each([&](const Statement& row) { rows.push_back(row_of(row)); });
}

// What platforms refused afterwards, by the time they said so, newest first. Two texts, because an
// index is used only for a condition that stands alone.
Result<std::vector<LogRow>> load_refused_afterwards(Database& database, const LogFilter& filter) {
  static constexpr std::string_view of_period =
      "SELECT event_id, client_id, platform, connection, status, error, error_message,"
      " sent_at, retry_count, request_id, cause FROM diagnosis_detail WHERE at_ms >= ?5"
      " AND at_ms < ?6 AND (?2 = '' OR client_id = ?2) AND (?3 = '' OR platform = ?3)"
      " AND (?4 = '' OR status = ?4) ORDER BY at_ms DESC, diagnosis_id DESC LIMIT ?7";
  static constexpr std::string_view of_event =
      "SELECT event_id, client_id, platform, connection, status, error, error_message,"
      " sent_at, retry_count, request_id, cause FROM diagnosis_detail WHERE event_id = ?1"
      " AND at_ms >= ?5 AND at_ms < ?6 AND (?2 = '' OR client_id = ?2)"
      " AND (?3 = '' OR platform = ?3) AND (?4 = '' OR status = ?4)"
      " ORDER BY +at_ms DESC, diagnosis_id DESC LIMIT ?7";
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare(filter.event_id.empty() ? of_period : of_event));
  const Period period = period_of(filter);
  if (!filter.event_id.empty()) read->bind(1, filter.event_id);
  read->bind(2, filter.client_id).bind(3, filter.platform).bind(4, filter.status);
  read->bind(5, period.since_ms).bind(6, period.until_ms).bind(7, wanted_of(filter));
  std::vector<LogRow> rows;
  PRUUV_TRY(read->for_each([&](const Statement& row) { rows.push_back(row_of(row)); }));
  return rows;
}

Result<std::vector<LogRow>> load_attempts(Database& database, const LogFilter& filter) {
  if (!filter.event_id.empty()) return load_rows_of_event(database, filter);
  PRUUV_TRY_ASSIGN(const auto request_ids, load_request_ids(database, filter));
  std::vector<LogRow> rows;
  for (const std::int64_t request_id : request_ids) {
    if (static_cast<std::int64_t>(rows.size()) >= wanted_of(filter)) break;
    PRUUV_TRY(load_rows_of_request(database, request_id, filter, rows));
  }
  return rows;
}

// Both, newest first. Times are texts of one form, which sort as they are.
Result<std::vector<LogRow>> load_rows(Database& database, const LogFilter& filter) {
  PRUUV_TRY_ASSIGN(const std::vector<LogRow> attempts, load_attempts(database, filter));
  PRUUV_TRY_ASSIGN(const std::vector<LogRow> afterwards, load_refused_afterwards(database, filter));
  if (afterwards.empty()) return attempts;
  std::vector<LogRow> rows;
  rows.reserve(attempts.size() + afterwards.size());
  std::merge(afterwards.begin(), afterwards.end(), attempts.begin(), attempts.end(),
             std::back_inserter(rows),
             [](const LogRow& a, const LogRow& b) { return a.sent_at > b.sent_at; });
  if (static_cast<std::int64_t>(rows.size()) > wanted_of(filter))
    rows.resize(static_cast<std::size_t>(wanted_of(filter)));
  return rows;
}

Result<std::vector<LogCount>> count_of_event(Database& database, const LogFilter& filter) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "SELECT client_id, platform, status, count(*) FROM attempt_detail WHERE event_id = ?1"
          " AND (?2 = '' OR client_id = ?2) AND (?3 = '' OR platform = ?3)"
          " AND (?4 = '' OR status = ?4) AND opened_at_ms >= ?5 AND opened_at_ms < ?6"
          " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"));
  const Period period = period_of(filter);
  read->bind(1, filter.event_id)
      .bind(2, filter.client_id)
      .bind(3, filter.platform)
      .bind(4, filter.status);
  read->bind(5, period.since_ms).bind(6, period.until_ms);
  std::vector<LogCount> counts;
  PRUUV_TRY(read->for_each([&](const Statement& row) {
    counts.push_back({std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
                      row.integer(3)});
  }));
  return counts;
}

// Not through the view: only from connection to request to attempt does the period bound the work.
Result<std::vector<LogCount>> count_of_period(Database& database, const LogFilter& filter) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "SELECT cl.client_id, cn.platform, a.status, count(*)"
          " FROM connection cn CROSS JOIN client cl CROSS JOIN request_opened o"
          " CROSS JOIN request_closed c CROSS JOIN attempt a"
          " WHERE cl.no = cn.client_no AND o.connection_id = cn.id AND c.request_id = o.id"
          " AND a.id >= c.first_attempt AND a.id < c.first_attempt + c.attempts"
          " AND (?1 = '' OR cl.client_id = ?1) AND (?2 = '' OR cn.platform = ?2)"
          " AND o.opened_at_ms >= ?3 AND o.opened_at_ms < ?4 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"));
  const Period period = period_of(filter);
  read->bind(1, filter.client_id).bind(2, filter.platform);
  read->bind(3, period.since_ms).bind(4, period.until_ms);
  std::vector<LogCount> counts;
  PRUUV_TRY(read->for_each([&](const Statement& row) {
    const std::string_view status = word_of(static_cast<AttemptStatus>(row.integer(2)));
    if (!filter.status.empty() && filter.status != status) return;
    counts.push_back(
        {std::string(row.text(0)), std::string(row.text(1)), std::string(status), row.integer(3)});
  }));
  return counts;
}

}  // namespace

Result<LogPage> load_log(Database& database, const LogFilter& filter) {
  LogPage page;
  PRUUV_TRY_ASSIGN(page.rows, load_rows(database, filter));
  page.more = filter.limit > 0 && page.rows.size() > filter.limit;
  if (page.more) page.rows.resize(filter.limit);
  return page;
}

Result<std::vector<LogCount>> count_log(Database& database, const LogFilter& filter) {
  if (!filter.event_id.empty()) return count_of_event(database, filter);
  return count_of_period(database, filter);
}

Result<std::vector<LogCount>> count_resent_after_unknown(Database& database,
                                                         const LogFilter& filter) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "SELECT cl.client_id, cn.platform, count(*)"
          " FROM connection cn CROSS JOIN client cl CROSS JOIN request_opened o"
          " CROSS JOIN request_closed c CROSS JOIN attempt a"
          " WHERE cl.no = cn.client_no AND o.connection_id = cn.id AND c.request_id = o.id"
          " AND a.id >= c.first_attempt AND a.id < c.first_attempt + c.attempts AND a.number > 1"
          " AND (?1 = '' OR cl.client_id = ?1) AND (?2 = '' OR cn.platform = ?2)"
          " AND o.opened_at_ms >= ?3 AND o.opened_at_ms < ?4"
          " AND EXISTS (SELECT 1 FROM attempt b WHERE b.connection_id = cn.id"
          "   AND b.event_seq = a.event_seq AND b.number < a.number AND b.status = 3)"
          " GROUP BY 1, 2 ORDER BY 1, 2"));
  const Period period = period_of(filter);
  read->bind(1, filter.client_id).bind(2, filter.platform);
  read->bind(3, period.since_ms).bind(4, period.until_ms);
  std::vector<LogCount> counts;
  PRUUV_TRY(read->for_each([&](const Statement& row) {
    counts.push_back({std::string(row.text(0)), std::string(row.text(1)), "resent_after_unknown",
                      row.integer(2)});
  }));
  return counts;
}

}  // namespace pruuv::audit
