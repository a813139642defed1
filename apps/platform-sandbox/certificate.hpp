#pragma once

#include <filesystem>

namespace sandbox {

struct CertificateFiles {
  std::filesystem::path ca;      ///< ca.pem, 0644: what a client must trust
  std::filesystem::path server;  ///< server.pem, 0600: the server's certificate and its key
};

/// A throw-away authority and a certificate of it for 127.0.0.1 and localhost, both EC P-256 and
/// valid for a year, in `directory`. Files that are there and good for another day are used again.
/// The authority's key is never written, so nothing else can ever be signed with it.
/// Throws std::runtime_error or std::system_error.
[[nodiscard]] CertificateFiles ensure_certificate(const std::filesystem::path& directory);

}  // namespace sandbox
