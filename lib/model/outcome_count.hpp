#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/reason.hpp"

namespace pruuv {

// How many of a client's events came to what at one platform. Each event counts exactly once a
// platform; where the client has several connections to it, the best of them counts, because a
// click belongs to one account only.
struct OutcomeCount {
  std::string platform;
  std::string outcome;  // accepted, rejected, held, waiting, skipped, expired
  Reason reason = Reason::none;
  std::int64_t events = 0;
};

// All events of a client in a period. For each platform the counts add up to `events`.
struct ClientOutcomes {
  std::string client_id;
  std::int64_t events = 0;
  std::int64_t without_click_id = 0;  // of them, with no click id of any platform
  std::vector<OutcomeCount> counts;   // by platform
};

}  // namespace pruuv
