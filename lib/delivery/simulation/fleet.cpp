#include "delivery/simulation/fleet.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace pruuv::delivery::simulation {
namespace {

constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t day_s = 24 * hour_s;

constexpr std::array<std::string_view, vendors> platforms = {"meta", "tiktok", "google", "google"};
constexpr std::array<std::string_view, vendors> apis = {"", "", "google_ads", "data_manager"};
constexpr std::array<std::string_view, 4> event_names = {"lead", "purchase", "booking", "signup"};

void add_click(FunnelEvent& event, Vendor vendor, Dice& dice, int number) {
  switch (vendor) {
    case Vendor::meta:
      event.fbclid = fmt::format("IwAR{:08}", number);
      return;
    case Vendor::tiktok:
      event.ttclid = fmt::format("E.C.P.{:08}", number);
      return;
    case Vendor::google_ads:
    case Vendor::data_manager:
      // Now and then the same click twice, which no request may carry at the same second.
      (dice.chance(100) ? event.gbraid : event.gclid) =
          fmt::format("Cj0KC{:08}", dice.chance(80) ? number / 4 : number);
      return;
  }
}

// When it happened, and whether every platform still takes it then for a week of trouble.
bool choose_time(FunnelEvent& event, Dice& dice, std::int64_t now_s) {
  const std::int64_t kind = dice.below(100);
  if (kind < 70) {
    event.event_time = now_s - dice.between(60, day_s);
    return true;
  }
  if (kind < 80) {
    event.event_time = now_s - dice.between(0, 5 * hour_s);  // too young a click for Google
    return true;
  }
  if (kind < 84) {
    event.event_time = now_s + dice.between(1, 20 * hour_s);
    return true;
  }
  if (kind < 88) {
    event.event_time = now_s - dice.between(hour_s, 100 * day_s);  // too old for some
  } else if (kind < 90) {
    event.event_time = now_s + dice.between(25 * hour_s, 60 * day_s);
  } else if (kind < 95) {
    event.event_time = now_s - dice.between(day_s, 8 * day_s);
  } else {
    event.event_time = now_s - dice.between(60, day_s);
    event.click_timestamp = fmt::format("{}", event.event_time - dice.between(0, 3 * day_s));
    return true;
  }
  return false;
}

void add_person(FunnelEvent& event, Dice& dice, int number) {
  event.email = fmt::format("person{}@example.com", number);
  if (dice.chance(300)) event.phone = fmt::format("+4915112{:06}", number % 1'000'000);
  event.user_agent = "Mozilla/5.0";
  event.page_url = "https://shop.example/thanks";
  event.value = fmt::format("{}.50", 1 + number % 90);
  event.currency = "EUR";
}

}  // namespace

bool has_click_of(const FunnelEvent& event, Vendor vendor) {
  switch (vendor) {
    case Vendor::meta:
      return !event.fbclid.empty();
    case Vendor::tiktok:
      return !event.ttclid.empty();
    case Vendor::google_ads:
    case Vendor::data_manager:
      return !event.gclid.empty() || !event.gbraid.empty();
  }
  return false;
}

Fleet::Fleet(Dice& dice, int clients) {
  for (int i = 0; i < clients; ++i) {
    clients_.push_back(fmt::format("client{:02}", i));
    for (int vendor = 0; vendor < vendors; ++vendor) {
      constexpr int has_it = 400;
      constexpr int has_two = 100;
      if (!dice.chance(has_it)) continue;
      add_connection(dice, clients_.back(), static_cast<Vendor>(vendor));
      if (dice.chance(has_two)) add_connection(dice, clients_.back(), static_cast<Vendor>(vendor));
    }
  }
  if (connections_.empty()) add_connection(dice, clients_.front(), Vendor::meta);
}

void Fleet::add_connection(Dice& dice, const std::string& client, Vendor vendor) {
  const auto index = static_cast<std::size_t>(vendor);
  const std::size_t number = connections_.size();
  FleetConnection added;
  added.vendor = vendor;
  Connection& stored = added.stored;
  stored.client_id = client;
  stored.platform = platforms[index];
  stored.api = apis[index];
  stored.name = fmt::format("c{}", number);
  stored.destination = vendor == Vendor::tiktok ? fmt::format("C9PIXEL{:05}", number)
                                                : fmt::format("10000{:05}", number);
  stored.default_country = "DE";
  stored.currency = "EUR";
  // Some clients share a token.
  constexpr int shares = 200;
  added.credential = dice.chance(shares) ? fmt::format("SHARED{}_{}", dice.below(3), index)
                                         : fmt::format("OWN{}", number);
  stored.credential = "env:" + added.credential;
  if (is_google(vendor)) {
    stored.conversion_action_id = "777000111";
    if (dice.chance(300)) stored.conversion_actions["purchase"] = "777000222";
  }
  if (dice.chance(120)) stored.on_unknown = OnUnknown::hold;
  connections_.push_back(std::move(added));
}

const FleetConnection* Fleet::find(Vendor vendor, const std::string& destination) const {
  const auto found = std::ranges::find_if(connections_, [&](const FleetConnection& connection) {
    return connection.vendor == vendor && connection.stored.destination == destination;
  });
  return found == connections_.end() ? nullptr : &*found;
}

const FleetConnection* Fleet::find(std::int64_t connection_id) const {
  const auto found = std::ranges::find_if(connections_, [&](const FleetConnection& connection) {
    return connection.stored.id == connection_id;
  });
  return found == connections_.end() ? nullptr : &*found;
}

FleetEvent Fleet::make_event(Dice& dice, const Climate& climate, std::int64_t now_s) {
  const int number = ++events_;
  FleetEvent made;
  FunnelEvent& event = made.event;
  event.id = fmt::format("00000000-0000-4000-8000-{:012x}", number);
  event.event_name = event_names[static_cast<std::size_t>(dice.below(4))];
  // Mostly events somebody has a connection for.
  constexpr int fits = 850;
  const FleetConnection& connection = dice.one_of(connections_);
  event.client_id = connection.stored.client_id;
  made.is_good = choose_time(event, dice, now_s);
  if (dice.chance(fits)) {
    add_click(event, connection.vendor, dice, number);
  } else if (dice.chance(500)) {
    event.client_id = dice.one_of(clients_);
    add_click(event, static_cast<Vendor>(dice.below(vendors)), dice, number);
  } else if (dice.chance(500)) {
    event.client_id = "stranger";
    add_click(event, Vendor::meta, dice, number);
  }
  if (dice.chance(150)) add_click(event, static_cast<Vendor>(dice.below(vendors)), dice, number);
  add_person(event, dice, number);
  if (dice.chance(30)) event.action_source = "physical_store";
  if (dice.chance(20)) {
    event.consent_ad_user_data = "denied";
    made.is_good = false;
  }
  mark_by_chance(dice, climate, event, now_s);
  return made;
}

void Fleet::mark_by_chance(Dice& dice, const Climate& climate, const FunnelEvent& event,
                           std::int64_t now_s) {
  constexpr std::array<Fault, 6> of_events = {Fault::bad_unnamed,    Fault::bad_named,
                                              Fault::bad_row,        Fault::passing_row,
                                              Fault::too_recent_row, Fault::poison};
  for (int index = 0; index < vendors; ++index) {
    const auto vendor = static_cast<Vendor>(index);
    if (!has_click_of(event, vendor)) continue;
    for (const Fault fault : of_events) {
      if (!climate.strikes(fault, dice)) continue;
      const bool is_long = dice.chance(300);
      const std::int64_t lasts_s =
          is_long ? dice.between(day_s, 5 * day_s) : dice.between(1, day_s);
      mark(vendor, event.id, {fault, (now_s + lasts_s) * 1000});
      break;
    }
  }
}

const Mark* Fleet::mark_of(Vendor vendor, const std::string& event_id) const {
  const auto found = marks_.find({vendor, event_id});
  return found == marks_.end() ? nullptr : &found->second;
}

void Fleet::mark(Vendor vendor, const std::string& event_id, Mark mark) {
  marks_[{vendor, event_id}] = mark;
}

void Fleet::forget_poison() {
  std::erase_if(marks_, [](const auto& entry) { return entry.second.fault == Fault::poison; });
}

}  // namespace pruuv::delivery::simulation
