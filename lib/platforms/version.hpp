#pragma once

#include <string>

#include "platforms/platform.hpp"

namespace pruuv::platforms {

// What there is to say of the API version an adapter is set to, for the operator: that it ends
// within 60 days, or has ended. "" where it lives on, or is not in the adapter's table (newer than
// this program).
[[nodiscard]] std::string version_warning(const Platform& adapter, const Endpoint& endpoint,
                                          std::int64_t now_s);

}  // namespace pruuv::platforms
