#include "model/run_summary.hpp"

namespace pruuv {

std::string_view word_of(EarlyEnd end) {
  switch (end) {
    case EarlyEnd::none:
      return "";
    case EarlyEnd::limit:
      return "limit";
    case EarlyEnd::deadline:
      return "deadline";
    case EarlyEnd::signal:
      return "signal";
  }
  return "";
}

PlatformCounts RunSummary::total() const {
  PlatformCounts sum;
  for (const auto& [platform, counts] : platforms) {
    sum.accepted += counts.accepted;
    sum.rejected += counts.rejected;
    sum.retryable += counts.retryable;
    sum.ambiguous += counts.ambiguous;
    sum.waiting += counts.waiting;
    sum.held += counts.held;
    sum.paused += counts.paused;
    sum.expired += counts.expired;
    sum.confirmed += counts.confirmed;
    sum.refused_afterwards += counts.refused_afterwards;
    sum.asked_again += counts.asked_again;
    sum.requests += counts.requests;
    for (const auto& [reason, count] : counts.skipped) sum.skipped[reason] += count;
  }
  return sum;
}

}  // namespace pruuv
