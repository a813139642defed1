#include "base/percent_encoding.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace pruuv {

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = is_ascii_alpha(c) || is_ascii_digit(c) ||
                          std::string_view("-._~").find(c) != std::string_view::npos;
    if (is_plain) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace pruuv
