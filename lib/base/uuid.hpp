#pragma once

#include <string>
#include <string_view>

namespace pruuv {

// 8-4-4-4-12 hexadecimal digits of either case, any version: what the collector calls an event id.
[[nodiscard]] bool is_uuid(std::string_view text);

// A random (version 4) UUID in lower case, from the system's generator.
[[nodiscard]] std::string random_uuid();

}  // namespace pruuv
