#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pruuv {

// How many events of a connection carry one thing that the platform matches by.
struct SignalCount {
  std::string_view words;   // "e-mail"
  std::string_view fields;  // what the collector stores for it
  std::int64_t events = 0;
};

// The matching signals of the events that go, or went, to one connection.
struct SignalShares {
  std::string platform;
  std::string connection;
  std::int64_t events = 0;
  std::vector<SignalCount> signals;  // the platform's strongest first
  std::vector<SignalCount> faults;   // fields that had to be left out, and in how many events
};

}  // namespace pruuv
