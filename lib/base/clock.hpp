#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pruuv {

// All times are UTC. `_s` is Unix seconds, `_ms` Unix milliseconds; a duration says so by its name.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual std::int64_t now_ms() const = 0;
  [[nodiscard]] std::int64_t now_s() const { return now_ms() / 1000; }

  // Milliseconds from some point on that only ever grow, whatever is done to the time of day: for
  // deadlines and pauses.
  [[nodiscard]] virtual std::int64_t steady_ms() const = 0;

  // Lets so much time pass, or less: the caller looks again at what it waits for.
  virtual void sleep_ms(std::int64_t duration_ms) = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::int64_t now_ms() const override;
  [[nodiscard]] std::int64_t steady_ms() const override;
  void sleep_ms(std::int64_t duration_ms) override;
};

// Stands still until told: for tests and for --now of test builds. To sleep is to be told.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(std::int64_t now_s) : now_ms_(now_s * 1000) {}
  [[nodiscard]] std::int64_t now_ms() const override { return now_ms_; }
  [[nodiscard]] std::int64_t steady_ms() const override { return now_ms_; }
  void sleep_ms(std::int64_t duration_ms) override { now_ms_ += duration_ms; }
  void advance_s(std::int64_t seconds) { now_ms_ += seconds * 1000; }

 private:
  std::int64_t now_ms_;
};

// "2026-11-22T03:00:00Z"; any time outside the years 1 to 9999 is written as its bare number.
[[nodiscard]] std::string format_utc(std::int64_t time_s);

// The point in time that a person means: "2026-11-22", "2026-11-22T03:00:00Z" (also with a space,
// also without Z: always UTC), or, counted back from now, "24h", "7d", "90m". Nothing if it is none
// of these.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t now_s);

// A length of time in seconds: "48h", "7d", "90m", "30s", "0". Nothing if it is none of these.
[[nodiscard]] std::optional<std::int64_t> parse_duration_s(std::string_view text);

}  // namespace pruuv
