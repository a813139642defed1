#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <unordered_set>
#include <vector>

#include "delivery/batch.hpp"
#include "delivery/breaker.hpp"
#include "delivery/pace.hpp"
#include "model/reason.hpp"
#include "resolve/resolve.hpp"
#include "store/deliveries.hpp"

namespace pruuv::delivery {

// The order in which deliveries have their turn. The numbers are those of store::load_due.
enum class Turn : std::uint8_t {
  fresh = 0,         // never tried
  again = 1,         // tried before
  crashed_once = 2,  // a run died with it under way: in small requests, after all others
  crashed_more = 3,  // two runs or more: alone, with nothing else under way
};
inline constexpr std::size_t turns = 4;

[[nodiscard]] constexpr Turn turn_of(const Delivery& delivery) {
  if (delivery.crashes > 1) return Turn::crashed_more;
  if (delivery.crashes == 1) return Turn::crashed_once;
  return delivery.attempts > 0 ? Turn::again : Turn::fresh;
}

// A run does them one after the other: whatever kills it has then cost as little as can be.
enum class Phase : std::uint8_t { ordinary, crashed_once, crashed_more };

[[nodiscard]] constexpr bool is_in(Turn turn, Phase phase) {
  switch (turn) {
    case Turn::fresh:
    case Turn::again:
      return phase == Phase::ordinary;
    case Turn::crashed_once:
      return phase == Phase::crashed_once;
    case Turn::crashed_more:
      return phase == Phase::crashed_more;
  }
  return false;
}

// What is to go in one request, and what is known about it.
struct Load {
  Batch items;
  // In the search for a bad event nobody names: the other half of the refused request. If `items`
  // turn out well, the bad one is in there.
  Batch other_half;
  // Part of a refused request, cut already: not to be cut smaller for the sake of caution.
  bool is_searched = false;
};

// An event to be tried once more in this run; its bytes are made again when it has its turn.
struct Again {
  std::int64_t event_seq = 0;
  int tries = 0;
  DeliveryState state = DeliveryState::waiting;
  bool is_due = false;  // in the store, too: another run would take it at once
};
[[nodiscard]] Again again_of(const Item& item, int tries, std::int64_t now_s);

// One connection in the course of a run: its credential, what is queued for it, and how it is
// treated for what it has done so far.
struct Lane {
  enum class State {
    fresh,         // nothing tried yet
    asking_token,  // a token exchange is in flight
    ready,
    stopped,  // no more requests in this run
  };

  resolve::Target target;
  std::size_t group = 0;  // lanes with the same credential have the same
  State state = State::fresh;
  bool is_held = false;  // stopped, and what was due with it held
  Reason held_for = Reason::none;
  platforms::Credential credential;
  // Events held in this run for the credential, that go again if it was changed meanwhile; and how
  // many of them are counted as held.
  std::unordered_set<std::int64_t> refused;
  std::int64_t refused_counted = 0;
  bool is_doubting = false;                    // waits for the credential that is read once more
  std::optional<std::int64_t> token_until_ms;  // an exchanged token: ask for a new one from then on

  // A connection whose deliveries were held tries one event first.
  Reason probing_for = Reason::none;
  // Until a request of the run has gone through, one at a time: a dead token costs one request.
  bool proven = false;
  // After an unknown outcome, small requests one at a time until one has gone through.
  bool cautious = false;
  // The breaker was open when the run began: one event first.
  bool half_open = false;

  // Lowered by refusals.
  std::size_t events_max = 0;
  std::size_t body_bytes_max = 0;

  Pause pause;
  Breaker breaker;
  RetryBudget budget;

  std::size_t in_flight = 0;
  std::list<Load> queue;

  struct Later {
    std::int64_t due_ms = 0;
    std::vector<Again> events;
  };
  std::vector<Later> later;  // few

  // Where the deliveries come from: the store's due ones by turn and the spool, or those a person
  // picked.
  struct Source {
    store::DueAfter position;
    bool is_drained = false;
  };
  std::array<Source, turns> sources;
  std::size_t spooled = 0;  // new ones that wait in the spool
  std::optional<std::array<std::deque<std::int64_t>, turns>> picked;
  Turn last_turn = Turn::again;            // of the latest page: fresh ones and others alternate
  std::unordered_set<std::int64_t> taken;  // events this run has in hand: still due in the store

  [[nodiscard]] bool is_alone() const { return !proven || cautious || half_open; }

  // Whether the lane has, or may have, something to send in that phase: at once, or at all.
  [[nodiscard]] bool has_supply(Phase phase) const;
  [[nodiscard]] bool has_work(Phase phase) const {
    return has_supply(phase) || (state != State::stopped && !later.empty());
  }
  // In any phase of the run, or under way.
  [[nodiscard]] bool is_busy() const;
  // When the first of `later` is due; it is not empty.
  [[nodiscard]] std::int64_t later_ms() const;

  // The most events the next request may carry in that phase. `is_searched` as in Load.
  [[nodiscard]] std::size_t events_max_of_next(Phase phase, bool is_searched) const;

  [[nodiscard]] std::size_t queued_events() const;

  // Takes the first load off the queue, cut to what may go now; the rest stays in front.
  Load take_load(Phase phase);

  // A request was refused as a whole for an event nobody names: the halves go on, the first one
  // next. One event alone goes by itself.
  void search(Load load);

  // The half of a search turned out well: the bad event is in the other one.
  void search_other_half(Batch other_half);

  // Back to the front of the queue as they are.
  void put_back(Batch items, bool is_searched);
};

// Reasons that a good answer of the connection clears; the others wait for a person.
inline constexpr Reason probed_reasons[] = {
    Reason::credential_missing, Reason::credential_refused,
    Reason::permission_missing, Reason::connection_misconfigured,
    Reason::api_version_dead,   Reason::throttled,
    Reason::probe_pending,
};

}  // namespace pruuv::delivery
