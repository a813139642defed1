#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>

// How fast a run may go, and when it tries again what has failed. Pure: times come from the caller
// (Clock::steady_ms), chance from a generator the caller seeds.
namespace pruuv::delivery {

using Random = std::mt19937_64;

// Full jitter: any time from nothing up to 1 s, doubled with every failure in a row after the
// first, at most 60 s. Many senders that failed together do not come back together.
[[nodiscard]] std::int64_t jitter_ms(int failures, Random& random);

// The longest that a run waits because a platform asked it to; who asks for more is left alone
// until the next run.
inline constexpr std::int64_t asked_wait_ms_max = std::int64_t{15} * 60 * 1000;

// When a connection or a platform that failed may be asked again in this run.
class Pause {
 public:
  // Whether a failure of a request started at that time says anything new: one that was under way
  // when an earlier failure came in does not.
  [[nodiscard]] bool is_news(std::int64_t started_ms) const { return started_ms >= failed_ms_; }

  // A request started at `started_ms` failed. `asked_s` is what the platform asked for
  // (Retry-After); it is kept to whether the failure is news or not, and at least 1 s. False: it
  // asked for more than a run waits.
  [[nodiscard]] bool fail(std::int64_t started_ms, std::int64_t now_ms,
                          std::optional<std::int64_t> asked_s, Random& random);
  void succeed() { failures_ = 0; }

  // Not before that time, whatever else: a platform that asks for a slower pace.
  void wait_until(std::int64_t time_ms);

  [[nodiscard]] std::int64_t until_ms() const { return until_ms_; }
  [[nodiscard]] int failures() const { return failures_; }  // in a row

 private:
  std::int64_t failed_ms_ = 0;
  std::int64_t until_ms_ = 0;
  int failures_ = 0;
};

// Requests that repeat earlier ones of the run: three, or a tenth of the first tries, whichever is
// more. A sick platform is not hammered.
class RetryBudget {
 public:
  void count_first_try() { ++first_tries_; }
  // One more retry; false where there is none left.
  [[nodiscard]] bool take();

 private:
  std::size_t first_tries_ = 0;
  std::size_t retries_ = 0;
};

// At most so many requests in any 60 seconds; 0 = any number.
class RequestWindow {
 public:
  explicit RequestWindow(std::size_t per_minute) : per_minute_(per_minute) {}
  void count(std::int64_t now_ms);
  // From when on the next one may start; not after `now_ms`: at once.
  [[nodiscard]] std::int64_t ready_ms(std::int64_t now_ms) const;

 private:
  std::size_t per_minute_;
  std::deque<std::int64_t> started_ms_;
};

}  // namespace pruuv::delivery
