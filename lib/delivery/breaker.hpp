#pragma once

#include <cstddef>
#include <vector>

// Whether a connection is sick, by what its latest requests came to. It is filled from the audit
// records, so that it outlives the run. Pure.
namespace pruuv::delivery {

class Breaker {
 public:
  static constexpr std::size_t requests_remembered = 20;

  // A request that got an answer, or none. `failed`: a passing failure (throttled, platform down,
  // outcome unknown), not a refusal of events or of the connection.
  void note(bool failed);

  // Open: the latest 5 failed, or at least 10 are known and 70 % of them failed.
  [[nodiscard]] bool is_open() const;

  // A probe went through: what was before it says nothing any more.
  void close() { failed_.clear(); }

 private:
  std::vector<bool> failed_;  // oldest first
};

}  // namespace pruuv::delivery
