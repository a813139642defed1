#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "delivery/simulation/dice.hpp"

// What can go wrong, and how often it does in one simulated week.
namespace pruuv::delivery::simulation {

enum class Fault : std::uint8_t {
  // of an adapter, for a night or a part of it
  outage,        // 503
  unreachable,   // refused, no name, no route: nothing leaves
  server_error,  // 500, 502, 504 with a page of a proxy: taken or not
  certificate,   // a fault of the set-up: nothing leaves
  // of a connection, for a night or a part of it
  throttled_429,
  throttled_code,
  permission,
  passing_code,  // the platform's own words for a failure that passes
  small_body,    // 413 above a size
  usage,         // usage headers beside good answers
  // of a credential
  dead_token,  // until it is mended, nights later
  no_secret,
  token_down,   // the token endpoint fails
  short_token,  // tokens that live for minutes
  // of one request
  lost_answer,
  timed_out,
  broken_answer,  // cut off, or garbage
  partly_taken,
  not_started,
  slow,
  // of an event
  bad_unnamed,
  bad_named,
  bad_row,
  passing_row,
  too_recent_row,
  poison,  // the run dies whenever it is sent
  // of a run
  crash,
  stop_soon,
  stop_now,
  deadline,
  limit,
  // what people and the collector do
  events_in_run,
  retry,
  replay,
  pause,
  other_settings,
  many_runs,  // every few hours instead of once a night
};
inline constexpr std::size_t fault_count = static_cast<std::size_t>(Fault::many_runs) + 1;

// Whether `list`, separated by commas, has that name.
[[nodiscard]] bool is_among(std::string_view name, std::string_view list);

// Most faults are switched off in any one week, so that each meets the others in every combination.
class Climate {
 public:
  // Nothing goes wrong.
  Climate() = default;
  // `without`: names of faults that do not occur, separated by commas.
  Climate(Dice& dice, std::string_view without);

  // Whether it strikes this time.
  [[nodiscard]] bool strikes(Fault fault, Dice& dice) const {
    const int permille = permille_[static_cast<std::size_t>(fault)];
    return permille > 0 && dice.chance(permille);
  }
  void set(Fault fault, int permille) { permille_[static_cast<std::size_t>(fault)] = permille; }

 private:
  std::array<int, fault_count> permille_{};
};

}  // namespace pruuv::delivery::simulation
