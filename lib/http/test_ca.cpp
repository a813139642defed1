#include "http/test_ca.hpp"

#include <cstdio>
#include <stdexcept>
#include <utility>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace pruuv::http::testing {
namespace {

constexpr std::int64_t ca_valid_s = 7200;

void must(bool worked) {
  if (!worked) throw std::runtime_error("make a test certificate");
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  must(key != nullptr);
  return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

// `issuer` null = it signs itself. Says whose key it has and whose signed it, as real ones do:
// that tells authorities of the same name apart.
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
  add_extension(made.get(), made.get(), NID_subject_key_identifier, "hash");
  add_extension(made.get(), issuer == nullptr ? made.get() : issuer, NID_authority_key_identifier,
                "keyid:always");
  return made;
}

Certificate make_authority(const std::string& name, std::int64_t valid_s, EVP_PKEY* key,
                           X509* issuer, EVP_PKEY* issuer_key) {
  Certificate made = make_certificate(name, 1, valid_s, key, issuer);
  add_extension(made.get(), issuer, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(made.get(), issuer, NID_key_usage, "critical,keyCertSign");
  must(X509_sign(made.get(), issuer_key, EVP_sha256()) > 0);
  return made;
}

TlsContext make_server(X509* certificate, EVP_PKEY* key) {
  TlsContext context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  must(context != nullptr && SSL_CTX_use_certificate(context.get(), certificate) == 1 &&
       SSL_CTX_use_PrivateKey(context.get(), key) == 1);
  return context;
}

template <typename Write>
std::string written(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  must(out != nullptr && write(out.get()) == 1);
  char* data = nullptr;
  const long bytes = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(bytes)};
}

}  // namespace

TestCa::TestCa(Key key, Certificate certificate)
    : key_(std::move(key)), certificate_(std::move(certificate)) {}

TestCa::TestCa(const std::string& name)
    : key_(make_key()),
      certificate_(make_authority(name, ca_valid_s, key_.get(), nullptr, key_.get())) {}

TestCa::TestCa(const std::string& name, const TestCa& issuer)
    : key_(make_key()),
      certificate_(make_authority(name, ca_valid_s, key_.get(), issuer.certificate_.get(),
                                  issuer.key_.get())) {}

TestCa TestCa::renewed(const std::string& name, std::int64_t valid_s) const {
  must(EVP_PKEY_up_ref(key_.get()) == 1);
  Key key(key_.get(), &EVP_PKEY_free);
  Certificate made = make_authority(name, valid_s, key.get(), nullptr, key.get());
  return {std::move(key), std::move(made)};
}

std::string pem_of(X509* certificate) {
  return written([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string TestCa::pem() const { return pem_of(certificate_.get()); }

std::string TestCa::key_pem() const {
  return written([&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string TestCa::crl_pem() const {
  const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> list(X509_CRL_new(), &X509_CRL_free);
  must(list != nullptr);
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificate_.get()));
  X509_CRL_set1_lastUpdate(list.get(), X509_get0_notBefore(certificate_.get()));
  X509_CRL_set1_nextUpdate(list.get(), X509_get0_notAfter(certificate_.get()));
  must(X509_CRL_sign(list.get(), key_.get(), EVP_sha256()) > 0);
  return written([&](BIO* out) { return PEM_write_bio_X509_CRL(out, list.get()); });
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
  add_extension(certificate.get(), certificate_.get(), NID_subject_alt_name, subject);
  must(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0);
  return make_server(certificate.get(), key.get());
}

TlsContext self_signed_server() {
  const Key key = make_key();
  const Certificate certificate = make_certificate("server", 2, 3600, key.get(), nullptr);
  add_extension(certificate.get(), nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  must(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  return make_server(certificate.get(), key.get());
}

void send_too(SSL_CTX* server, const TestCa& ca) {
  must(SSL_CTX_add1_chain_cert(server, ca.certificate()) == 1);
}

}  // namespace pruuv::http::testing
