#pragma once

#include <cstdint>

#include "model/conversion.hpp"

namespace pruuv::platforms {

// Timing on a platform that takes events up to `age_max_s` old: too_old from that age on; ahead of
// now, the event waits for its time, but at most 24 h: what lies further ahead is a mistake.
[[nodiscard]] Timing timing_in_window(std::int64_t event_time_s, std::int64_t age_max_s,
                                      std::int64_t now_s);

}  // namespace pruuv::platforms
