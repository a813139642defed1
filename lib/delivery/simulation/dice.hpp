#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace pruuv::delivery::simulation {

// Chance from a seed. Remainders instead of distributions: the same numbers with every library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  // 0 to `count` - 1.
  std::int64_t below(std::int64_t count) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(count));
  }
  // Both ends included.
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + below(most - least + 1);
  }
  // Small numbers as often as great ones: the power of two first, then the number below it.
  std::int64_t any_size(int bits) { return 1 + below(std::int64_t{1} << between(0, bits)); }
  bool chance(int permille) { return below(1000) < permille; }

  template <typename T>
  const T& one_of(const std::vector<T>& things) {
    return things[static_cast<std::size_t>(below(static_cast<std::int64_t>(things.size())))];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace pruuv::delivery::simulation
