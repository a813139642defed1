#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sandbox {

inline constexpr std::int64_t seconds_per_day = 86'400;

/// The platforms say nothing about how far ahead a time may be; clocks differ by a little.
inline constexpr std::int64_t clock_tolerance = 60;

/// Google Ads API, `yyyy-mm-dd hh:mm:ss+hh:mm`: a space, no `T`, no `Z`, no fraction, the offset is
/// mandatory. Unix seconds, or nothing when the text is not of that form or no such day exists.
[[nodiscard]] std::optional<std::int64_t> parse_ads_time(std::string_view text);

/// RFC 3339 as protobuf reads it: 0, 3, 6 or 9 fraction digits, `Z` or an offset.
[[nodiscard]] std::optional<std::int64_t> parse_rfc3339(std::string_view text);

}  // namespace sandbox
