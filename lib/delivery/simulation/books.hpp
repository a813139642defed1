#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/sha256.hpp"
#include "delivery/simulation/fleet.hpp"
#include "delivery/simulation/stand_ins.hpp"
#include "model/delivery.hpp"
#include "model/reason.hpp"

// What the simulation knows by itself, beside the store.
namespace pruuv::delivery::simulation {

// A promise of the program that does not hold. Thrown through it from within a callback.
struct Violation {
  std::string what;
};

using DeliveryKey = std::pair<std::int64_t, std::int64_t>;  // connection, event

// One event in one request, as it left or was to leave.
struct Copy {
  std::int64_t request_id = 0;
  std::int64_t at_ms = 0;
  std::string scope;
  Digest bytes{};
  int settings = 0;  // of the connection then: others may make other bytes
  bool has_arrived = false;
  bool kept = false;
  Told told = Told::unknown;
  bool own_fault = false;
  bool is_read = false;  // the program was handed the answer
};

// An attempt as the store has it.
struct Attempt {
  std::int64_t request_id = 0;
  int number = 0;
  AttemptStatus status = AttemptStatus::ambiguous;
  Cause cause = Cause::schedule;
  std::int64_t opened_ms = 0;
  bool is_crash = false;
};

// A delivery as the store has it.
struct Standing {
  DeliveryState state = DeliveryState::waiting;
  Reason reason = Reason::none;
  bool has_next = false;
  std::int64_t next_at_s = 0;
  std::int64_t expires_s = 0;
  int attempts = 0;
  int faults = 0;
};

struct Books {
  std::map<std::int64_t, FleetEvent> events;    // by the store's number
  std::map<std::string, std::int64_t> numbers;  // by event id
  std::map<DeliveryKey, std::vector<Copy>> copies;
  std::map<DeliveryKey, std::vector<Attempt>> attempts;
  std::map<DeliveryKey, Standing> standings;  // after the latest run
  // Deliveries a person asked for again, until a run has tried.
  struct Wish {
    bool is_tried = false;
  };
  std::map<DeliveryKey, Wish> wishes;
  // How many attempts a delivery had when a person last asked for it.
  std::map<DeliveryKey, int> asked_after;
  // Deliveries a person asked to be sent a second time after they were accepted.
  std::set<DeliveryKey> replayed;
};

}  // namespace pruuv::delivery::simulation
