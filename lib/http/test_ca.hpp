#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace pruuv::http::testing {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using TlsContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

// A certificate authority nobody else trusts, made on the spot.
class TestCa {
 public:
  explicit TestCa(const std::string& name = "pruuv-send test authority");

  // Writes its own certificate, in PEM form.
  void save(const std::string& path) const;

  // A server's context with a fresh certificate of this authority. `subject` is OpenSSL's spelling
  // of a subjectAltName; the certificate is good until `valid_s` from now, which may have passed.
  [[nodiscard]] TlsContext server(const std::string& subject = "IP:127.0.0.1",
                                  std::int64_t valid_s = 3600) const;

 private:
  Key key_;
  Certificate certificate_;
};

}  // namespace pruuv::http::testing
