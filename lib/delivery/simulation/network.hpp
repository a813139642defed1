#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "delivery/simulation/books.hpp"
#include "delivery/simulation/fuse.hpp"
#include "delivery/simulation/run_rules.hpp"
#include "delivery/simulation/stand_ins.hpp"
#include "delivery/simulation/witness.hpp"
#include "http/client.hpp"

namespace pruuv::delivery::simulation {

// All that one run meets outside of the program.
struct Surroundings {
  SimulatedClock& clock;
  Fuse& fuse;
  Dice& dice;
  Fleet& fleet;
  Books& books;
  Witness& witness;
  StandIns& stand_ins;
  RunRules& rules;
  std::function<void()> collect_events;           // the collector writes, maybe
  std::function<void(const std::string&)> trace;  // may be null
};

// Takes the requests of one run to the stand-ins. Time passes while it waits; answers come back in
// the order in which they are ready, several at once now and then.
class Network final : public http::Client {
 public:
  explicit Network(const Surroundings& world) : world_(world) {}

  Result<void> start(std::int64_t id, HttpRequest request) override;
  std::vector<Completed> wait(int timeout_ms) override;
  std::vector<Completed> abort() override;
  [[nodiscard]] std::size_t in_flight() const override { return flights_.size(); }

 private:
  struct Flight {
    bool is_status = false;  // a question after an earlier request
    std::int64_t ready_ms = 0;
    Reply reply;
    const FleetConnection* connection = nullptr;  // null: a token request
    std::string credential;
    std::vector<std::int64_t> seqs;
  };

  Result<void> start_token(std::int64_t id, const HttpRequest& request);
  Result<void> start_status(std::int64_t id, const HttpRequest& request);
  void check_token(const FleetConnection& connection, const Parcel& parcel);
  void die_of_poison(const FleetConnection& connection, const Parcel& parcel) const;
  void note_copies(std::int64_t id, const Parcel& parcel, const Flight& flight);
  void note_read(std::int64_t id, const Flight& flight);
  void trace(const std::string& line) const;

  Surroundings world_;
  std::map<std::int64_t, Flight> flights_;
};

}  // namespace pruuv::delivery::simulation
