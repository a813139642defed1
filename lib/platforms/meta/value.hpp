#pragma once

#include "model/connection.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "platforms/money.hpp"

namespace pruuv::platforms::meta {

// What the event is worth, as Meta takes it (page custom-data). A Purchase needs value and currency
// (2804009, 2804010), in a currency of Meta's own list (2804011): else it is refused. Elsewhere a
// value without such a currency is left out (2804023); the currency stays for other amounts.
// Which currencies Meta refuses is the setting meta.refused_currencies; else MRU, the one it is
// known to refuse.
[[nodiscard]] Money read_value(const FunnelEvent& event, const Connection& connection,
                               bool is_purchase, Encoding& out);

}  // namespace pruuv::platforms::meta
