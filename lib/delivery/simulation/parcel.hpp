#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/http_message.hpp"

// What a platform finds in a request, read without any code of the adapters.
namespace pruuv::delivery::simulation {

// Whom a request is for; the numbers index tables.
enum class Vendor : std::uint8_t { meta = 0, tiktok = 1, google_ads = 2, data_manager = 3 };
inline constexpr int vendors = 4;

[[nodiscard]] constexpr bool is_google(Vendor vendor) {
  return vendor == Vendor::google_ads || vendor == Vendor::data_manager;
}

struct ParcelItem {
  std::string event_id;
  std::string scope;   // destination and event name or conversion action: "123/Lead"
  std::string object;  // its JSON, byte by byte
};

struct Parcel {
  Vendor vendor = Vendor::meta;
  std::string destination;
  std::string token;  // access token
  std::size_t body_bytes = 0;
  std::vector<ParcelItem> items;
};

// Nothing where it is no request a platform would understand.
[[nodiscard]] std::optional<Parcel> open_parcel(const HttpRequest& request);

// The refresh token of a request to the token endpoint; "" where it is none.
[[nodiscard]] std::string refresh_token_of(const HttpRequest& request);

}  // namespace pruuv::delivery::simulation
