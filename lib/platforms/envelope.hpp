#pragma once

#include <cstddef>
#include <span>

#include "base/json.hpp"
#include "model/conversion.hpp"

namespace pruuv::platforms {

// A writer with room for a request body: these objects and a few hundred bytes around them. Bodies
// are most of a run's memory: they are written in one place, without room to spare.
[[nodiscard]] inline json::Writer body_writer(std::span<const Conversion* const> conversions) {
  constexpr std::size_t envelope_bytes = 1024;
  std::size_t bytes = envelope_bytes;
  for (const Conversion* conversion : conversions) bytes += conversion->object.size() + 1;
  return json::Writer(bytes);
}

// The objects as they are, as a member of that name.
inline void write_objects(json::Writer& body, std::string_view name,
                          std::span<const Conversion* const> conversions) {
  body.key(name);
  body.begin_array();
  for (const Conversion* conversion : conversions) body.raw(conversion->object);
  body.end_array();
}

}  // namespace pruuv::platforms
