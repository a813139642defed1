#pragma once

#include <string>

#include "model/reason.hpp"

namespace pruuv {

// The event's phone number read once, for every platform.
struct Phone {
  std::string e164;              // "+442070313000"; empty where there is none to send
  std::string digest;            // the event held a SHA-256 already: 64 lower-case hex digits
  Reason reason = Reason::none;  // why it is left out: phone_invalid, phone_without_country

  [[nodiscard]] bool absent() const { return e164.empty() && digest.empty(); }
};

}  // namespace pruuv
