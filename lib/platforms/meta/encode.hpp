#pragma once

#include <string_view>

#include "model/connection.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "model/phone.hpp"

namespace pruuv::platforms::meta {

// The event's action_source in Meta's spelling: absent = "website"; a word Meta does
// not know = "other", for the sender vouches that it is accurate.
struct ActionSource {
  std::string_view word;
  bool is_known = true;
};
[[nodiscard]] ActionSource action_source(const FunnelEvent& event);

// One object of `data`, of the fields of .../parameters/server-event, always in the same order.
[[nodiscard]] Encoding encode(const FunnelEvent& event, const Phone& phone,
                              const Connection& connection);

}  // namespace pruuv::platforms::meta
