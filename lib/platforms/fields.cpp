#include "platforms/fields.hpp"

#include <utility>

#include "base/text.hpp"
#include "identity/identity.hpp"
#include "platforms/page_url.hpp"

namespace pruuv::platforms {

std::string sendable_text(std::string_view raw, std::string_view field,
                          std::vector<Warning>& warnings) {
  if (raw.empty()) return {};
  const std::string_view text = trim(raw);
  if (is_valid_utf8(text)) return std::string(text);
  warnings.push_back({field, Reason::text_not_utf8});
  return {};
}

std::string hashed_field(std::string_view raw, std::string_view field, Normalize normalize,
                         Reason invalid, std::vector<Warning>& warnings) {
  if (raw.empty()) return {};
  const std::string text = sendable_text(raw, field, warnings);
  if (text.empty()) return {};
  auto hashed = identity::hash(is_sha256_hex(text) ? text : normalize(text));
  if (!hashed && invalid != Reason::none) warnings.push_back({field, invalid});
  return std::move(hashed).value_or("");
}

std::string hashed_email(const FunnelEvent& event, identity::EmailRule rule,
                         std::vector<Warning>& warnings) {
  const std::string text = sendable_text(event.email, "email", warnings);
  if (text.empty()) return {};
  auto hashed = identity::hash_email(text, rule);
  if (!hashed) warnings.push_back({"email", Reason::email_invalid});
  return std::move(hashed).value_or("");
}

std::string sendable_ip(const FunnelEvent& event, std::vector<Warning>& warnings) {
  if (trim(event.ip).empty()) return {};
  auto ip = identity::normalize_ip(event.ip);
  if (!ip) warnings.push_back({"ip", Reason::ip_invalid});
  return std::move(ip).value_or("");
}

void warn_of_phone(const FunnelEvent& event, const Phone& phone, std::vector<Warning>& warnings) {
  if (!phone.absent() || trim(event.phone).empty()) return;
  warnings.push_back(
      {"phone", phone.reason == Reason::none ? Reason::phone_invalid : phone.reason});
}

std::string sendable_url(std::string_view raw, std::string_view field,
                         std::vector<Warning>& warnings) {
  if (raw.empty()) return {};
  auto cleaned = clean_url(sendable_text(raw, field, warnings));
  if (!cleaned) return {};
  if (cleaned->parameters_dropped) warnings.push_back({field, Reason::url_parameters_dropped});
  return std::move(cleaned->url);
}

void write_list_of_one(json::Writer& out, std::string_view key, std::string_view only) {
  if (only.empty()) return;
  out.key(key);
  out.begin_array();
  out.text(only);
  out.end_array();
}

}  // namespace pruuv::platforms
