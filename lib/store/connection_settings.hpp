#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/connection.hpp"

namespace pruuv::store {

// The `settings` column: a JSON object of every field of a Connection that has no column of its
// own, in a fixed order, so that equal connections give equal text.
[[nodiscard]] std::string render_settings(const Connection& connection);

// The other way round. Error store_content where it is no JSON object.
Result<void> parse_settings(std::string_view json, Connection& connection);

}  // namespace pruuv::store
