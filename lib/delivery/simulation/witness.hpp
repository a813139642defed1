#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/records.hpp"
#include "base/result.hpp"
#include "delivery/simulation/books.hpp"
#include "delivery/simulation/fleet.hpp"
#include "delivery/simulation/parcel.hpp"
#include "delivery/simulation/run_rules.hpp"
#include "store/database.hpp"

// Looks at the store over a connection of its own, so that it sees what is committed and nothing
// else, and compares it with what the platforms saw. Throws Violation.
namespace pruuv::delivery::simulation {

// The value, or the end of the simulation with the error's message.
template <typename T>
T value_of(Result<T> result) {
  if (!result) throw Violation{"store: " + result.error().message};
  return std::move(result).value();
}
inline void must(const Result<void>& result) {
  if (!result) throw Violation{"store: " + result.error().message};
}

class Witness {
 public:
  // `without`: as for RunRules: cause_rule, alone_rule.
  Witness(const std::string& store_path, std::string_view without, Fleet& fleet, Books& books);

  [[nodiscard]] store::Database& database() { return *database_; }

  // witness_intents.cpp: as a request leaves. Gives the connection it is for.
  const FleetConnection& check_intent(std::int64_t request_id, const Parcel& parcel,
                                      std::size_t in_flight, std::int64_t now_ms);

  // witness_records.cpp: what was written since the last time, and how every delivery stands.
  void check_records(std::int64_t now_s);
  // Every request that is open is one the platforms may have seen, and no more than that.
  void check_copies();
  // Every event up to that one is below the planned mark.
  void check_all_planned(std::int64_t last_seq);
  // Nothing that was due is left at connections that nothing was in the way of.
  void check_nothing_left(const RunRules& rules, std::int64_t begin_s, std::int64_t end_s);
  // Every event is planned, and each that is routed has a delivery.
  void check_plans();
  // Of each client the outcomes add up to its events.
  void check_outcomes();
  void check_chain();
  void check_file();

  // Deliveries accepted and rejected in the last look at the records, by platform.
  struct Moved {
    std::int64_t accepted = 0;
    std::int64_t rejected = 0;
  };
  [[nodiscard]] const Moved& moved() const { return moved_; }
  // Open deliveries: all, or those that nobody but the program need look at.
  [[nodiscard]] std::int64_t count_open(bool only_by_itself) const;
  [[nodiscard]] std::string describe(const DeliveryKey& key) const;

  // Good events are at every connection that takes them, or there is a reason why not.
  void check_arrived(std::int64_t now_s) const;

 private:
  [[nodiscard]] bool is_planned_as_expired(const FleetConnection& connection,
                                           std::int64_t seq) const;
  void check_item(const FleetConnection& connection, const audit::ManifestEntry& entry,
                  const ParcelItem& item, std::int64_t now_ms);
  void check_second_copy(const FleetConnection& connection, const DeliveryKey& key,
                         const audit::ManifestEntry& entry, const Delivery& delivery,
                         std::int64_t now_ms);
  void read_attempts();
  void check_attempt(const DeliveryKey& key, const Attempt& attempt);
  std::map<DeliveryKey, Standing> read_standings();
  void check_standing(const DeliveryKey& key, const Standing& standing, std::int64_t now_s);
  void check_move(const DeliveryKey& key, const Standing& before, const Standing& after);

  std::unique_ptr<store::Database> database_;
  Fleet& fleet_;
  Books& books_;
  bool has_cause_rule_;
  bool has_alone_rule_;
  std::int64_t last_attempt_ = 0;
  Moved moved_;
};

}  // namespace pruuv::delivery::simulation
