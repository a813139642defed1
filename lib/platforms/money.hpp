#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/connection.hpp"
#include "model/event.hpp"

namespace pruuv::platforms {

// An amount as a JSON number, from -?[0-9]{1,12}(\.[0-9]{1,6})?: the digits as they
// were written, never through a double; only leading zeros go, which JSON does not allow ("007" ->
// "7"). Nothing if it is negative or anything else.
[[nodiscard]] std::optional<std::string> normalize_amount(std::string_view raw);

// An ISO 4217 code in upper case, or nothing.
[[nodiscard]] std::optional<std::string> normalize_currency(std::string_view raw);

// What an event is worth. `missing`: nobody stated it; `invalid`: stated, but not to be understood.
// An invalid currency of the event is never replaced by the connection's: that would change the
// amount.
enum class Stated { given, missing, invalid };

struct Money {
  Stated value_is = Stated::missing;
  Stated currency_is = Stated::missing;
  std::string value;     // JSON number, set if given
  std::string currency;  // upper case, set if given; the event's, else the connection's
};

[[nodiscard]] Money read_money(const FunnelEvent& event, const Connection& connection);

}  // namespace pruuv::platforms
