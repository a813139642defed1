#pragma once

#include <string>

#include "base/result.hpp"
#include "context.hpp"
#include "delivery/by_hand.hpp"
#include "send.hpp"
#include "store/deliveries.hpp"

// What retry and replay have in common: their filters, showing what they picked, asking, sending
// it.
namespace pruuv::app {

struct HandOptions {
  store::DeliveryFilter filter;
  std::string since;
  std::string until;
  bool dry_run = false;
  bool yes = false;
  bool later = false;  // only mark; the next run sends
  Output output;
};

void add_hand_options(CLI::App& app, HandOptions& options);

// The filter with its times read. Error usage where one cannot be.
Result<store::DeliveryFilter> make_filter(const Context& context, const HandOptions& options);

// Shows what was picked, asks, makes it due and sends it at once. Gives the exit code.
Result<int> send_picked(const Context& context, LockedStore& store, const delivery::Picked& picked,
                        Cause cause, const HandOptions& options);

// What a dry run of either prints.
std::string render_picked(const delivery::Picked& picked, Cause cause, bool dry_run);

}  // namespace pruuv::app
