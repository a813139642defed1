#pragma once

#include <cstdint>
#include <string>

#include "model/connection.hpp"
#include "model/event.hpp"

namespace pruuv::delivery {

// An event that the connection takes and no person stands behind: a day old, of the documentation's
// e-mail address (RFC 2606), with a click id that Google never gave out. For requests that are
// checked and not counted.
[[nodiscard]] FunnelEvent made_up_event(const Connection& connection, std::string id,
                                        std::int64_t now_s);

}  // namespace pruuv::delivery
