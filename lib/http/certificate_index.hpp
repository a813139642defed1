#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <openssl/x509.h>

namespace pruuv::http {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

// The certificates of a PEM file, found by subject. To decode one costs about 0.1 ms, mostly for
// its key, and a system's list has 150, of which a run needs two: here only those are decoded that
// are asked for.
class CertificateIndex {
 public:
  // None where the file cannot be read, has no certificate, or has an entry that is anything but a
  // plain one (RFC 7468, 5.1; DER, RFC 5280, 4.1). Text between the entries is passed over. What
  // lies deep in a certificate that nobody asks for may be damaged unseen.
  static std::optional<CertificateIndex> read(const std::string& path);

  // In the order of the file. Several have the same subject where an authority renewed its
  // certificate, or has one signed by another. One that cannot be decoded is left out.
  [[nodiscard]] std::vector<Certificate> with_subject(const X509_NAME* subject) const;

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    unsigned long subject_hash;  // of the form in which OpenSSL compares names
    std::size_t begin;           // in der_
    std::size_t bytes;
  };

  bool add(std::span<const unsigned char> der);

  std::vector<unsigned char> der_;
  std::vector<Entry> entries_;
};

}  // namespace pruuv::http
