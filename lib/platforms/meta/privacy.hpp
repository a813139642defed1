#pragma once

#include <cstdint>
#include <vector>

#include "base/json.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "platforms/details.hpp"

namespace pruuv::platforms::meta {

// What limits the use of an event. Pages: server-event (opt_out), data-processing-options.
struct Privacy {
  bool opt_out = false;      // for attribution only, not for the delivery of ads
  bool is_limited = false;   // limited data use, with the place it is asked for:
  std::int64_t country = 0;  // 1 = United States, 0 = Meta finds the place by the IP address
  std::int64_t state = 0;    // 1000 to 1013, 0 = as above
};

// opt_out, data_processing_options_country and _state of the details. A place that is none, or a
// state of no country, is left out for 0. A state alone is one of the United States. A person who
// denied consent and is sent all the same is opted out.
[[nodiscard]] Privacy read_privacy(const FunnelEvent& event, const Details& details,
                                   std::vector<Warning>& warnings);

void write_privacy(json::Writer& out, const Privacy& privacy);

}  // namespace pruuv::platforms::meta
