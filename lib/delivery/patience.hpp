#pragma once

#include <cstdint>
#include <functional>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/database.hpp"

namespace pruuv::delivery {

// How long a write is tried again before its failure counts. What is written are intents and
// answers: the program is better off late than wrong.
struct Patience {
  Clock& clock;
  // Lets up to so many milliseconds pass. False: give up.
  std::function<bool(std::int64_t)> pass;
  // Whether a full disk is waited for too: for answers, which are lost otherwise. Before an intent
  // it is better to send nothing.
  bool for_room = false;
};

inline constexpr std::int64_t locked_patience_ms = std::int64_t{5} * 60 * 1000;
inline constexpr std::int64_t full_patience_ms = 30'000;

// Whether a write that failed like that at `failed_ms`, tried first at `began_ms`, is tried again.
// Locked: another program reads or writes for long. An I/O error never is: what the disk then says
// of a second try cannot be believed.
[[nodiscard]] bool is_worth_another_try(const Error& error, bool for_room, std::int64_t began_ms,
                                        std::int64_t failed_ms);

// Runs `write` (Result<void>(store::Database&)) in a transaction, from the start again while that
// may help. `write` may run several times: it changes nothing but the store.
template <typename Write>
Result<void> write_patiently(store::Database& database, const Patience& patience, Write write) {
  const std::int64_t began_ms = patience.clock.steady_ms();
  for (;;) {
    auto done = [&]() -> Result<void> {
      PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database));
      PRUUV_TRY(write(database));
      return transaction.commit();
    }();
    if (done) return {};
    constexpr std::int64_t pause_ms = 1'000;
    if (!is_worth_another_try(done.error(), patience.for_room, began_ms,
                              patience.clock.steady_ms()) ||
        !patience.pass(pause_ms)) {
      return done;
    }
  }
}

}  // namespace pruuv::delivery
