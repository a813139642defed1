#pragma once

#include <array>
#include <string_view>

// The keys that only connections of Meta have.
namespace pruuv::platforms::meta {

inline constexpr std::string_view partner_agent_setting = "meta.partner_agent";

// Where the access token travels (page using-the-api names the body and the query; the header
// keeps it out of URLs and of what proxies write down).
inline constexpr std::string_view token_in_setting = "meta.token_in";
inline constexpr std::array<std::string_view, 2> token_places = {"header", "body"};

inline constexpr std::string_view denied_consent_setting = "meta.denied_consent";

// How external_id goes: it must be spelled as the browser pixel spells it.
inline constexpr std::string_view external_id_setting = "meta.external_id";
inline constexpr std::array<std::string_view, 3> external_id_modes = {"hash", "raw", "off"};

// ISO codes Meta takes no amounts in: "MRU", "MRU, ZWG" or "none".
inline constexpr std::string_view refused_currencies_setting = "meta.refused_currencies";

}  // namespace pruuv::platforms::meta
