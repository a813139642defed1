#include <algorithm>

#include <fmt/format.h>

#include "delivery/dispatcher.hpp"
#include "store/deliveries.hpp"

// How lanes come to their end, and how deliveries are counted.
namespace pruuv::delivery {

void Dispatcher::count(const std::string& platform, DeliveryState state, std::int64_t number) {
  if (number == 0) return;
  PlatformCounts& counts = summary_.platforms[platform];
  switch (state) {
    case DeliveryState::waiting:
      counts.waiting += number;
      break;
    case DeliveryState::retryable:
      counts.retryable += number;
      break;
    case DeliveryState::ambiguous:
      counts.ambiguous += number;
      break;
    case DeliveryState::held:
      counts.held += number;
      break;
    case DeliveryState::accepted:
    case DeliveryState::confirmed:
      counts.accepted += number;
      break;
    case DeliveryState::rejected:
      counts.rejected += number;
      break;
    case DeliveryState::expired:
      counts.expired += number;
      break;
  }
}

// The run is done with a delivery. One that is still open stays among those it has in hand: if the
// run lasts, it may be due again, and belongs to the next.
void Dispatcher::let_go(Lane& lane, const Delivery& delivery) {
  count(lane.target.connection->platform, delivery.state);
  if (!is_open(delivery.state)) lane.taken.erase(delivery.event_seq);
  // Thousands of lanes may be done while the run lasts, and an emptied set keeps its room.
  if (lane.taken.empty()) std::unordered_set<std::int64_t>().swap(lane.taken);
}

// A lane that pauses keeps no bytes: its events have their turn, and are encoded, when it goes on.
Result<void> Dispatcher::unload(Lane& lane) {
  PRUUV_TRY(save_new(lane));
  empty_queue(lane);
  return {};
}

void Dispatcher::empty_queue(Lane& lane) {
  const std::int64_t now_s = services_.clock->now_s();
  const std::int64_t due_ms = std::max(lane.pause.until_ms(), adapter_of(lane).pause.until_ms());
  Lane::Later first_tries{due_ms, {}}, retries{due_ms, {}};
  for (const Load& load : lane.queue) {
    for (const Batch* batch : {&load.items, &load.other_half}) {
      for (const Item& item : *batch)
        (item.tries > 0 ? retries : first_tries)
            .events.push_back(again_of(item, item.tries, now_s));
    }
  }
  lane.queue.clear();
  if (!retries.events.empty()) lane.later.push_back(std::move(retries));
  if (!first_tries.events.empty()) lane.later.push_back(std::move(first_tries));
}

// Holds what is due with a lane that was stopped for that; gives how many.
Result<std::int64_t> Dispatcher::hold_due(const Lane& lane) {
  std::int64_t held = 0;
  const auto hold = [&](store::Database& database) -> Result<void> {
    PRUUV_TRY_ASSIGN(held, store::hold_due(database, lane.target.connection->id, lane.held_for,
                                           services_.clock->now_s()));
    return {};
  };
  PRUUV_TRY(write_patiently(*services_.database, patience(true), hold));
  return held;
}

Result<void> Dispatcher::stop(Lane& lane, const Verdict& verdict, bool held) {
  if (lane.state == Lane::State::stopped) return {};
  const Connection& connection = *lane.target.connection;
  PRUUV_TRY(unload(lane));
  PRUUV_TRY(unspool(lane));
  lane.state = Lane::State::stopped;
  lane.is_held = held;
  lane.held_for = verdict.reason;
  if (held) {
    PRUUV_TRY_ASSIGN(const std::int64_t moved, hold_due(lane));
    // Those in flight are due in the store too; their own answers will say what becomes of them.
    std::int64_t flying = 0;
    for (const auto& [id, sent] : in_flight_) {
      if (sent.connection_id == connection.id)
        flying += std::ranges::count(sent.load.items, false, &Item::is_new);
    }
    count(connection.platform, DeliveryState::held, std::max<std::int64_t>(0, moved - flying));
  }
  for (const Lane::Later& later : lane.later) {
    for (const Again& again : later.events) {
      if (!held || !again.is_due) count(connection.platform, again.state);
    }
  }
  lane.later.clear();
  StoppedConnection stopped;
  stopped.client_id = connection.client_id;
  stopped.platform = connection.platform;
  stopped.name = connection.name;
  stopped.reason = verdict.reason;
  stopped.held = held;
  stopped.detail =
      verdict.message.empty() ? verdict.code : fmt::format("{}: {}", verdict.code, verdict.message);
  summary_.stopped.push_back(std::move(stopped));
  return {};
}

// Stops the lane and all that a verdict of that scope concerns: one token, used by several
// connections, fails for all of them and is not tried with each.
Result<void> Dispatcher::stop_scope(const Lane& lane, const Verdict& verdict, bool held) {
  for (auto& [id, other] : lanes_) {
    const bool is_shared =
        (verdict.scope == Scope::platform && other.target.adapter == lane.target.adapter) ||
        (verdict.scope == Scope::credential && other.group == lane.group);
    if (&other == &lane || (is_shared && other.is_busy())) PRUUV_TRY(stop(other, verdict, held));
  }
  return {};
}

// The end came first: what is still in hand stays what it is in the store.
void Dispatcher::leave_rest() {
  const bool is_told = services_.stop && services_.stop() != Stop::no;
  for (auto& [id, lane] : lanes_) {
    empty_queue(lane);
    if (!lane.later.empty()) summary_.work_left = true;
    for (const Lane::Later& later : lane.later) {
      for (const Again& again : later.events) count(lane.target.connection->platform, again.state);
    }
    lane.later.clear();
  }
  if (is_told) {
    summary_.early_end = EarlyEnd::signal;
  } else if (options_.deadline_ms && (summary_.work_left || is_stopping())) {
    summary_.early_end = EarlyEnd::deadline;
  }
}

}  // namespace pruuv::delivery
