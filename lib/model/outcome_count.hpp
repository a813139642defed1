#pragma once

#include <cstdint>
#include <string>

#include "model/reason.hpp"

namespace pruuv {

// How many of a client's events ended where, at one platform. An event counts once a platform, or,
// where the client has several connections to it, once a connection it goes to.
struct OutcomeCount {
  std::string client_id;
  std::string platform;
  std::string outcome;  // accepted, rejected, held, waiting ..., skipped, expired, unplanned
  Reason reason = Reason::none;
  std::int64_t events = 0;
};

}  // namespace pruuv
