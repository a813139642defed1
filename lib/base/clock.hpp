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
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::int64_t now_ms() const override;
};

// Stands still until told: for tests and for --now of test builds.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(std::int64_t now_s) : now_ms_(now_s * 1000) {}
  [[nodiscard]] std::int64_t now_ms() const override { return now_ms_; }
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
