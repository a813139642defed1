#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "delivery/simulation/climate.hpp"
#include "delivery/simulation/dice.hpp"
#include "delivery/simulation/parcel.hpp"
#include "model/connection.hpp"
#include "model/event.hpp"

// The clients of a simulated week, their connections and what their funnels collect.
namespace pruuv::delivery::simulation {

struct FleetConnection {
  Connection stored;  // as it is saved; `id` is the store's number once it is
  Vendor vendor = Vendor::meta;
  std::string credential;  // its name, without "env:"
  int settings = 0;        // how often they were changed
};

// What is wrong with an event in the eyes of one platform.
struct Mark {
  Fault fault = Fault::bad_named;
  std::int64_t until_ms = 0;  // of those that pass
};

struct FleetEvent {
  FunnelEvent event;
  // Nothing stands against it: it must arrive at each connection of the vendors it has a click of.
  bool is_good = false;
};

class Fleet {
 public:
  Fleet(Dice& dice, int clients);

  [[nodiscard]] std::vector<FleetConnection>& connections() { return connections_; }
  [[nodiscard]] const std::vector<FleetConnection>& connections() const { return connections_; }
  [[nodiscard]] const std::vector<std::string>& clients() const { return clients_; }
  // The connection with that destination, or null.
  [[nodiscard]] const FleetConnection* find(Vendor vendor, const std::string& destination) const;
  [[nodiscard]] const FleetConnection* find(std::int64_t connection_id) const;

  // A new event of a client by chance, as of that time; marks it by the climate.
  FleetEvent make_event(Dice& dice, const Climate& climate, std::int64_t now_s);

  using MarkKey = std::pair<Vendor, std::string>;  // and event id
  [[nodiscard]] const Mark* mark_of(Vendor vendor, const std::string& event_id) const;
  void mark(Vendor vendor, const std::string& event_id, Mark mark);
  // What makes runs die is found and mended.
  void forget_poison();

 private:
  void add_connection(Dice& dice, const std::string& client, Vendor vendor);
  void mark_by_chance(Dice& dice, const Climate& climate, const FunnelEvent& event,
                      std::int64_t now_s);

  std::vector<std::string> clients_;
  std::vector<FleetConnection> connections_;
  std::map<MarkKey, Mark> marks_;
  int events_ = 0;
};

// Whether the event has what the vendor's click ids are.
[[nodiscard]] bool has_click_of(const FunnelEvent& event, Vendor vendor);

}  // namespace pruuv::delivery::simulation
