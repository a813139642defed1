#include "base/sha256.hpp"
#include "identity/digest.hpp"
#include "identity/identity.hpp"

namespace pruuv::identity {

std::optional<std::string> hash(const std::optional<std::string>& normalized) {
  if (!normalized || normalized->empty()) return std::nullopt;
  if (auto digest = read_digest(*normalized)) return digest;
  return sha256_hex(*normalized);
}

}  // namespace pruuv::identity
