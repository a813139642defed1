#include "base/text.hpp"
#include "identity/identity.hpp"
#include "identity/letter_case.hpp"

namespace pruuv::identity {

std::optional<std::string> normalize_external_id_meta(std::string_view raw) {
  // In this order: white space taken out of broken UTF-8 could leave whole characters behind.
  const auto lower = lower_case(raw);
  if (!lower) return std::nullopt;
  std::string id = without_white_space(*lower);
  if (id.empty()) return std::nullopt;
  return id;
}

std::optional<std::string> normalize_external_id_tiktok(std::string_view raw) {
  const std::string_view id = trim(raw);
  if (id.empty() || !is_valid_utf8(id)) return std::nullopt;
  return std::string(id);
}

}  // namespace pruuv::identity
