#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

inline constexpr std::string_view adwords_scope = "https://www.googleapis.com/auth/adwords";
inline constexpr std::string_view data_manager_scope =
    "https://www.googleapis.com/auth/datamanager";
inline constexpr std::int64_t access_token_lifetime = 3'599;

/// The access tokens the token endpoint handed out, `ya29.sandbox-<n>`, and what each may be used
/// for. Safe to use from several threads.
class TokenBook {
 public:
  enum class Check { good, unknown, expired, scope_missing };

  /// A new access token; `scopes` is a space-separated list.
  std::string issue(std::string scopes, std::int64_t now);

  [[nodiscard]] Check check(std::string_view token, std::string_view scope, std::int64_t now) const;

 private:
  struct Issued {
    std::string scopes;
    std::int64_t expires_at;
  };

  mutable std::mutex mutex_;
  std::vector<Issued> issued_;  ///< token n is element n - 1
};

}  // namespace sandbox
