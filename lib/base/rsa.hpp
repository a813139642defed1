#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace pruuv {

// Whether the text is one that sign_rs256 takes: an RSA private key of 2048 bits or more in PEM
// (PKCS #8 or PKCS #1), without a passphrase. Fails with kind config; the error never quotes it.
[[nodiscard]] Result<void> check_rsa_private_key(const Secret& pem);

// RS256 of JSON Web Signatures (RFC 7518, 3.3): RSASSA-PKCS1-v1_5 with SHA-256, the bare bytes. The
// same key and message give the same signature.
[[nodiscard]] Result<std::string> sign_rs256(const Secret& pem, std::string_view message);

}  // namespace pruuv
