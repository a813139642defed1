#include "delivery/breaker.hpp"

#include <algorithm>

namespace pruuv::delivery {

void Breaker::note(bool failed) {
  failed_.push_back(failed);
  if (failed_.size() > requests_remembered) failed_.erase(failed_.begin());
}

bool Breaker::is_open() const {
  constexpr std::size_t in_a_row = 5;
  constexpr std::size_t enough = 10;
  constexpr std::size_t percent = 70;
  if (failed_.size() < in_a_row || !failed_.back()) return false;
  const auto latest = failed_.end() - static_cast<std::ptrdiff_t>(in_a_row);
  if (std::all_of(latest, failed_.end(), [](bool failed) { return failed; })) return true;
  const auto failures = static_cast<std::size_t>(std::count(failed_.begin(), failed_.end(), true));
  return failed_.size() >= enough && failures * 100 >= failed_.size() * percent;
}

}  // namespace pruuv::delivery
