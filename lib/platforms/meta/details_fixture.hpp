#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/conversion.hpp"
#include "model/event.hpp"

// For this folder's tests only.
namespace pruuv::platforms::meta {

inline FunnelEvent event_with_extra(const std::string& extra) {
  FunnelEvent event;
  event.event_time = 1795400000;
  event.extra = extra;
  return event;
}

inline bool warns(const std::vector<Warning>& warnings, std::string_view field, Reason reason) {
  for (const Warning& warning : warnings) {
    if (warning.field == field && warning.reason == reason) return true;
  }
  return false;
}

}  // namespace pruuv::platforms::meta
