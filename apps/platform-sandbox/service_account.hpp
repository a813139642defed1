#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/types.h>

/// A throw-away service account with an RSA key of 2048 bits, for the token endpoint's JWT bearer
/// grant. https://developers.google.com/identity/protocols/oauth2/service-account
namespace sandbox {

class ServiceAccount {
 public:
  /// With a new key. Throws std::runtime_error.
  static ServiceAccount generate();

  /// From the text of a key file; nothing when it is none.
  static std::optional<ServiceAccount> parse(std::string_view key_file);

  /// The key file as Google hands it out: JSON with type, client_email, private_key ...
  [[nodiscard]] std::string key_file() const;

  [[nodiscard]] std::string_view email() const;
  [[nodiscard]] std::string_view key_id() const;

  /// RS256.
  [[nodiscard]] bool has_signed(std::string_view text, std::string_view signature) const;
  [[nodiscard]] std::string sign(std::string_view text) const;

 private:
  explicit ServiceAccount(EVP_PKEY* key);

  std::shared_ptr<EVP_PKEY> key_;
};

/// The one of <directory>/service-account.json (0600), made when there is none. Throws
/// std::runtime_error and std::system_error.
[[nodiscard]] ServiceAccount ensure_service_account(const std::filesystem::path& directory);

/// What is wrong with an assertion, in Google's words: {"error", "error_description"}.
struct AssertionFault {
  std::string_view error;
  std::string description;
};

struct Assertion {
  std::optional<AssertionFault> fault;
  std::string scope;  ///< as asked for; empty when there is a fault
};

/// Reads header.claims.signature and verifies all of it. `audience` is this token endpoint; a clock
/// that is five minutes off is forgiven.
[[nodiscard]] Assertion read_assertion(std::string_view text, const ServiceAccount& account,
                                       std::string_view audience, std::int64_t now);

}  // namespace sandbox
