#include "delivery/simulation/world.hpp"

#include <fmt/format.h>

#include "delivery/by_hand.hpp"
#include "store/schema.hpp"

namespace pruuv::delivery::simulation {
namespace {

constexpr std::int64_t first_night_s = 1'795'402'800;  // 2026-11-23T03:00:00Z
constexpr std::int64_t day_s = 86400;
constexpr int stormy_nights = 7;

// An agency's, or a few, so that trouble meets the same ones again and again.
int draw_clients(Dice& dice) {
  constexpr int many = 50;
  return dice.chance(100) ? many : static_cast<int>(dice.between(1, 10));
}

}  // namespace

World::World(const Setting& setting)
    : setting_(setting),
      dice_(setting.seed),
      network_dice_(setting.seed + 0x9E3779B97F4A7C15U),
      climate_(dice_, setting.without),
      fleet_(dice_, draw_clients(dice_)),
      clock_(first_night_s, clock_fuse_),
      database_(value_of(store::open_store(setting.store_path, store::OpenMode::read_write))),
      witness_(setting.store_path, setting.without, fleet_, books_),
      stand_ins_(fleet_, weather_, climate_, network_dice_) {}

void World::trace(const std::string& line) const {
  if (setting_.trace) setting_.trace(fmt::format("{} {}", clock_.time_ms(), line));
}

std::uint64_t World::fingerprint() const {
  std::uint64_t sum = static_cast<std::uint64_t>(clock_.time_ms()) * 31 + requests_;
  for (const auto& [key, copies] : books_.copies) {
    for (const Copy& copy : copies) {
      sum = sum * 1099511628211U + static_cast<std::uint64_t>(copy.request_id);
      sum = sum * 1099511628211U + static_cast<std::uint64_t>(copy.at_ms);
    }
  }
  return sum;
}

// A run as cron starts it, and again after a while where it died.
void World::nightly_run() {
  constexpr int runs_max = 3;
  for (int i = 0; i < runs_max; ++i) {
    if (run(draw_options())) return;
    constexpr int again_soon = 600;
    if (!dice_.chance(again_soon)) return;
    clock_.advance_ms(dice_.between(1, 20) * 60'000);
  }
}

void World::stormy_night() {
  trace(fmt::format("night {}", night_));
  weather_.begin_night(dice_, climate_, fleet_, clock_.time_ms());
  change_connections();
  constexpr int few_bits = 4;
  constexpr int many_bits = 7;
  add_events(dice_.any_size(dice_.chance(60) ? many_bits : few_bits));
  nightly_run();
  if (climate_.strikes(Fault::many_runs, dice_)) {
    const std::int64_t more = dice_.between(1, 5);
    for (std::int64_t i = 0; i < more; ++i) {
      clock_.advance_ms(dice_.between(1, 4 * 3600) * 1000);
      add_events(dice_.below(4));
      nightly_run();
    }
  }
  operate();
}

// Everything is mended: the program has to come to an end with all there is by itself, but for what
// is held until a person decides.
void World::quiet_nights() {
  climate_ = Climate();
  weather_.clear();
  fleet_.forget_poison();
  for (FleetConnection& connection : fleet_.connections()) connection.stored.paused = false;
  save_connections();
  constexpr int nights_max = 17;
  for (int i = 0; i < nights_max; ++i) {
    ++night_;
    clock_.advance_to_s(first_night_s + night_ * day_s);
    run({});
    if (witness_.count_open(true) == 0) return;
  }
  for (const auto& [key, standing] : books_.standings) {
    if (is_open(standing.state) && (standing.has_next || standing.state != DeliveryState::held))
      throw Violation{witness_.describe(key) + ": still open after many quiet nights"};
  }
  throw Violation{"something is still held after many quiet nights"};
}

void World::end_of_week() {
  // The person who was waited for.
  FailedOptions failed;
  failed.include_ambiguous = true;
  constexpr int rounds_max = 3;
  for (int i = 0; i < rounds_max && witness_.count_open(false) > 0; ++i) {
    failed.now_s = clock_.time_s();
    const Picked picked = value_of(pick_failed(*database_, {}, failed));
    send_by_hand(picked.rows, Cause::retry, false);
    clock_.advance_ms(day_s * 1000);
    run({});
  }
  for (const auto& [key, standing] : books_.standings) {
    if (is_open(standing.state))
      throw Violation{fmt::format("{}: {} ({}) after a person has sent it again",
                                  witness_.describe(key), word_of(standing.state),
                                  code_of(standing.reason))};
  }
  witness_.check_arrived(clock_.time_s());
  witness_.check_outcomes();
  witness_.check_chain();
  witness_.check_file();
}

void World::simulate() {
  save_connections();
  for (night_ = 0; night_ < stormy_nights; ++night_) {
    clock_.advance_to_s(first_night_s + night_ * day_s);
    stormy_night();
  }
  --night_;
  quiet_nights();
  end_of_week();
}

void World::simulate_search() {
  climate_ = Climate();
  fleet_.connections().resize(1);
  const FleetConnection& connection = fleet_.connections().front();
  save_connections();
  const std::int64_t count = 1 + dice_.any_size(8);
  const std::int64_t bad = dice_.below(count);
  std::vector<FleetEvent> all;
  for (std::int64_t i = 0; i < count; ++i) {
    FleetEvent made = fleet_.make_event(dice_, climate_, clock_.time_s());
    FunnelEvent& event = made.event;
    event.client_id = connection.stored.client_id;
    event.event_name = "lead";
    event.event_time = clock_.time_s() - 80'000 + i;
    event.click_timestamp.clear();
    event.action_source.clear();
    event.consent_ad_user_data.clear();
    event.fbclid = event.ttclid = event.gclid = fmt::format("Click{:06}", i);
    event.gbraid.clear();
    if (i == bad) fleet_.mark(connection.vendor, event.id, {Fault::bad_unnamed, 0});
    all.push_back(std::move(made));
  }
  store_events(std::move(all));
  const std::uint64_t before = requests_;
  run({});
  std::int64_t halvings = 0;
  while ((std::int64_t{1} << halvings) < count) ++halvings;
  const auto needed =
      static_cast<std::int64_t>(requests_ - before) - (is_google(connection.vendor) ? 1 : 0);
  if (needed > 2 * halvings + 1)
    throw Violation{fmt::format("{} requests to find one bad event of {}", needed, count)};
  if (witness_.moved().accepted != count - 1 || witness_.moved().rejected != 1)
    throw Violation{fmt::format("of {} events {} were accepted and {} rejected", count,
                                witness_.moved().accepted, witness_.moved().rejected)};
}

}  // namespace pruuv::delivery::simulation
