#include "base/sha256.hpp"

#include <algorithm>
#include <cstdlib>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.hpp"

namespace pruuv {
namespace {

// The two digits of every byte.
constexpr std::array<std::array<char, 2>, 256> make_hex_pairs() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte) {
    pairs.at(byte) = {digits[byte >> 4U], digits[byte & 15U]};
  }
  return pairs;
}
constexpr auto hex_pairs = make_hex_pairs();

const EVP_MD* algorithm() {
  static EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  PRUUV_CHECK(fetched != nullptr, "OpenSSL offers no SHA-256");
  return fetched;
}

}  // namespace

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }

  void begin() const {
    PRUUV_CHECK(context != nullptr && EVP_DigestInit_ex2(context, algorithm(), nullptr) == 1,
                "begin a SHA-256");
  }
};

Sha256::Sha256() : state_(std::make_unique<State>()) { state_->begin(); }
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  PRUUV_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1, "feed a SHA-256");
}

Digest Sha256::finish() {
  Digest digest{};
  PRUUV_CHECK(EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) == 1, "end a SHA-256");
  state_->begin();
  return digest;
}

Digest sha256(std::string_view bytes) {
  static thread_local Sha256 hasher;
  hasher.update(bytes);
  return hasher.finish();
}

std::string sha256_hex(std::string_view bytes) { return to_hex(as_bytes(sha256(bytes))); }

std::string hmac_sha256_hex(std::string_view key, std::string_view message) {
  Digest digest{};
  unsigned int length = 0;
  const auto* text = reinterpret_cast<const unsigned char*>(message.data());
  PRUUV_CHECK(HMAC(algorithm(), key.data(), static_cast<int>(key.size()), text, message.size(),
                   digest.data(), &length) != nullptr,
              "make an HMAC");
  return to_hex(as_bytes(digest));
}

std::string to_hex(std::string_view bytes) {
  std::string out(bytes.size() * 2, '0');
  auto next = out.begin();
  for (const char c : bytes) {
    const auto& pair = hex_pairs[static_cast<unsigned char>(c)];
    next = std::copy(pair.begin(), pair.end(), next);
  }
  return out;
}

}  // namespace pruuv
