#include "platforms/google/request.hpp"

#include <fmt/format.h>

#include "platforms/google/settings.hpp"

namespace pruuv::platforms::google {

std::vector<HttpHeader> bearer_headers(const Credential& credential, const Connection& connection) {
  std::vector<HttpHeader> out = {
      {"Authorization", Secret(fmt::format("Bearer {}", credential.access_token.reveal()))}};
  const std::string project = setting(connection, user_project_setting);
  if (!project.empty()) out.push_back({"x-goog-user-project", project});
  return out;
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
