#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "delivery/run.hpp"
#include "delivery/simulation/books.hpp"
#include "delivery/simulation/climate.hpp"
#include "delivery/simulation/dice.hpp"
#include "delivery/simulation/fleet.hpp"
#include "delivery/simulation/fuse.hpp"
#include "delivery/simulation/network.hpp"
#include "delivery/simulation/stand_ins.hpp"
#include "delivery/simulation/weather.hpp"
#include "delivery/simulation/witness.hpp"
#include "store/database.hpp"
#include "store/deliveries.hpp"

// A week of nightly runs over a real store, with everything outside of the program made up from a
// seed. The same seed is the same week on every machine.
namespace pruuv::delivery::simulation {

struct Setting {
  std::uint64_t seed = 0;
  std::string store_path;  // an empty store, the world's own
  std::string without;     // names of faults that do not occur, separated by commas
  std::function<void(const std::string&)> trace;  // gets a line for all that happens; may be null
};

class World {
 public:
  explicit World(const Setting& setting);

  // Throws Violation.
  void simulate();
  // One connection, one event among many that is refused without being named, and no other fault.
  void simulate_search();

  [[nodiscard]] int night() const { return night_; }
  // Equal for equal weeks.
  [[nodiscard]] std::uint64_t fingerprint() const;

 private:
  // world.cpp: nights
  void begin();
  void stormy_night();
  void quiet_nights();
  void end_of_week();
  void nightly_run();

  // world_run.cpp: one run; false where it died
  bool run(RunOptions options);
  bool run_until_crash(const RunOptions& options, RunRules& rules, RunSummary& summary);
  RunOptions draw_options();
  void light_fuses();
  Stop asked_to_stop(RunRules& rules);
  Result<Secret> read_secret(const std::string& reference);
  void check_run(const RunOptions& options, const RunRules& rules, const RunSummary& summary,
                 std::int64_t begin_s);

  // people.cpp: the collector and the operator
  void add_events(std::int64_t count);
  void store_events(std::vector<FleetEvent> made);
  void change_connections();
  void save_connections();
  void operate();
  void send_by_hand(const std::vector<store::DeliveryRow>& rows, Cause cause, bool is_later);

  void trace(const std::string& line) const;

  Setting setting_;
  Dice dice_;          // what happens in the world
  Dice network_dice_;  // what happens to requests
  Climate climate_;
  Fleet fleet_;
  Books books_;
  Weather weather_;
  Fuse clock_fuse_;
  Fuse network_fuse_;
  SimulatedClock clock_;
  std::unique_ptr<store::Database> database_;
  Witness witness_;
  StandIns stand_ins_;
  int night_ = 0;
  std::int64_t stop_after_ = 0;  // looks at the signal until it is there; 0 = it never comes
  Stop stop_kind_ = Stop::no;
  std::uint64_t requests_ = 0;
};

}  // namespace pruuv::delivery::simulation
