#include "store/events.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/uuid.hpp"

namespace pruuv::store {
namespace {

constexpr int first_field =
    5;  // in both statements below; the fields stand in the order of event_fields
constexpr int extra_field = first_field + static_cast<int>(event_fields.size());

constexpr std::string_view insert_sql =
    "INSERT INTO funnel_event (id, client_id, event_name, event_time, value, currency, email, "
    "phone,"
    " country, first_name, last_name, city, state, zip, external_id, ip, user_agent, page_url, "
    "referrer,"
    " fbclid, fbc, fbp, gclid, gbraid, wbraid, ttclid, ttp, click_timestamp, order_id, "
    "action_source,"
    " consent_ad_user_data, consent_ad_personalization, limited_data_use, extra)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
    "?19, ?20,"
    " ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34)"
    " ON CONFLICT (id) DO NOTHING";

constexpr std::string_view select_sql =
    "SELECT seq, id, client_id, event_name, event_time, value, currency, email, phone, country, "
    "first_name,"
    " last_name, city, state, zip, external_id, ip, user_agent, page_url, referrer, fbclid, fbc, "
    "fbp, gclid,"
    " gbraid, wbraid, ttclid, ttp, click_timestamp, order_id, action_source, consent_ad_user_data,"
    " consent_ad_personalization, limited_data_use, extra"
    " FROM funnel_event WHERE seq > ?1 ORDER BY seq LIMIT ?2";

bool is_any_column(std::string_view name) {
  return name == "click_timestamp" || name == "limited_data_use";
}

// The two ANY columns hold an integer wherever its digits are the text's: "1700000000", not "007".
std::optional<std::int64_t> plain_integer(const std::string& text) {
  const auto value = parse_int64(text);
  return value && std::to_string(*value) == text ? value : std::nullopt;
}

// What is absent is not bound: prepare() has left every parameter NULL.
void bind_event(Statement& write, const FunnelEvent& event) {
  write.bind_kept(1, event.id)
      .bind_kept(2, event.client_id)
      .bind_kept(3, event.event_name)
      .bind(4, event.event_time);
  int index = first_field;
  for (const EventField& field : event_fields) {
    const std::string& text = event.*field.text;
    if (!text.empty()) {
      const auto number = is_any_column(field.name) ? plain_integer(text) : std::nullopt;
      if (number) {
        write.bind(index, *number);
      } else {
        write.bind_kept(index, text);
      }
    }
    ++index;
  }
  if (!event.extra.empty()) write.bind_kept(extra_field, event.extra);
}

// Over whatever the event held before: its strings keep their room from row to row.
void read_row(const Statement& row, FunnelEvent& event) {
  event.seq = row.integer(0);
  row.read(1, event.id);
  row.read(2, event.client_id);
  row.read(3, event.event_name);
  event.event_time = row.integer(4);
  int column = first_field;
  for (const EventField& field : event_fields) row.read(column++, event.*field.text);
  row.read(extra_field, event.extra);
}

// All but `seq`, and the id without regard to case.
bool is_same_content(const FunnelEvent& a, const FunnelEvent& b) {
  for (const EventField& field : event_fields) {
    if (a.*field.text != b.*field.text) return false;
  }
  return equal_ignoring_ascii_case(a.id, b.id) && a.client_id == b.client_id &&
         a.event_name == b.event_name && a.event_time == b.event_time && a.extra == b.extra;
}

struct Probe {
  std::int64_t seq = 0;
  std::int64_t received_at_s = 0;
};

// The first event from `seq` on.
Result<std::optional<Probe>> probe(Database& database, std::int64_t seq) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "SELECT seq, received_at FROM funnel_event WHERE seq >= ?1 ORDER BY seq LIMIT 1"));
  std::optional<Probe> found;
  PRUUV_TRY(read->bind(1, seq).first([&](const Statement& row) {
    found = Probe{row.integer(0), row.integer(1)};
  }));
  return found;
}

}  // namespace

Result<Inserted> insert_event(Database& database, const FunnelEvent& event) {
  // The CHECKs of the table, which expect_many_events() turns off.
  if (!is_uuid(event.id) || event.client_id.empty() || event.event_name.empty()) {
    return fail(ErrorKind::bug, "add funnel_event: no UUID, or no client_id or event_name");
  }
  PRUUV_TRY_ASSIGN(Statement* const write, database.prepare(insert_sql));
  bind_event(*write, event);
  PRUUV_TRY(write->run());
  if (database.changes() > 0) return Inserted::stored;
  PRUUV_TRY_ASSIGN(const auto stored, load_event(database, event.id));
  return stored && is_same_content(*stored, event) ? Inserted::known : Inserted::conflict;
}

Result<std::optional<FunnelEvent>> load_event(Database& database, std::string_view id) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT seq FROM funnel_event WHERE id = ?1"));
  std::optional<std::int64_t> seq;
  PRUUV_TRY(read->bind(1, id).first([&](const Statement& row) { seq = row.integer(0); }));
  if (!seq) return std::optional<FunnelEvent>();
  return load_event(database, *seq);
}

Result<std::optional<FunnelEvent>> load_event(Database& database, std::int64_t seq) {
  PRUUV_TRY_ASSIGN(auto events, load_events_after(database, seq - 1, 1));
  if (events.empty() || events.front().seq != seq) return std::optional<FunnelEvent>();
  return std::optional<FunnelEvent>(std::move(events.front()));
}

Result<std::vector<FunnelEvent>> load_events_after(Database& database, std::int64_t after_seq,
                                                   std::size_t limit) {
  PRUUV_TRY_ASSIGN(Statement* const read, database.prepare(select_sql));
  read->bind(1, after_seq).bind(2, static_cast<std::int64_t>(limit));
  constexpr std::size_t reserved_max =
      1'000;  // an event is a kilobyte: growing would move them all
  std::vector<FunnelEvent> events;
  events.reserve(std::min(limit, reserved_max));
  PRUUV_TRY(read->for_each([&](const Statement& row) { read_row(row, events.emplace_back()); }));
  return events;
}

Result<void> read_events_after(Database& database, std::int64_t after_seq, std::size_t limit,
                               const std::function<Result<void>(const FunnelEvent&)>& take) {
  PRUUV_TRY_ASSIGN(Statement* const read, database.prepare(select_sql));
  read->bind(1, after_seq).bind(2, static_cast<std::int64_t>(limit));
  FunnelEvent event;
  return read->for_each([&](const Statement& row) {
    read_row(row, event);
    return take(event);
  });
}

Result<std::int64_t> last_event_seq(Database& database) {
  // Not max(seq): the number of an event that was deleted since is never given again.
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'funnel_event'"));
  std::int64_t seq = 0;
  PRUUV_TRY(read->first([&](const Statement& row) { seq = row.integer(0); }));
  return seq;
}

Result<std::int64_t> seq_before_time(Database& database, std::int64_t received_at_s) {
  // The answer is in [low, high]: what is numbered up to `low` came earlier, what is above `high`
  // did not.
  PRUUV_TRY_ASSIGN(std::int64_t high, last_event_seq(database));
  std::int64_t low = 0;
  while (low < high) {
    const std::int64_t middle = low + (high - low + 1) / 2;
    PRUUV_TRY_ASSIGN(const auto found, probe(database, middle));
    if (found && found->received_at_s < received_at_s) {
      low = found->seq;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

Result<std::vector<std::int64_t>> load_event_seqs(Database& database, std::string_view client_id,
                                                  std::optional<std::int64_t> since_s,
                                                  std::optional<std::int64_t> until_s) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "SELECT e.seq FROM client c CROSS JOIN event_plan ep CROSS JOIN funnel_event e"
          " WHERE c.client_id = ?1 AND ep.client_no = c.no AND e.seq = ep.event_seq"
          " AND e.event_time >= ?2 AND e.event_time < ?3 ORDER BY ep.event_seq"));
  read->bind(1, client_id)
      .bind(2, since_s.value_or(std::numeric_limits<std::int64_t>::min()))
      .bind(3, until_s.value_or(std::numeric_limits<std::int64_t>::max()));
  std::vector<std::int64_t> seqs;
  PRUUV_TRY(read->for_each([&](const Statement& row) { seqs.push_back(row.integer(0)); }));
  return seqs;
}

}  // namespace pruuv::store
