#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "model/delivery.hpp"
#include "model/reason.hpp"
#include "model/run_summary.hpp"
#include "store/database.hpp"

// Planning and the state of deliveries. Every writer here runs inside the caller's transaction.
namespace pruuv::store {

// --- planning
// -------------------------------------------------------------------------------------

// The number event_plan packs a platform's code under; made on first sight.
Result<int> platform_number(Database& database, std::string_view platform);

// One reason a platform, by platform number (0 to 6).
class PlanCodes {
 public:
  void set(int platform_number, Reason reason);
  [[nodiscard]] Reason get(int platform_number) const;
  [[nodiscard]] std::int64_t packed() const { return packed_; }
  static PlanCodes unpack(std::int64_t packed);

 private:
  std::int64_t packed_ = 0;
};

// An event_plan row.
struct Plan {
  std::int64_t client_no = 0;
  std::int64_t event_seq = 0;
  PlanCodes codes;
};

// New ones, or other codes for known ones. The caller has the transaction.
Result<void> save_plans(Database& database, std::span<const Plan> plans);
Result<std::optional<PlanCodes>> load_plan(Database& database, std::int64_t client_no,
                                           std::int64_t event_seq);
Result<void> save_planned_seq(Database& database, std::int64_t seq);

// --- deliveries
// -----------------------------------------------------------------------------------

// Writes a new row, or all of a known one but expires_at.
Result<void> save_delivery(Database& database, const Delivery& delivery);
// The caller has the transaction.
Result<void> save_deliveries(Database& database, std::span<const Delivery> deliveries);
Result<std::optional<Delivery>> load_delivery(Database& database, std::int64_t event_seq,
                                              std::int64_t connection_id);
Result<std::vector<Delivery>> load_deliveries_of_event(Database& database, std::int64_t event_seq);
// Connection and event of every delivery of events numbered above that, in order.
Result<std::vector<std::pair<std::int64_t, std::int64_t>>> load_deliveries_after(
    Database& database, std::int64_t event_seq);

// Connections that have a due delivery (next_at <= now) or a held one, by number.
struct Backlog {
  std::int64_t connection_id = 0;
  bool due = false;
  bool held = false;
};
Result<std::vector<Backlog>> load_backlogs(Database& database, std::int64_t now_s);

// Due deliveries of one connection and one turn, soonest to expire first, that come after `after`
// in that order. The turn: 0 never tried, 1 tried before, 2 a run died with it in flight, 3 two or
// more runs did.
struct DueAfter {
  std::int64_t expires_s = std::numeric_limits<std::int64_t>::min();
  std::int64_t event_seq = 0;
};
Result<std::vector<Delivery>> load_due(Database& database, std::int64_t connection_id, int turn,
                                       std::int64_t now_s, DueAfter after, std::size_t limit);

// Whether any delivery is due at `now_s`; those of paused connections aside.
Result<bool> has_due(Database& database, std::int64_t now_s);

// The soonest to expire of a connection's deliveries held for that reason that no run died with:
// the one a run probes with.
Result<std::optional<Delivery>> load_first_held(Database& database, std::int64_t connection_id,
                                                Reason reason);

// Every open delivery of a connection that has expired by `now_s` becomes expired(too_old). Gives
// how many.
Result<std::int64_t> expire_open(Database& database, std::int64_t connection_id,
                                 std::int64_t now_s);

// Open deliveries that expire after `now_s` and before `before_s`, by connection; those of paused
// ones aside.
Result<std::vector<ExpiringSoon>> load_expiring(Database& database, std::int64_t now_s,
                                                std::int64_t before_s);

// Every delivery of a connection that is due at `now_s` becomes held for that reason. Gives how
// many.
Result<std::int64_t> hold_due(Database& database, std::int64_t connection_id, Reason reason,
                              std::int64_t now_s);

// Held deliveries of a connection with that reason become waiting and due at `now_s` (a probe went
// through, the connection was resumed). Gives how many.
Result<std::int64_t> release_held(Database& database, std::int64_t connection_id, Reason reason,
                                  std::int64_t now_s);

// --- by hand
// --------------------------------------------------------------------------------------

struct DeliveryFilter {
  std::string client_id;                         // "" = all
  std::string platform;                          // "" = all
  std::string event_id;                          // "" = all
  std::vector<DeliveryState> states;             // empty = all
  std::optional<std::int64_t> since_s, until_s;  // event_time, [since, until)
  std::size_t limit = 0;                         // 0 = no limit
};

struct DeliveryRow {
  Delivery delivery;
  std::string event_id;
  std::string client_id;
  std::string platform;
  std::string connection_name;
  std::int64_t event_time_s = 0;
};

// In order of event and connection. Open and rejected ones, or those of one event, come from an
// index; asking for accepted, confirmed or expired ones reads every delivery there is.
Result<std::vector<DeliveryRow>> load_deliveries(Database& database, const DeliveryFilter& filter);

// Makes a delivery due at once for that cause: waiting, no reason, next_at = now. Its counts and
// marks stay: a retry by hand neither forgets attempts nor opens the dedup window anew. Of its
// crashes at most two are kept: it goes alone, and one more holds it again.
Result<void> make_due(Database& database, std::int64_t event_seq, std::int64_t connection_id,
                      Cause cause, std::int64_t now_s);

// Open deliveries by state, for the run's summary and exit code.
struct StateCount {
  std::string client_id;
  std::string platform;
  DeliveryState state = DeliveryState::waiting;
  Reason reason = Reason::none;
  std::int64_t count = 0;
};
Result<std::vector<StateCount>> count_open(Database& database);

}  // namespace pruuv::store
