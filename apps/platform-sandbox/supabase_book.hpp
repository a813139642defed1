#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace sandbox {

inline constexpr std::string_view service_role_key = "sandbox-service-role";

/// The secrets of a played Supabase project, and the one function that reads them. Safe to use from
/// several threads.
class SupabaseBook {
 public:
  SupabaseBook();

  /// True when this function exists, with a parameter of this name and no other.
  [[nodiscard]] bool has_function(std::string_view name, std::string_view parameter) const;

  /// A secret as JSON, `null` for a name that is not there. Counted with `executed` only.
  [[nodiscard]] std::string read(std::string_view name, bool executed);

  /// Carries out {"put":{"name","value"}}, {"remove":"name"} or {"function":{"name","parameter"}};
  /// what is wrong with it, or nothing.
  [[nodiscard]] std::optional<std::string> order(std::string_view json);

  /// {"reads","missing_reads"}
  [[nodiscard]] std::string told() const;
  void reset();

 private:
  mutable std::mutex mutex_;
  std::string function_;
  std::string parameter_;
  std::map<std::string, std::string, std::less<>> secrets_;  ///< JSON, by name
  std::uint64_t reads_ = 0;
  std::uint64_t missing_reads_ = 0;
};

}  // namespace sandbox
