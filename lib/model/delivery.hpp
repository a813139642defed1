#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/reason.hpp"

namespace pruuv {

// The states of lib/delivery/README.md. The numbers are in the store; those below `accepted` are
// open. `sending` is none of them: a request_opened without request_closed says so.
enum class DeliveryState : std::uint8_t {
  waiting = 0,
  retryable = 1,
  ambiguous = 2,
  held = 3,
  accepted = 4,
  confirmed = 5,
  rejected = 6,
  expired = 7,
};

[[nodiscard]] constexpr bool is_open(DeliveryState state) {
  return state < DeliveryState::accepted;
}
[[nodiscard]] std::string_view word_of(DeliveryState state);

// Who made a delivery due.
enum class Cause : std::uint8_t { schedule = 0, retry = 1, replay = 2 };

// One funnel event on its way to one connection.
struct Delivery {
  std::int64_t event_seq = 0;
  std::int64_t connection_id = 0;
  DeliveryState state = DeliveryState::waiting;
  Reason reason = Reason::none;
  std::optional<std::int64_t>
      next_at_s;  // due from then on; none: not by itself (held, or at its end)
  std::int64_t expires_s = 0;
  Cause cause = Cause::schedule;
  int attempts = 0;  // copies that left or may have left, and not_sent ones
  int faults = 0;    // of them, those that were about the event itself
  int crashes = 0;   // runs that died with it in flight, without an answer in between
  std::optional<std::int64_t> first_attempt_s;
  std::optional<std::int64_t>
      first_unknown_s;  // opening of the earliest attempt not known to have failed
  std::optional<std::int64_t>
      first_request_id;  // whose manifest keeps the object's SHA-256 and dedup scope
};

// How one attempt ended; the numbers are in the store, the words in conversion_audit_log.status.
enum class AttemptStatus : std::uint8_t {
  accepted = 0,
  rejected = 1,
  retryable = 2,
  ambiguous = 3,
  waiting = 4,
  held = 5,
  not_sent = 6,
};

[[nodiscard]] std::string_view word_of(AttemptStatus status);
[[nodiscard]] std::optional<AttemptStatus> attempt_status_of(std::string_view word);

}  // namespace pruuv
