#include "certificate.hpp"

#include <cstdio>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "files.hpp"

namespace sandbox {
namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using Memory = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using File = std::unique_ptr<std::FILE, Deleter<std::fclose>>;

constexpr long one_hour = 3'600;
constexpr long one_day = 24 * one_hour;
constexpr long one_year = 365 * one_day;

[[noreturn]] void fail(const std::string& what) {
  char text[256];
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  throw std::runtime_error("making the certificate: " + what + ": " + text);
}

void require(bool good, const char* what) {
  if (!good) fail(what);
}

Key new_key() {
  Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "EC key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, value);
}

/// A certificate with everything but extensions and signature.
Certificate new_certificate(const char* common_name, EVP_PKEY* key) {
  Certificate certificate(X509_new());
  require(certificate != nullptr, "X509");
  unsigned char serial[16];
  require(RAND_bytes(serial, sizeof serial) == 1, "serial number");
  serial[0] = static_cast<unsigned char>((serial[0] & 0x3F) | 0x40);  // positive, full length
  const std::unique_ptr<BIGNUM, Deleter<BN_free>> number(BN_bin2bn(serial, sizeof serial, nullptr));
  require(number != nullptr &&
              BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr,
          "serial number");
  X509_set_version(certificate.get(), X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -one_hour);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), one_year);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                     reinterpret_cast<const unsigned char*>(common_name), -1, -1,
                                     0) == 1,
          "subject");
  require(X509_set_pubkey(certificate.get(), key) == 1, "public key");
  return certificate;
}

Certificate new_authority(EVP_PKEY* key) {
  Certificate authority = new_certificate("platform-sandbox throw-away CA", key);
  X509* raw = authority.get();
  X509_set_issuer_name(raw, X509_get_subject_name(raw));
  add_extension(raw, raw, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(raw, raw, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(raw, raw, NID_subject_key_identifier, "hash");
  require(X509_sign(raw, key, EVP_sha256()) > 0, "signature");
  return authority;
}

Certificate new_server_certificate(EVP_PKEY* key, X509* authority, EVP_PKEY* authority_key) {
  Certificate certificate = new_certificate("platform-sandbox", key);
  X509* raw = certificate.get();
  X509_set_issuer_name(raw, X509_get_subject_name(authority));
  add_extension(raw, authority, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(raw, authority, NID_key_usage, "critical,digitalSignature");
  add_extension(raw, authority, NID_ext_key_usage, "serverAuth");
  add_extension(raw, authority, NID_subject_key_identifier, "hash");
  add_extension(raw, authority, NID_authority_key_identifier, "keyid:always");
  add_extension(raw, authority, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
  require(X509_sign(raw, authority_key, EVP_sha256()) > 0, "signature");
  return certificate;
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

Certificate read_certificate(const std::filesystem::path& path) {
  const File file(std::fopen(path.c_str(), "r"));
  return Certificate(file ? PEM_read_X509(file.get(), nullptr, nullptr, nullptr) : nullptr);
}

Key read_key(const std::filesystem::path& path) {
  const File file(std::fopen(path.c_str(), "r"));
  return Key(file ? PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr) : nullptr);
}

/// True when the files belong together and will for another day.
bool are_usable(const CertificateFiles& files) {
  const Certificate authority = read_certificate(files.ca);
  const Certificate server = read_certificate(files.server);
  const Key key = read_key(files.server);
  std::time_t tomorrow = std::time(nullptr) + one_day;
  const bool usable = authority && server && key &&
                      X509_check_private_key(server.get(), key.get()) == 1 &&
                      X509_verify(server.get(), X509_get0_pubkey(authority.get())) == 1 &&
                      X509_cmp_time(X509_get0_notAfter(server.get()), &tomorrow) > 0 &&
                      X509_cmp_time(X509_get0_notAfter(authority.get()), &tomorrow) > 0;
  ERR_clear_error();
  return usable;
}

}  // namespace

CertificateFiles ensure_certificate(const std::filesystem::path& directory) {
  CertificateFiles files{directory / "ca.pem", directory / "server.pem"};
  if (are_usable(files)) return files;

  const Key authority_key = new_key();
  const Certificate authority = new_authority(authority_key.get());
  const Key server_key = new_key();
  const Certificate server =
      new_server_certificate(server_key.get(), authority.get(), authority_key.get());

  const Memory ca_text(BIO_new(BIO_s_mem()));
  const Memory server_text(BIO_new(BIO_s_mem()));
  require(ca_text && PEM_write_bio_X509(ca_text.get(), authority.get()) == 1, "PEM");
  require(server_text && PEM_write_bio_X509(server_text.get(), server.get()) == 1 &&
              PEM_write_bio_PrivateKey(server_text.get(), server_key.get(), nullptr, nullptr, 0,
                                       nullptr, nullptr) == 1,
          "PEM");
  write_file(files.server, text_of(server_text.get()), 0600);
  write_file(files.ca, text_of(ca_text.get()), 0644);
  return files;
}

}  // namespace sandbox
