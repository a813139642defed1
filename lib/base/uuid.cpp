#include "base/uuid.hpp"

#include <array>
#include <unistd.h>

#include "base/check.hpp"
#include "base/sha256.hpp"

namespace pruuv {

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
    } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
      return false;
    }
  }
  return true;
}

std::string random_uuid() {
  std::array<unsigned char, 16> bytes{};
  // The system's own: OpenSSL's would be all that a run with nothing to send loads OpenSSL for.
  PRUUV_CHECK(::getentropy(bytes.data(), bytes.size()) == 0, "draw random bytes");
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string text = to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
  return text;
}

}  // namespace pruuv
