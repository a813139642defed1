#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "delivery/simulation/climate.hpp"
#include "delivery/simulation/fleet.hpp"

// What is broken tonight: an adapter, a connection, a credential.
namespace pruuv::delivery::simulation {

// A fault that lasts.
struct Spell {
  Fault fault = Fault::outage;
  int permille = 1000;  // of the requests it strikes
  std::int64_t until_ms = 0;
  std::string retry_after;         // header, "" = none
  bool of_credential = false;      // a throttle of all that share the token
  std::size_t body_bytes_max = 0;  // small_body
};

class Weather {
 public:
  // Draws the faults of a night that begins at `now_ms`. Dead tokens stay dead for some nights.
  void begin_night(Dice& dice, const Climate& climate, const Fleet& fleet, std::int64_t now_ms);
  // Everything is mended.
  void clear();

  // The fault that strikes a request arriving at that time, if one does.
  [[nodiscard]] const Spell* of_adapter(Vendor vendor, std::int64_t now_ms, Dice& dice) const;
  [[nodiscard]] const Spell* of_connection(std::int64_t connection_id, std::int64_t now_ms,
                                           Dice& dice) const;
  [[nodiscard]] const Spell* of_credential(const std::string& credential, std::int64_t now_ms,
                                           Dice& dice) const;

 private:
  std::array<std::optional<Spell>, vendors> adapters_;
  std::map<std::int64_t, Spell> connections_;
  std::map<std::string, Spell> credentials_;
};

// Seconds that a Retry-After header of ours asks for, as the program should read it; nothing where
// it is garbage, negative or absent. At most a day.
[[nodiscard]] std::optional<std::int64_t> seconds_of(const std::string& retry_after);

}  // namespace pruuv::delivery::simulation
