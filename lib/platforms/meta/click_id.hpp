#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/conversion.hpp"
#include "model/event.hpp"

// fbc and fbp: "fb.<subdomain index>.<creation time, ms>.<payload>[.<appendix>]". One malformed fbc
// makes Meta refuse the whole request (100/2804001), so nothing doubtful is sent. Page:
// .../conversions-api/parameters/fbp-and-fbc; the appendix: facebook/capi-param-builder.
namespace pruuv::platforms::meta {

struct Fbc {
  std::int64_t creation_ms = 0;
  std::string_view payload;  // the fbclid; a view into the text that was parsed
};

// Exactly 4 or 5 segments, one or two index digits, 13 digits of time, a payload of the letters a
// click id has, and an appendix one of Meta's libraries writes: one of six pairs, or 8 characters
// that decode to format 1.
[[nodiscard]] std::optional<Fbc> parse_fbc(std::string_view text);

// As an fbc, with a payload of digits.
[[nodiscard]] bool is_well_formed_fbp(std::string_view text);

// The fbc to send, or "": the stored one unchanged; else "fb.1.<ms>.<fbclid>" with the time of the
// click, else of the event, never now. If both are there and name different clicks,
// the newer one, where the time of the fbclid is known. Left out, with a warning, if older than 90
// days or more than 60 s later than the event, or if it is the click id of another platform.
[[nodiscard]] std::string choose_fbc(const FunnelEvent& event, std::vector<Warning>& warnings);

}  // namespace pruuv::platforms::meta
