#include "base/rsa.hpp"

#include <memory>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace pruuv {
namespace {

constexpr int bits_min = 2048;

struct Deleter {
  void operator()(BIO* memory) const { BIO_free(memory); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Memory = std::unique_ptr<BIO, Deleter>;
using Key = std::unique_ptr<EVP_PKEY, Deleter>;
using Context = std::unique_ptr<EVP_MD_CTX, Deleter>;

// OpenSSL would ask for one on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

Unexpected refuse(const char* what) {
  ERR_clear_error();  // it may hold parts of the key
  return fail(ErrorKind::config, std::string("read private key: ") + what,
              "store the key file as it was downloaded, with the lines BEGIN and END PRIVATE KEY");
}

Result<Key> read_key(const Secret& pem) {
  const std::string_view text = pem.reveal();
  const Memory memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  Key key(memory ? PEM_read_bio_PrivateKey(memory.get(), nullptr, no_passphrase, nullptr)
                 : nullptr);
  if (!key) return refuse("no key in PEM without a passphrase");
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return refuse("no RSA key");
  if (EVP_PKEY_get_bits(key.get()) < bits_min) return refuse("shorter than 2048 bits");
  return key;
}

}  // namespace

Result<void> check_rsa_private_key(const Secret& pem) {
  PRUUV_TRY(read_key(pem));
  return {};
}

Result<std::string> sign_rs256(const Secret& pem, std::string_view message) {
  PRUUV_TRY_ASSIGN(const Key key, read_key(pem));
  const Context context(EVP_MD_CTX_new());
  const auto* const bytes = reinterpret_cast<const unsigned char*>(message.data());
  std::size_t size = 0;
  const bool is_ready =
      context &&
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
      EVP_DigestSign(context.get(), nullptr, &size, bytes, message.size()) == 1;
  if (!is_ready) return refuse("cannot sign");
  std::string out(size, '\0');
  auto* const signature = reinterpret_cast<unsigned char*>(out.data());
  if (EVP_DigestSign(context.get(), signature, &size, bytes, message.size()) != 1) {
    return refuse("cannot sign");
  }
  out.resize(size);
  return out;
}

}  // namespace pruuv
