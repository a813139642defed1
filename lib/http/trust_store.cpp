#include "http/trust_store.hpp"

#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>

#include "base/check.hpp"

namespace pruuv::http {
namespace {

// Only then are the TLS contexts that libcurl hands out ours to touch.
bool libcurl_has_our_openssl() {
  const char* theirs = curl_version_info(CURLVERSION_NOW)->ssl_version;
  const char* ours = OpenSSL_version(OPENSSL_VERSION_STRING);
  return theirs != nullptr && fmt::format("OpenSSL/{}", ours) == theirs;
}

}  // namespace

std::unique_ptr<TrustStore> TrustStore::open(const std::string& path) {
  if (!libcurl_has_our_openssl()) return nullptr;
  std::optional<CertificateIndex> certificates = CertificateIndex::read(path);
  if (!certificates) return nullptr;
  return std::unique_ptr<TrustStore>(new TrustStore(std::move(*certificates)));
}

TrustStore::TrustStore(CertificateIndex certificates)
    : certificates_(std::move(certificates)),
      method_(X509_LOOKUP_meth_new("certificates by subject"), &X509_LOOKUP_meth_free),
      store_(X509_STORE_new(), &X509_STORE_free) {
  PRUUV_CHECK(method_ != nullptr && store_ != nullptr, "no memory for a store of certificates");
  X509_LOOKUP_meth_set_get_by_subject(method_.get(), &TrustStore::propose);
  X509_LOOKUP* lookup = X509_STORE_add_lookup(store_.get(), method_.get());
  PRUUV_CHECK(lookup != nullptr && X509_LOOKUP_set_method_data(lookup, this) == 1,
              "no memory for a store of certificates");
}

CURLcode TrustStore::give_to_connection(CURL* /*handle*/, void* tls_context, void* self) {
  auto* context = static_cast<SSL_CTX*>(tls_context);
  X509_STORE* store = static_cast<TrustStore*>(self)->store_.get();
  const X509_VERIFY_PARAM* rules = X509_STORE_get0_param(SSL_CTX_get_cert_store(context));
  if (X509_STORE_set1_param(store, rules) != 1) return CURLE_OUT_OF_MEMORY;
  SSL_CTX_set1_cert_store(context, store);
  return CURLE_OK;
}

// All that fit go into the store, which keeps them and picks the issuer among them; the first is
// handed out as well. The store asks no more for a subject of which it has a certificate.
int TrustStore::propose(X509_LOOKUP* lookup, X509_LOOKUP_TYPE type, const X509_NAME* subject,
                        X509_OBJECT* found) {
  if (type != X509_LU_X509) return 0;
  const auto* self = static_cast<const TrustStore*>(X509_LOOKUP_get_method_data(lookup));
  const std::vector<Certificate> fitting = self->certificates_.with_subject(subject);
  if (fitting.empty()) return 0;
  for (const Certificate& certificate : fitting)
    if (X509_STORE_add_cert(self->store_.get(), certificate.get()) != 1) return 0;
  if (X509_OBJECT_set1_X509(found, fitting.front().get()) != 1) return 0;
  // X509_STORE_CTX_get_by_subject() takes a reference of its own and never gives back the one just
  // taken (X509_LOOKUP_meth_new(3)); the store holds the certificate.
  X509_free(fitting.front().get());
  return 1;
}

}  // namespace pruuv::http
