#pragma once

#include "model/connection.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "model/phone.hpp"

namespace pruuv::platforms::tiktok {

// One object of `data`, as a web event, always in the same order. Web events need page.url: the
// event's, else the connection's setting tiktok.page_url.
[[nodiscard]] Encoding encode(const FunnelEvent& event, const Phone& phone,
                              const Connection& connection);

}  // namespace pruuv::platforms::tiktok
