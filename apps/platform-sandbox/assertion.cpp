#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rules.hpp"
#include "service_account.hpp"
#include "token_book.hpp"

namespace sandbox {
namespace {

constexpr std::int64_t longest_life = 3'600;
constexpr std::int64_t forgiven_skew = 300;
constexpr std::string_view timeframe =
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim.";

/// The bytes of base64url without padding; nothing when it is none.
std::optional<std::string> decoded(std::string_view text) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = digits.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U | static_cast<unsigned>(value)) & 0xFFFFU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU);
  }
  return out;
}

/// A part of the assertion as JSON; null when it is none.
rapidjson::Document parsed(std::string_view part) {
  rapidjson::Document document;
  const auto text = decoded(part);
  if (text) document.Parse<rapidjson::kParseIterativeFlag>(text->data(), text->size());
  if (!text || document.HasParseError()) document.SetNull();
  return document;
}

Assertion refused(std::string_view error, std::string_view description) {
  return {AssertionFault{error, std::string(description)}, {}};
}

bool is_known(std::string_view scope) {
  return scope == adwords_scope || scope == data_manager_scope ||
         scope == fmt::format("{} {}", adwords_scope, data_manager_scope);
}

bool has_right_times(const Json& claims, std::int64_t now) {
  const Json* iat = find(claims, "iat");
  const Json* exp = find(claims, "exp");
  if (iat == nullptr || exp == nullptr || !iat->IsInt64() || !exp->IsInt64()) return false;
  const std::int64_t life = exp->GetInt64() - iat->GetInt64();
  return life > 0 && life <= longest_life && iat->GetInt64() <= now + forgiven_skew &&
         exp->GetInt64() > now - forgiven_skew;
}

}  // namespace

Assertion read_assertion(std::string_view text, const ServiceAccount& account,
                         std::string_view audience, std::int64_t now) {
  const std::size_t first = text.find('.');
  const std::size_t last = text.rfind('.');
  if (first == std::string_view::npos || first == last) {
    return refused("invalid_grant", "Invalid JWT: Failed to decode.");
  }
  const rapidjson::Document header = parsed(text.substr(0, first));
  const rapidjson::Document claims = parsed(text.substr(first + 1, last - first - 1));
  const auto signature = decoded(text.substr(last + 1));
  if (find_text(header, "alg") != "RS256" || find_text(header, "typ") != "JWT" ||
      !claims.IsObject() || !signature) {
    return refused("invalid_grant", "Invalid JWT: Failed to decode.");
  }
  if (find_text(claims, "iss") != account.email()) {
    return refused("invalid_grant", "Invalid grant: account not found");
  }
  const std::string_view key_id = find_text(header, "kid");
  const bool is_this_key = key_id.empty() || key_id == account.key_id();
  if (!is_this_key || !account.has_signed(text.substr(0, last), *signature)) {
    return refused("invalid_grant", "Invalid JWT Signature.");
  }
  if (find_text(claims, "aud") != audience) {
    return refused(
        "invalid_grant",
        fmt::format("Invalid JWT: Failed audience check. The right audience is {}", audience));
  }
  if (!has_right_times(claims, now)) return refused("invalid_grant", timeframe);
  const std::string_view scope = find_text(claims, "scope");
  if (!is_known(scope)) {
    return refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
  }
  for (const auto& claim : claims.GetObject()) {
    constexpr std::array<std::string_view, 5> known{"iss", "scope", "aud", "iat", "exp"};
    if (std::find(known.begin(), known.end(), text_of(claim.name)) != known.end()) continue;
    return refused("invalid_grant", "sandbox: a claim that is not needed");
  }
  return {std::nullopt, std::string(scope)};
}

}  // namespace sandbox
