#include "platforms/window.hpp"

namespace pruuv::platforms {

Timing timing_in_window(std::int64_t event_time_s, std::int64_t age_max_s, std::int64_t now_s) {
  constexpr std::int64_t ahead_max_s = 86400;
  Timing timing;
  timing.expires_s = event_time_s + age_max_s;
  if (now_s >= timing.expires_s) {
    timing.reason = Reason::too_old;
  } else if (event_time_s > now_s + ahead_max_s) {
    timing.reason = Reason::event_in_future;
  } else if (event_time_s > now_s) {
    timing.reason = Reason::not_yet;
    timing.until_s = event_time_s;
  }
  return timing;
}

}  // namespace pruuv::platforms
