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
  // One below `issuer`.
  TestCa(const std::string& name, const TestCa& issuer);

  // The same key with another certificate, which it signs itself; good until `valid_s` from now.
  [[nodiscard]] TestCa renewed(const std::string& name, std::int64_t valid_s) const;

  // Its own certificate, in PEM form.
  [[nodiscard]] std::string pem() const;
  void save(const std::string& path) const;
  [[nodiscard]] X509* certificate() const { return certificate_.get(); }

  // Its own key, and a list of revoked certificates with nothing in it, in PEM form.
  [[nodiscard]] std::string key_pem() const;
  [[nodiscard]] std::string crl_pem() const;

  // A server's context with a fresh certificate of this authority. `subject` is OpenSSL's spelling
  // of a subjectAltName; the certificate is good until `valid_s` from now, which may have passed.
  [[nodiscard]] TlsContext server(const std::string& subject = "IP:127.0.0.1",
                                  std::int64_t valid_s = 3600) const;

 private:
  TestCa(Key key, Certificate certificate);

  Key key_;
  Certificate certificate_;
};

// A server's context with a certificate that it signed itself.
TlsContext self_signed_server();

// Makes the server send `ca`'s certificate after its own.
void send_too(SSL_CTX* server, const TestCa& ca);

std::string pem_of(X509* certificate);

}  // namespace pruuv::http::testing
