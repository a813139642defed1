#include "http/test_ca.hpp"

#include <cstdio>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace pruuv::http::testing {
namespace {

void must(bool worked) {
  if (!worked) throw std::runtime_error("make a test certificate");
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  must(key != nullptr);
  return key;
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

// `issuer` null = it signs itself.
Certificate make_certificate(const std::string& name, std::int64_t serial, std::int64_t valid_s,
                             EVP_PKEY* key, X509* issuer) {
  Certificate made(X509_new(), &X509_free);
  must(made != nullptr);
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set_int64(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -7200);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), static_cast<long>(valid_s));
  X509_set_pubkey(made.get(), key);
  const std::basic_string<unsigned char> text(name.begin(), name.end());
  X509_NAME* subject = X509_get_subject_name(made.get());
  must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text.c_str(), -1, -1, 0) == 1);
  X509_set_issuer_name(made.get(), issuer == nullptr ? subject : X509_get_subject_name(issuer));
  return made;
}

}  // namespace

TestCa::TestCa(const std::string& name)
    : key_(make_key()), certificate_(make_certificate(name, 1, 7200, key_.get(), nullptr)) {
  add_extension(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate_.get(), NID_key_usage, "critical,keyCertSign");
  must(X509_sign(certificate_.get(), key_.get(), EVP_sha256()) > 0);
}

void TestCa::save(const std::string& path) const {
  FILE* file = std::fopen(path.c_str(), "w");
  must(file != nullptr && PEM_write_X509(file, certificate_.get()) == 1);
  std::fclose(file);
}

TlsContext TestCa::server(const std::string& subject, std::int64_t valid_s) const {
  const Key key = make_key();
  const Certificate certificate =
      make_certificate("server", 2, valid_s, key.get(), certificate_.get());
  add_extension(certificate.get(), NID_subject_alt_name, subject);
  must(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0);
  TlsContext context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  must(context != nullptr && SSL_CTX_use_certificate(context.get(), certificate.get()) == 1 &&
       SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1);
  return context;
}

}  // namespace pruuv::http::testing
