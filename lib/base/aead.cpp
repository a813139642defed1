#include "base/aead.hpp"

#include <array>
#include <limits>
#include <memory>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "base/check.hpp"

namespace pruuv {
namespace {

struct Deleter {
  void operator()(EVP_KDF* algorithm) const { EVP_KDF_free(algorithm); }
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Kdf = std::unique_ptr<EVP_KDF, Deleter>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, Deleter>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Deleter>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// OpenSSL counts in int.
int length_of(std::string_view text) {
  PRUUV_CHECK(text.size() <= std::size_t{std::numeric_limits<int>::max()}, "a text to seal fits");
  return static_cast<int>(text.size());
}

OSSL_PARAM octets(const char* name, std::string_view text) {
  // OpenSSL only reads it, but its structure serves both directions.
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(text.data()), text.size());
}

void check_sizes(const Secret& key, std::string_view nonce) {
  PRUUV_CHECK(key.reveal().size() == aead_key_bytes, "a sealing key has 32 bytes");
  PRUUV_CHECK(nonce.size() == aead_nonce_bytes, "a nonce has 12 bytes");
}

}  // namespace

Secret hkdf_sha256(const Secret& key, std::string_view salt, std::string_view info,
                   std::size_t bytes) {
  const Kdf algorithm(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const KdfContext context(algorithm ? EVP_KDF_CTX_new(algorithm.get()) : nullptr);
  PRUUV_CHECK(context != nullptr, "OpenSSL offers HKDF");
  std::array<char, 7> digest = {"SHA256"};
  const std::array<OSSL_PARAM, 5> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      octets(OSSL_KDF_PARAM_KEY, key.reveal()), octets(OSSL_KDF_PARAM_SALT, salt),
      octets(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
  std::string out(bytes, '\0');
  PRUUV_CHECK(EVP_KDF_derive(context.get(), bytes_of(out), out.size(), parameters.data()) == 1,
              "derive a key");
  return Secret(std::move(out));
}

std::string seal_aes_256_gcm(const Secret& key, std::string_view nonce, std::string_view plain,
                             std::string_view associated) {
  check_sizes(key, nonce);
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string out(plain.size() + aead_tag_bytes, '\0');
  int length = 0;
  const bool is_sealed =
      context &&
      EVP_EncryptInit_ex2(context.get(), EVP_aes_256_gcm(), bytes_of(key.reveal()), bytes_of(nonce),
                          nullptr) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &length, bytes_of(associated),
                        length_of(associated)) == 1 &&
      EVP_EncryptUpdate(context.get(), bytes_of(out), &length, bytes_of(plain), length_of(plain)) ==
          1 &&
      EVP_EncryptFinal_ex(context.get(), bytes_of(out) + plain.size(), &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, int{aead_tag_bytes},
                          bytes_of(out) + plain.size()) == 1;
  PRUUV_CHECK(is_sealed, "seal with AES-256-GCM");
  return out;
}

std::optional<Secret> open_aes_256_gcm(const Secret& key, std::string_view nonce,
                                       std::string_view sealed, std::string_view associated) {
  check_sizes(key, nonce);
  if (sealed.size() < aead_tag_bytes) return std::nullopt;
  const std::string_view text = sealed.substr(0, sealed.size() - aead_tag_bytes);
  std::string tag(sealed.substr(text.size()));
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string out(text.size(), '\0');
  int length = 0;
  const bool is_read = context &&
                       EVP_DecryptInit_ex2(context.get(), EVP_aes_256_gcm(), bytes_of(key.reveal()),
                                           bytes_of(nonce), nullptr) == 1 &&
                       EVP_DecryptUpdate(context.get(), nullptr, &length, bytes_of(associated),
                                         length_of(associated)) == 1 &&
                       EVP_DecryptUpdate(context.get(), bytes_of(out), &length, bytes_of(text),
                                         length_of(text)) == 1 &&
                       EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG,
                                           int{aead_tag_bytes}, bytes_of(tag)) == 1;
  Secret plain(std::move(out));  // what is refused is wiped, too
  PRUUV_CHECK(is_read, "open with AES-256-GCM");
  std::array<unsigned char, 16> nothing{};  // GCM has no padding: the end gives no bytes
  if (EVP_DecryptFinal_ex(context.get(), nothing.data(), &length) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  return plain;
}

std::string random_bytes(std::size_t bytes) {
  std::string out(bytes, '\0');
  PRUUV_CHECK(RAND_bytes(bytes_of(out), length_of(out)) == 1, "draw random bytes");
  return out;
}

Secret random_key() { return Secret(random_bytes(aead_key_bytes)); }

}  // namespace pruuv
