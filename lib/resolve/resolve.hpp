#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/connection.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "model/phone.hpp"
#include "model/reason.hpp"
#include "platforms/platform.hpp"

// Which of the client's connections an event goes to, and why it does not go to the others. Pure.
namespace pruuv::resolve {

// A connection, the adapter that speaks for it, and the endpoint the operator set for that adapter.
struct Target {
  const Connection* connection = nullptr;
  const platforms::Platform* adapter = nullptr;
  const platforms::Endpoint* endpoint = nullptr;
};

// What becomes of one event at one connection.
struct Decision {
  Target target;
  // routed: a delivery, due now; a reason of class waiting: a delivery, due at timing.until_s; else
  // no delivery, for this reason (the first of `reasons`).
  Reason reason = Reason::none;
  std::vector<Reason>
      reasons;        // every reason against it, the leading one first; empty when it goes
  Encoding encoding;  // empty where a reason before encoding decided
  Timing timing;

  [[nodiscard]] bool becomes_delivery() const {
    return reason == Reason::routed || class_of(reason) == ReasonClass::waiting;
  }
};

// How far a decision looks: planning stops at the first reason, people want to know all that has to
// be mended.
enum class Reasons { leading, every };

// The event at one connection of its client. A paused connection decides like any other: its
// deliveries are held, not skipped. `use_from_seq` off: as if the connection had always existed
// (inspect, backfill).
Decision decide(const FunnelEvent& event, const Target& target, const Phone& phone,
                std::int64_t now_s, bool use_from_seq = true, Reasons wanted = Reasons::leading);

struct Resolution {
  std::vector<Decision> decisions;  // one a connection of the client, in their order
  // One a platform of the registry, in its order: routed, or why not.
  std::vector<std::pair<std::string_view, Reason>> by_platform;
};

// The event at all connections of its client (`targets` are that client's only).
Resolution resolve(const FunnelEvent& event, const std::vector<Target>& targets, std::int64_t now_s,
                   Reasons wanted = Reasons::leading);

}  // namespace pruuv::resolve
