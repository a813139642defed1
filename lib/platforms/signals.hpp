#pragma once

#include <string_view>
#include <vector>

#include "platforms/platform.hpp"

namespace pruuv::platforms {

// Which of the adapter's signals an object of its encode() carries: one answer a signal, in their
// order. For text that is no JSON object: none.
[[nodiscard]] std::vector<bool> signals_in(const Platform& adapter, std::string_view object);

}  // namespace pruuv::platforms
