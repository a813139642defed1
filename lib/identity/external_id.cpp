#include "base/text.hpp"
#include "identity/identity.hpp"
#include "identity/letter_case.hpp"

namespace pruuv::identity {

std::optional<std::string> normalize_external_id_meta(std::string_view raw) {
  auto id = lower_case(without_white_space(raw));
  if (!id || id->empty()) return std::nullopt;
  return id;
}

std::optional<std::string> normalize_external_id_tiktok(std::string_view raw) {
  const std::string_view id = trim(raw);
  if (id.empty() || !is_valid_utf8(id)) return std::nullopt;
  return std::string(id);
}

}  // namespace pruuv::identity
