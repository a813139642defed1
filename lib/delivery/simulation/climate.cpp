#include "delivery/simulation/climate.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace pruuv::delivery::simulation {
namespace {

struct FaultRow {
  Fault fault;
  std::string_view name;
  int permille;  // in a week that has it at all: of what it strikes
};

constexpr std::array<FaultRow, fault_count> rows = {{
    {Fault::outage, "outage", 250},
    {Fault::unreachable, "unreachable", 150},
    {Fault::server_error, "server_error", 150},
    {Fault::certificate, "certificate", 60},
    {Fault::throttled_429, "throttled_429", 150},
    {Fault::throttled_code, "throttled_code", 150},
    {Fault::permission, "permission", 60},
    {Fault::passing_code, "passing_code", 150},
    {Fault::small_body, "small_body", 100},
    {Fault::usage, "usage", 100},
    {Fault::dead_token, "dead_token", 80},
    {Fault::no_secret, "no_secret", 50},
    {Fault::token_down, "token_down", 150},
    {Fault::short_token, "short_token", 300},
    {Fault::lost_answer, "lost_answer", 100},
    {Fault::timed_out, "timed_out", 60},
    {Fault::broken_answer, "broken_answer", 80},
    {Fault::partly_taken, "partly_taken", 60},
    {Fault::not_started, "not_started", 15},
    {Fault::slow, "slow", 200},
    {Fault::bad_unnamed, "bad_unnamed", 60},
    {Fault::bad_named, "bad_named", 60},
    {Fault::bad_row, "bad_row", 80},
    {Fault::passing_row, "passing_row", 80},
    {Fault::too_recent_row, "too_recent_row", 80},
    {Fault::poison, "poison", 6},
    {Fault::crash, "crash", 350},
    {Fault::stop_soon, "stop_soon", 150},
    {Fault::stop_now, "stop_now", 150},
    {Fault::deadline, "deadline", 200},
    {Fault::limit, "limit", 150},
    {Fault::events_in_run, "events_in_run", 60},
    {Fault::retry, "retry", 400},
    {Fault::replay, "replay", 200},
    {Fault::pause, "pause", 25},
    {Fault::other_settings, "other_settings", 25},
    {Fault::many_runs, "many_runs", 500},
}};

}  // namespace

bool is_among(std::string_view name, std::string_view list) {
  const auto names = split(list, ',');
  return std::ranges::find(names, name) != names.end();
}

Climate::Climate(Dice& dice, std::string_view without) {
  constexpr int on = 400;
  for (const FaultRow& row : rows) {
    const bool is_on = dice.chance(on);
    // A third of the usual, the usual, or much more.
    constexpr std::array<int, 3> thirds = {1, 3, 8};
    const int share = thirds[static_cast<std::size_t>(dice.below(3))];
    if (is_on && !is_among(row.name, without))
      set(row.fault, std::min(900, row.permille * share / 3));
  }
}

}  // namespace pruuv::delivery::simulation
