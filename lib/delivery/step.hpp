#pragma once

#include <cstdint>

#include "model/connection.hpp"
#include "model/delivery.hpp"
#include "model/verdict.hpp"

// The state machine of a delivery (README.md draws it). Pure.
namespace pruuv::delivery {

// What a request and its answer were, as far as the deliveries in it care.
struct Answer {
  std::int64_t opened_s = 0;  // when the request was opened
  std::int64_t now_s = 0;     // when the answer was read
  bool bytes_sent = false;
};

struct Step {
  Delivery delivery;     // as it is after the attempt
  AttemptStatus status;  // how the attempt is recorded
};

// The delivery after an attempt with that verdict. Counts the attempt.
[[nodiscard]] Step next_step(Delivery delivery, const Verdict& verdict, const Answer& answer,
                             OnUnknown on_unknown);

// The same for an attempt whose run died before the answer was read: unknown, and held after the
// third run in a row that died with this event under way. It may be what they died of.
[[nodiscard]] Step step_after_crash(const Delivery& before, const Answer& answer,
                                    OnUnknown on_unknown);
inline constexpr int crashes_max = 3;

// Seconds until a delivery with so many attempts behind it is tried again by a later run: 5
// minutes, doubling. Never longer than that, whatever a platform asks for, so that a nightly run
// finds it due.
[[nodiscard]] std::int64_t backoff_s(int attempts);
inline constexpr std::int64_t backoff_s_max = std::int64_t{6} * 3600;

// Given up after at least 6 faults of its own and 3 days.
inline constexpr int give_up_faults = 6;
inline constexpr std::int64_t give_up_after_s = 3 * 86400;

// Whether a delivery that may have arrived already may be sent again on its own account: none, or
// dedup_window_over once `dedup_window_s` (0 = for ever) have passed since its first unknown
// attempt.
[[nodiscard]] Reason check_resend(const Delivery& delivery, std::int64_t dedup_window_s,
                                  std::int64_t now_s);

// The verdict of an attempt whose run died before the answer was read.
[[nodiscard]] Verdict crash_verdict();

}  // namespace pruuv::delivery
