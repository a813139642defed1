#include "token_book.hpp"

#include <charconv>

#include <fmt/format.h>

namespace sandbox {
namespace {

constexpr std::string_view token_prefix = "ya29.sandbox-";

}  // namespace

std::string TokenBook::issue(std::string scopes, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  issued_.push_back({std::move(scopes), now + access_token_lifetime});
  return fmt::format("{}{}", token_prefix, issued_.size());
}

TokenBook::Check TokenBook::check(std::string_view token, std::string_view scope,
                                  std::int64_t now) const {
  if (!token.starts_with(token_prefix)) return Check::unknown;
  token.remove_prefix(token_prefix.size());
  std::size_t number = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, number);
  const std::lock_guard lock(mutex_);
  if (error != std::errc{} || stop != end || number == 0 || number > issued_.size()) {
    return Check::unknown;
  }
  const Issued& issued = issued_[number - 1];
  if (now >= issued.expires_at) return Check::expired;
  return issued.scopes.find(scope) == std::string::npos ? Check::scope_missing : Check::good;
}

}  // namespace sandbox
