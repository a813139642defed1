#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "delivery/roster.hpp"
#include "delivery/run.hpp"
#include "delivery/spool.hpp"
#include "model/run_summary.hpp"
#include "resolve/resolve.hpp"
#include "store/database.hpp"
#include "store/deliveries.hpp"

namespace pruuv::delivery {

// Turns events nobody has looked at yet into deliveries and reasons, in rounds: what it finds due
// goes into the round's spool, everything else gets its row.
//
// The store's planned mark says up to where every event has its plan and its deliveries have their
// rows. It stays behind a round until that is true of it: a run that dies in between leaves events
// beyond the mark, some with rows already, and the next run plans them again and keeps those rows.
class Planner {
 public:
  // Every event is planned; counted and spooled are those of the connections that `options` select.
  Planner(store::Database& database, const Roster& roster, const RunOptions& options,
          RunSummary& summary)
      : database_(database), roster_(roster), options_(options), summary_(summary) {}

  // Plans on to the last event there was at the first call, or until the spool is full, or until
  // `go_on`, asked after each page, says no; it may be null. Without a spool everything gets its
  // row.
  Result<void> plan(std::int64_t now_s, Spool* spool, const std::function<bool()>& go_on);

  // Whether there are events left to plan.
  [[nodiscard]] bool has_more() const { return !last_seq_ || mark_ < *last_seq_; }

  // Whether the store's mark is behind what was planned.
  [[nodiscard]] bool is_ahead() const { return mark_ > settled_; }

  // For when all that was planned has its rows: moves the mark. The caller has the transaction, and
  // says when it is committed.
  Result<void> settle();
  void settled() { settled_ = mark_; }

  // Plans events from `from_seq` + 1 up to the mark again for one connection that asked for earlier
  // events (backfill). Gives how many deliveries it made. The caller has the transaction.
  Result<std::int64_t> plan_backfill(const resolve::Target& target, std::int64_t from_seq,
                                     std::int64_t planned_seq, std::int64_t now_s);

 private:
  struct Client {
    std::string client_id;
    std::optional<std::int64_t> number;
  };
  // What an event_plan row is made of.
  struct Planned {
    std::size_t client = 0;  // of clients_
    std::int64_t event_seq = 0;
    store::PlanCodes codes;
  };
  struct PlatformState {
    std::string_view name;
    int number = 0;                    // in event_plan
    PlatformCounts* counts = nullptr;  // in the summary, once an event is counted there
  };

  Result<void> begin();
  Result<void> read_page(std::int64_t now_s, Spool* spool);
  void decide(const FunnelEvent& event, std::int64_t now_s, Spool* spool);
  void keep_known(std::int64_t event_seq, resolve::Resolution& resolution) const;
  void note_plan(const FunnelEvent& event, const resolve::Resolution& resolution);
  Result<void> save(const Spool* spool);
  std::size_t client_of(const std::string& client_id);
  Result<std::int64_t> client_number(std::size_t client);
  Delivery count_delivery(std::int64_t event_seq, const resolve::Decision& decision,
                          std::int64_t now_s);

  store::Database& database_;
  const Roster& roster_;
  const RunOptions& options_;
  RunSummary& summary_;

  std::int64_t read_seq_ = 0;  // how far this run has read,
  std::int64_t mark_ = 0;      // saved what it planned,
  std::int64_t settled_ = 0;   // and moved the store's mark
  std::optional<std::int64_t> last_seq_;
  // Rows beyond the mark, left by a run that died: connection and event, in order.
  std::vector<std::pair<std::int64_t, std::int64_t>> known_;

  // Planned and not saved yet.
  std::vector<Planned> plans_;
  std::vector<Delivery> rows_;

  std::vector<PlatformState> platforms_;  // in the order of the registry
  std::vector<Client> clients_;
  std::unordered_map<std::string, std::size_t> client_numbers_;  // places in clients_
};

}  // namespace pruuv::delivery
