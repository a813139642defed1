#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

// Sealing: AES-256-GCM (NIST SP 800-38D) under a key of 32 bytes, and keys made from keys. All of
// it by OpenSSL. A key or nonce of another length is a bug of the caller's.
namespace pruuv {

inline constexpr std::size_t aead_key_bytes = 32;
inline constexpr std::size_t aead_nonce_bytes = 12;
inline constexpr std::size_t aead_tag_bytes = 16;

// HKDF with SHA-256 (RFC 5869): `bytes` of key material, 1 to 255 * 32.
[[nodiscard]] Secret hkdf_sha256(const Secret& key, std::string_view salt, std::string_view info,
                                 std::size_t bytes);

// The ciphertext, as long as the plain text, and the tag behind it. A nonce is used once a key.
[[nodiscard]] std::string seal_aes_256_gcm(const Secret& key, std::string_view nonce,
                                           std::string_view plain, std::string_view associated);

// Nothing where a bit of any of them is not as it was when sealed.
[[nodiscard]] std::optional<Secret> open_aes_256_gcm(const Secret& key, std::string_view nonce,
                                                     std::string_view sealed,
                                                     std::string_view associated);

// From the system's generator.
[[nodiscard]] std::string random_bytes(std::size_t bytes);
[[nodiscard]] Secret random_key();  // aead_key_bytes

}  // namespace pruuv
