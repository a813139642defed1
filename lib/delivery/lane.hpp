#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_set>

#include "delivery/batch.hpp"
#include "model/reason.hpp"
#include "resolve/resolve.hpp"
#include "store/deliveries.hpp"

namespace pruuv::delivery {

// One connection in the course of a run: its credential, what is queued for it, and whether it is
// to be left alone.
struct Lane {
  enum class State {
    fresh,         // nothing tried yet
    asking_token,  // a token exchange is in flight
    ready,
    stopped,  // no more requests in this run
  };

  resolve::Target target;
  State state = State::fresh;
  platforms::Credential credential;

  // A connection whose deliveries were held tries one event first.
  Reason probing_for = Reason::none;
  // Until a request of the run has gone through, one at a time: a dead token costs one request.
  bool proven = false;

  std::size_t in_flight = 0;
  std::deque<Batch> queue;
  bool store_is_drained = false;  // nothing due is left in the store that this run has not taken
  std::optional<std::deque<std::int64_t>> picked;  // by hand: these events instead of what is due
  store::DueAfter position;                        // how far into the due deliveries it has read
  std::unordered_set<std::int64_t>
      taken;  // events in the queue or in flight: still due in the store

  [[nodiscard]] bool is_idle() const { return in_flight == 0 && state != State::asking_token; }
  [[nodiscard]] bool has_work() const {
    return state != State::stopped && (!queue.empty() || !store_is_drained);
  }
};

// Reasons that a good answer of the connection clears; the others wait for a person.
inline constexpr Reason probed_reasons[] = {
    Reason::credential_missing, Reason::credential_refused,
    Reason::permission_missing, Reason::connection_misconfigured,
    Reason::api_version_dead,   Reason::throttled,
    Reason::probe_pending,
};

}  // namespace pruuv::delivery
