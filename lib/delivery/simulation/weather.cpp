#include "delivery/simulation/weather.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace pruuv::delivery::simulation {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t day_ms = std::int64_t{24} * 60 * minute_ms;

constexpr std::array of_adapters = {Fault::outage, Fault::unreachable, Fault::server_error,
                                    Fault::certificate};
constexpr std::array of_connections = {Fault::throttled_429, Fault::throttled_code,
                                       Fault::permission,    Fault::passing_code,
                                       Fault::small_body,    Fault::usage};
constexpr std::array of_credentials = {Fault::dead_token, Fault::no_secret, Fault::token_down,
                                       Fault::short_token};

Spell draw_spell(Fault fault, Dice& dice, std::int64_t now_ms) {
  const std::vector<std::string> waits = {
      "", "1", "5", "30", "120", "900", "901", "86400", "-5", "soon", "99999999999999999999"};
  Spell spell;
  spell.fault = fault;
  // All night, or for minutes only.
  spell.until_ms = now_ms + (dice.chance(500) ? day_ms / 2 : dice.between(1, 20 * minute_ms));
  spell.permille = dice.chance(500) ? 1000 : static_cast<int>(dice.between(100, 900));
  spell.retry_after = dice.one_of(waits);
  spell.of_credential = dice.chance(300);
  spell.body_bytes_max = static_cast<std::size_t>(dice.between(600, 6000));
  return spell;
}

template <std::size_t n>
std::optional<Spell> draw(const std::array<Fault, n>& faults, Dice& dice, const Climate& climate,
                          std::int64_t now_ms) {
  for (const Fault fault : faults) {
    if (climate.strikes(fault, dice)) return draw_spell(fault, dice, now_ms);
  }
  return std::nullopt;
}

const Spell* struck(const Spell& spell, std::int64_t now_ms, Dice& dice) {
  return now_ms < spell.until_ms && dice.chance(spell.permille) ? &spell : nullptr;
}

}  // namespace

void Weather::begin_night(Dice& dice, const Climate& climate, const Fleet& fleet,
                          std::int64_t now_ms) {
  for (auto& adapter : adapters_) adapter = draw(of_adapters, dice, climate, now_ms);
  connections_.clear();
  std::erase_if(credentials_, [&](const auto& entry) { return entry.second.until_ms <= now_ms; });
  for (const FleetConnection& connection : fleet.connections()) {
    if (auto spell = draw(of_connections, dice, climate, now_ms))
      connections_[connection.stored.id] = std::move(*spell);
    const std::string& credential = connection.credential;
    if (credentials_.contains(credential)) continue;
    auto spell = draw(of_credentials, dice, climate, now_ms);
    if (!spell) continue;
    const bool is_dead = spell->fault == Fault::dead_token || spell->fault == Fault::no_secret;
    if (is_dead) {
      // From the start of a run until somebody mends it in a day or two.
      spell->permille = 1000;
      spell->until_ms = now_ms + dice.between(1, 3) * day_ms - day_ms / 4;
    }
    credentials_[credential] = std::move(*spell);
  }
}

void Weather::clear() {
  adapters_ = {};
  connections_.clear();
  credentials_.clear();
}

const Spell* Weather::of_adapter(Vendor vendor, std::int64_t now_ms, Dice& dice) const {
  const auto& spell = adapters_[static_cast<std::size_t>(vendor)];
  return spell ? struck(*spell, now_ms, dice) : nullptr;
}

const Spell* Weather::of_connection(std::int64_t connection_id, std::int64_t now_ms,
                                    Dice& dice) const {
  const auto found = connections_.find(connection_id);
  return found == connections_.end() ? nullptr : struck(found->second, now_ms, dice);
}

const Spell* Weather::of_credential(const std::string& credential, std::int64_t now_ms,
                                    Dice& dice) const {
  const auto found = credentials_.find(credential);
  return found == credentials_.end() ? nullptr : struck(found->second, now_ms, dice);
}

std::optional<std::int64_t> seconds_of(const std::string& retry_after) {
  constexpr std::int64_t day_s = 86400;
  if (!is_all_digits(retry_after)) return std::nullopt;
  const auto seconds = parse_int64(retry_after);
  if (!seconds) return std::nullopt;
  return std::min(*seconds, day_s);
}

}  // namespace pruuv::delivery::simulation
