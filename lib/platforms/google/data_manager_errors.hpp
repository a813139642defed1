#pragma once

#include <string_view>

#include "platforms/google/answer.hpp"

namespace pruuv::platforms::google {

struct ErrorReason {
  std::string_view name;
  Meaning meaning;
  std::string_view words;  // for account staff
};

// What an ErrorReason of Data Manager means, at a field or of a whole request
// (google/ads/datamanager/v1/error.proto); null for one that nobody listed.
[[nodiscard]] const ErrorReason* error_reason(std::string_view name);

}  // namespace pruuv::platforms::google
