#pragma once

#include <cstdint>

#include "base/clock.hpp"
#include "delivery/simulation/books.hpp"
#include "delivery/simulation/dice.hpp"

namespace pruuv::delivery::simulation {

// The run was killed. No part of the program catches it.
struct Crash {};

// Kills the run at the so many-th thing it asks of the world.
class Fuse {
 public:
  void set(std::int64_t left) { left_ = left; }
  void burn() {
    if (left_ > 0 && --left_ == 0) throw Crash{};
  }

 private:
  std::int64_t left_ = 0;  // 0 = not lit
};

// Stands still until told; to sleep is to be told. The two times differ, so that one is not taken
// for the other.
class SimulatedClock final : public Clock {
 public:
  SimulatedClock(std::int64_t now_s, Fuse& fuse) : now_ms_(now_s * 1000), fuse_(fuse) {}

  [[nodiscard]] std::int64_t now_ms() const override {
    look();
    return now_ms_;
  }
  [[nodiscard]] std::int64_t steady_ms() const override {
    look();
    return steady_of(now_ms_);
  }
  void sleep_ms(std::int64_t duration_ms) override {
    look();
    if (duration_ms > 0) advance_ms(duration_ms);
  }

  // For the world around the program.
  [[nodiscard]] std::int64_t time_ms() const { return now_ms_; }
  [[nodiscard]] std::int64_t time_s() const { return now_ms_ / 1000; }
  [[nodiscard]] static std::int64_t steady_of(std::int64_t now_ms) {
    return now_ms - 1'700'000'000'000;
  }
  void advance_ms(std::int64_t duration_ms) {
    now_ms_ += duration_ms;
    looks_ = 0;
  }
  void advance_to_s(std::int64_t time_s) {
    if (time_s * 1000 > now_ms_) advance_ms(time_s * 1000 - now_ms_);
  }

 private:
  void look() const {
    fuse_.burn();
    constexpr std::int64_t looks_max = 3'000'000;
    if (++looks_ > looks_max) throw Violation{"the run goes round and round without waiting"};
  }

  std::int64_t now_ms_;
  mutable std::int64_t looks_ = 0;  // since time went on
  Fuse& fuse_;
};

}  // namespace pruuv::delivery::simulation
