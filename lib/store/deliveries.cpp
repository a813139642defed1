#include "store/deliveries.hpp"

#include <fmt/format.h>

#include "store/delivery_row.hpp"
#include "store/insert_rows.hpp"

// The partial indexes answer only where their condition stands in the text: "state = 3" is held.
// The numbers are DeliveryState's.
namespace pruuv::store {
namespace {

Result<std::optional<Delivery>> read_first(Statement& read) {
  std::optional<Delivery> found;
  PRUUV_TRY(read.for_each([&](const Statement& row) -> Result<void> {
    PRUUV_TRY_ASSIGN(found, delivery_of(row));
    return {};
  }));
  return found;
}

Result<std::vector<Delivery>> read_all(Statement& read) {
  std::vector<Delivery> found;
  PRUUV_TRY(read.for_each([&](const Statement& row) -> Result<void> {
    PRUUV_TRY_ASSIGN(found.emplace_back(), delivery_of(row));
    return {};
  }));
  return found;
}

}  // namespace

Result<Delivery> delivery_of(const Statement& row) {
  Delivery out;
  out.event_seq = row.integer(0);
  out.connection_id = row.integer(1);
  out.state = static_cast<DeliveryState>(row.integer(2));  // 0 to 7 by the table's CHECK
  const auto reason = reason_of_number(row.integer(3));
  if (!reason) {
    return fail(
        ErrorKind::store_content,
        fmt::format(
            "read the delivery of event number {} to connection number {}: reason {} is unknown",
            out.event_seq, out.connection_id, row.integer(3)),
        "use the newer pruuv-send that wrote it");
  }
  out.reason = *reason;
  out.next_at_s = row.optional_integer(4);
  out.expires_s = row.integer(5);
  out.cause = static_cast<Cause>(row.integer(6));
  out.attempts = static_cast<int>(row.integer(7));
  out.faults = static_cast<int>(row.integer(8));
  out.first_attempt_s = row.optional_integer(9);
  out.first_unknown_s = row.optional_integer(10);
  out.first_request_id = row.optional_integer(11);
  out.crashes = static_cast<int>(row.integer(12));
  return out;
}

Result<void> save_deliveries(Database& database, std::span<const Delivery> deliveries) {
  return insert_rows(
      database,
      "INSERT INTO delivery (event_seq, connection_id, state, reason, next_at, expires_at,"
      " cause, attempts, faults, first_attempt_at, first_unknown_at, first_request_id,"
      " crashes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
      " ON CONFLICT (connection_id, event_seq) DO UPDATE SET state = excluded.state,"
      " reason = excluded.reason, next_at = excluded.next_at, cause = excluded.cause,"
      " attempts = excluded.attempts, faults = excluded.faults,"
      " first_attempt_at = excluded.first_attempt_at,"
      " first_unknown_at = excluded.first_unknown_at,"
      " first_request_id = excluded.first_request_id, crashes = excluded.crashes",
      deliveries, [](Statement& write, int before, const Delivery& delivery) {
        write.bind(before + 1, delivery.event_seq).bind(before + 2, delivery.connection_id);
        write.bind(before + 3, static_cast<std::int64_t>(delivery.state));
        write.bind(before + 4, static_cast<std::int64_t>(delivery.reason));
        write.bind(before + 5, delivery.next_at_s).bind(before + 6, delivery.expires_s);
        write.bind(before + 7, static_cast<std::int64_t>(delivery.cause));
        write.bind(before + 8, std::int64_t{delivery.attempts});
        write.bind(before + 9, std::int64_t{delivery.faults});
        write.bind(before + 10, delivery.first_attempt_s);
        write.bind(before + 11, delivery.first_unknown_s);
        write.bind(before + 12, delivery.first_request_id);
        write.bind(before + 13, std::int64_t{delivery.crashes});
      });
}

Result<void> save_delivery(Database& database, const Delivery& delivery) {
  return save_deliveries(database, std::span(&delivery, 1));
}

Result<std::optional<Delivery>> load_delivery(Database& database, std::int64_t event_seq,
                                              std::int64_t connection_id) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare("SELECT " PRUUV_DELIVERY_COLUMNS
                       " FROM delivery d WHERE d.connection_id = ?2 AND d.event_seq = ?1"));
  read->bind(1, event_seq).bind(2, connection_id);
  return read_first(*read);
}

Result<std::vector<Delivery>> load_deliveries_of_event(Database& database, std::int64_t event_seq) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare("SELECT " PRUUV_DELIVERY_COLUMNS " FROM connection cn CROSS JOIN delivery d"
                       " WHERE d.connection_id = cn.id AND d.event_seq = ?1 ORDER BY cn.id"));
  read->bind(1, event_seq);
  return read_all(*read);
}

Result<std::vector<std::pair<std::int64_t, std::int64_t>>> load_deliveries_after(
    Database& database, std::int64_t event_seq) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "SELECT d.connection_id, d.event_seq FROM connection cn CROSS JOIN delivery d"
          " WHERE d.connection_id = cn.id AND d.event_seq > ?1"
          " ORDER BY cn.id, d.event_seq"));
  std::vector<std::pair<std::int64_t, std::int64_t>> found;
  PRUUV_TRY(read->bind(1, event_seq).for_each([&](const Statement& row) {
    found.emplace_back(row.integer(0), row.integer(1));
  }));
  return found;
}

Result<std::vector<Backlog>> load_backlogs(Database& database, std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT cn.id,"
                                    " EXISTS (SELECT 1 FROM delivery INDEXED BY delivery_due"
                                    "  WHERE connection_id = cn.id AND next_at <= ?1),"
                                    " EXISTS (SELECT 1 FROM delivery INDEXED BY delivery_held"
                                    "  WHERE connection_id = cn.id AND state = 3)"
                                    " FROM connection cn ORDER BY cn.id"));
  std::vector<Backlog> backlogs;
  PRUUV_TRY(read->bind(1, now_s).for_each([&](const Statement& row) {
    const Backlog backlog{row.integer(0), row.integer(1) != 0, row.integer(2) != 0};
    if (backlog.due || backlog.held) backlogs.push_back(backlog);
  }));
  return backlogs;
}

Result<std::vector<Delivery>> load_due(Database& database, std::int64_t connection_id, int turn,
                                       std::int64_t now_s, DueAfter after, std::size_t limit) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare("SELECT " PRUUV_DELIVERY_COLUMNS " FROM delivery d INDEXED BY delivery_due"
                       " WHERE d.connection_id = ?1 AND " PRUUV_DELIVERY_TURN
                       " = ?2 AND d.next_at <= ?3 AND (d.expires_at, d.event_seq) > (?4, ?5)"
                       " ORDER BY d.expires_at, d.event_seq LIMIT ?6"));
  read->bind(1, connection_id).bind(2, std::int64_t{turn}).bind(3, now_s);
  read->bind(4, after.expires_s).bind(5, after.event_seq);
  read->bind(6, static_cast<std::int64_t>(limit));
  return read_all(*read);
}

Result<bool> has_due(Database& database, std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare("SELECT 1 FROM connection cn CROSS JOIN delivery d INDEXED BY delivery_due"
                       " WHERE cn.paused = 0 AND d.connection_id = cn.id AND d.next_at <= ?1"
                       " LIMIT 1"));
  return read->bind(1, now_s).first([](const Statement&) {});
}

Result<std::optional<Delivery>> load_first_held(Database& database, std::int64_t connection_id,
                                                Reason reason) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare("SELECT " PRUUV_DELIVERY_COLUMNS " FROM delivery d INDEXED BY delivery_held"
                       " WHERE d.connection_id = ?1 AND d.state = 3 AND d.reason = ?2"
                       " AND d.crashes = 0"
                       " ORDER BY d.expires_at LIMIT 1"));
  read->bind(1, connection_id).bind(2, static_cast<std::int64_t>(reason));
  return read_first(*read);
}

Result<std::int64_t> hold_due(Database& database, std::int64_t connection_id, Reason reason,
                              std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(
      Statement* const write,
      database.prepare(
          "UPDATE delivery INDEXED BY delivery_due SET state = 3, reason = ?2, next_at = NULL"
          " WHERE connection_id = ?1 AND next_at <= ?3"));
  write->bind(1, connection_id).bind(2, static_cast<std::int64_t>(reason)).bind(3, now_s);
  PRUUV_TRY(write->run());
  return database.changes();
}

Result<std::int64_t> release_held(Database& database, std::int64_t connection_id, Reason reason,
                                  std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(
      Statement* const write,
      database.prepare(
          "UPDATE delivery INDEXED BY delivery_held SET state = 0, reason = 0, next_at = ?3"
          " WHERE connection_id = ?1 AND state = 3 AND reason = ?2"));
  write->bind(1, connection_id).bind(2, static_cast<std::int64_t>(reason)).bind(3, now_s);
  PRUUV_TRY(write->run());
  return database.changes();
}

Result<void> make_due(Database& database, std::int64_t event_seq, std::int64_t connection_id,
                      Cause cause, std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(
      Statement* const write,
      database.prepare("UPDATE delivery SET state = 0, reason = 0, next_at = ?4, cause = ?3,"
                       " crashes = min(crashes, 2) WHERE event_seq = ?1 AND connection_id = ?2"));
  write->bind(1, event_seq).bind(2, connection_id).bind(3, static_cast<std::int64_t>(cause));
  return write->bind(4, now_s).run();
}

}  // namespace pruuv::store
