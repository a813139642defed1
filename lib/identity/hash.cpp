#include "base/sha256.hpp"
#include "base/text.hpp"
#include "identity/digest.hpp"
#include "identity/identity.hpp"

namespace pruuv::identity {

bool is_digest_of_nothing(std::string_view text) {
  return equal_ignoring_ascii_case(
      text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

std::optional<std::string> hash(const std::optional<std::string>& normalized) {
  if (!normalized || normalized->empty()) return std::nullopt;
  if (auto digest = read_digest(*normalized)) {
    if (is_digest_of_nothing(*digest)) return std::nullopt;
    return digest;
  }
  return sha256_hex(*normalized);
}

}  // namespace pruuv::identity
