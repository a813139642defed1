#include "store/held.hpp"

namespace pruuv::store {

Result<HeldCount> count_held(Database& database, std::int64_t connection_id, Reason reason,
                             std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "SELECT count(*), coalesce(sum(expires_at <= ?3), 0) FROM delivery"
          " INDEXED BY delivery_held WHERE connection_id = ?1 AND state = 3 AND reason = ?2"));
  read->bind(1, connection_id).bind(2, static_cast<std::int64_t>(reason)).bind(3, now_s);
  HeldCount held;
  PRUUV_TRY(read->for_each([&](const Statement& row) {
    held.too_old = row.integer(1);
    held.in_time = row.integer(0) - held.too_old;
  }));
  return held;
}

}  // namespace pruuv::store
