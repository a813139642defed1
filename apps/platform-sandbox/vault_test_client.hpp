#pragma once

#include <string>
#include <string_view>

#include "rules_test.hpp"
#include "vault_book.hpp"

/// Calls to a played Vault, no socket anywhere.
namespace sandbox::test {

struct VaultClient {
  VaultBook book{now};
  std::int64_t clock = now;
  bool executed = true;
  std::string token;            ///< empty = none is sent
  std::vector<Header> headers;  ///< more of them

  /// `target` is what follows /v1/, with its query. The answer's headers come after its body, a
  /// line each.
  Result ask(std::string_view method, std::string_view target, std::string_view body = "");
  Result get(std::string_view target) { return ask("GET", target); }
  Result post(std::string_view target, std::string_view body) { return ask("POST", target, body); }

  /// Logs in by AppRole and uses the token from then on.
  Result log_in();
  /// Throws when the order is refused.
  std::string order(std::string_view json);
  bool told(std::string_view part) { return book.told(clock).find(part) != std::string::npos; }
};

/// Logged in with the role's rights.
struct VaultReader : VaultClient {
  VaultReader() { log_in(); }
};

/// The body of an answer without the header lines a client puts after it.
[[nodiscard]] std::string json_of(const Result& result);

inline constexpr std::string_view good_login =
    R"({"role_id":"sandbox-role","secret_id":"sandbox-secret-id"})";

/// A text member anywhere in an answer, by the first key of that name; empty when it is not there.
[[nodiscard]] std::string text_in(std::string_view body, std::string_view key);

}  // namespace sandbox::test
