#include "platforms/google/request.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "platforms/google/settings.hpp"

namespace pruuv::platforms::google {

std::vector<HttpHeader> bearer_headers(const Credential& credential, const Connection& connection) {
  std::vector<HttpHeader> out = {
      {"Authorization", Secret(fmt::format("Bearer {}", credential.access_token.reveal()))}};
  const std::string_view project = setting(connection, user_project_setting);
  if (!project.empty()) out.push_back({"x-goog-user-project", std::string(project)});
  return out;
}

void append_form_value(std::string& out, std::string_view text) {
  static constexpr std::string_view hex = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_ascii_alpha(c) || is_ascii_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hex[byte >> 4U];
    out += hex[byte & 0x0FU];
  }
}

}  // namespace pruuv::platforms::google
