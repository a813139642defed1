#include "delivery/pace.hpp"

#include <algorithm>

namespace pruuv::delivery {
namespace {

constexpr std::int64_t minute_ms = 60'000;

}  // namespace

std::int64_t jitter_ms(int failures, Random& random) {
  constexpr std::int64_t first_ms = 1'000;
  constexpr std::int64_t longest_ms = 60'000;
  const int doublings = std::clamp(failures - 1, 0, 10);
  const std::int64_t most_ms = std::min(longest_ms, first_ms << doublings);
  // The remainder, not a distribution: the same seed gives the same time with every library.
  return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most_ms + 1));
}

bool Pause::fail(std::int64_t started_ms, std::int64_t now_ms, std::optional<std::int64_t> asked_s,
                 Random& random) {
  constexpr std::int64_t least_ms = 1'000;
  if (is_news(started_ms)) {
    ++failures_;
    // Requests started from the next millisecond on have seen this failure.
    failed_ms_ = now_ms + 1;
    if (!asked_s) wait_until(now_ms + 1 + jitter_ms(failures_, random));
  }
  if (!asked_s) return true;
  // Compared in seconds: a platform may ask for any number of them.
  if (*asked_s > asked_wait_ms_max / 1'000) return false;
  wait_until(now_ms + std::max(least_ms, *asked_s * 1'000));
  return true;
}

void Pause::wait_until(std::int64_t time_ms) { until_ms_ = std::max(until_ms_, time_ms); }

bool RetryBudget::take() {
  constexpr std::size_t always = 3;
  if (retries_ >= std::max(always, first_tries_ / 10)) return false;
  ++retries_;
  return true;
}

void RequestWindow::count(std::int64_t now_ms) {
  if (per_minute_ == 0) return;
  started_ms_.push_back(now_ms);
  if (started_ms_.size() > per_minute_) started_ms_.pop_front();
}

std::int64_t RequestWindow::ready_ms(std::int64_t now_ms) const {
  if (per_minute_ == 0 || started_ms_.size() < per_minute_) return now_ms;
  return started_ms_.front() + minute_ms;
}

}  // namespace pruuv::delivery
