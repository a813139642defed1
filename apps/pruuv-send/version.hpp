#pragma once

namespace pruuv::app {

inline constexpr const char* version = PRUUV_VERSION;

}  // namespace pruuv::app
