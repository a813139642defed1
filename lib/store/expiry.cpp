#include "store/deliveries.hpp"
#include "store/delivery_row.hpp"

// What no platform takes any more, and what soon will be. Open deliveries are found by the indexes
// of what is due and of what is held; naming every turn lets each be searched by its expiry.
namespace pruuv::store {

Result<std::int64_t> expire_open(Database& database, std::int64_t connection_id,
                                 std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(
      Statement* const due,
      database.prepare(
          "UPDATE delivery AS d INDEXED BY delivery_due SET state = 7, reason = ?2, next_at = NULL"
          " WHERE d.connection_id = ?1 AND d.next_at IS NOT NULL AND d.state < 3"
          " AND " PRUUV_DELIVERY_TURN " IN (0, 1, 2, 3) AND d.expires_at <= ?3"));
  const auto too_old = static_cast<std::int64_t>(Reason::too_old);
  PRUUV_TRY(due->bind(1, connection_id).bind(2, too_old).bind(3, now_s).run());
  const std::int64_t expired = database.changes();
  PRUUV_TRY_ASSIGN(
      Statement* const held,
      database.prepare(
          "UPDATE delivery INDEXED BY delivery_held SET state = 7, reason = ?2, next_at = NULL"
          " WHERE connection_id = ?1 AND state = 3 AND expires_at <= ?3"));
  PRUUV_TRY(held->bind(1, connection_id).bind(2, too_old).bind(3, now_s).run());
  return expired + database.changes();
}

Result<std::vector<ExpiringSoon>> load_expiring(Database& database, std::int64_t now_s,
                                                std::int64_t before_s) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare(
          "WITH expiring (connection_id, expires_at) AS ("
          "SELECT co.id, de.expires_at FROM connection co CROSS JOIN delivery de INDEXED BY "
          "delivery_due"
          " WHERE co.paused = 0 AND de.connection_id = co.id AND de.next_at IS NOT NULL"
          " AND de.state < 3 AND " PRUUV_DELIVERY_TURN " IN (0, 1, 2, 3)"
          " AND de.expires_at > ?1 AND de.expires_at < ?2"
          " UNION ALL"
          " SELECT co.id, de.expires_at FROM connection co CROSS JOIN delivery de INDEXED BY "
          "delivery_held"
          " WHERE co.paused = 0 AND de.connection_id = co.id AND de.state = 3"
          " AND de.expires_at > ?1 AND de.expires_at < ?2)"
          " SELECT cl.client_id, cn.platform, cn.name, count(*), min(x.expires_at)"
          " FROM expiring x CROSS JOIN connection cn CROSS JOIN client cl"
          " WHERE cn.id = x.connection_id AND cl.no = cn.client_no"
          " GROUP BY cn.id ORDER BY cl.client_id, cn.platform, cn.name"));
  std::vector<ExpiringSoon> expiring;
  PRUUV_TRY(read->bind(1, now_s).bind(2, before_s).for_each([&](const Statement& row) {
    expiring.push_back({std::string(row.text(0)), std::string(row.text(1)),
                        std::string(row.text(2)), row.integer(3), row.integer(4)});
  }));
  return expiring;
}

}  // namespace pruuv::store
