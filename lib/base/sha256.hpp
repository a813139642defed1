#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pruuv {

using Digest = std::array<std::uint8_t, 32>;

// SHA-256 through OpenSSL's EVP, fetched once and reused: fetching costs more than hashing an
// e-mail. The one place that hashes; identity, audit and delivery all come here.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();

  void update(std::string_view bytes);
  // The digest of everything since the last finish(); the object is then as new.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] Digest sha256(std::string_view bytes);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);  // 64 lower-case digits

[[nodiscard]] std::string hmac_sha256_hex(std::string_view key, std::string_view message);

[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] inline std::string_view as_bytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace pruuv
