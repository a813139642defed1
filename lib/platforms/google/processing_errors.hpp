#pragma once

#include <string_view>

#include "model/reason.hpp"
#include "model/verdict.hpp"

namespace pruuv::platforms::google {

// What a ProcessingErrorReason of Data Manager means for the events it concerns.
struct ProcessingError {
  std::string_view name;  // without its prefix; "" = one that nobody listed
  Outcome outcome;        // accepted: Google has it from earlier; waiting: send it again; rejected
  Reason reason;
  std::string_view words;  // for account staff
};

// google/ads/datamanager/v1/processing_errors.proto
[[nodiscard]] const ProcessingError& processing_error(std::string_view name);

// "PROCESSING_ERROR_REASON_EVENT_TOO_OLD" -> "EVENT_TOO_OLD"; one reason has the prefix
// PROCESSING_ERROR_, warnings have PROCESSING_WARNING_REASON_.
[[nodiscard]] std::string_view without_prefix(std::string_view reason);

}  // namespace pruuv::platforms::google
