#include "platforms/google/request.hpp"

#include <fmt/format.h>

namespace pruuv::platforms::google {

std::vector<HttpHeader> bearer_headers(const Credential& credential) {
  return {{"Authorization", Secret(fmt::format("Bearer {}", credential.access_token.reveal()))},
          {"Content-Type", std::string("application/json")}};
}

std::string joined_objects(std::span<const Conversion* const> conversions) {
  std::size_t size = 0;
  for (const Conversion* conversion : conversions) size += conversion->object.size() + 1;
  std::string out;
  out.reserve(size);
  for (const Conversion* conversion : conversions) {
    if (!out.empty()) out += ',';
    out += conversion->object;
  }
  return out;
}

}  // namespace pruuv::platforms::google
