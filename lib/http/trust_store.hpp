#pragma once

#include <memory>
#include <string>

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

#include "http/certificate_index.hpp"

namespace pruuv::http {

// The authorities of a PEM file, for all connections of a client. It proposes certificates by their
// subject, and OpenSSL decides as ever. It must outlive the connections. For one thread.
class TrustStore {
 public:
  // Null where libcurl has to read the file itself (CURLOPT_CAINFO), and to say what is wrong with
  // it: it holds something CertificateIndex does not read, or libcurl's TLS is not the OpenSSL we
  // are linked to.
  static std::unique_ptr<TrustStore> open(const std::string& path);

  TrustStore(const TrustStore&) = delete;
  TrustStore& operator=(const TrustStore&) = delete;
  ~TrustStore() = default;

  // CURLOPT_SSL_CTX_FUNCTION, with the store as its data: the connection gets the store, and the
  // store the rules of checking that libcurl set for the connection, if it did before. libcurl 7.88
  // does after, on the store it then finds there: on ours.
  static CURLcode give_to_connection(CURL* handle, void* tls_context, void* self);

 private:
  explicit TrustStore(CertificateIndex certificates);
  // X509_LOOKUP_get_by_subject_fn.
  static int propose(X509_LOOKUP* lookup, X509_LOOKUP_TYPE type, const X509_NAME* subject,
                     X509_OBJECT* found);

  CertificateIndex certificates_;
  std::unique_ptr<X509_LOOKUP_METHOD, decltype(&X509_LOOKUP_meth_free)> method_;
  std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)>
      store_;  // goes first: it calls the method
};

}  // namespace pruuv::http
