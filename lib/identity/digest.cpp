#include "identity/digest.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace pruuv::identity {
namespace {

bool is_base64url(char c) { return is_ascii_alpha(c) || is_ascii_digit(c) || c == '-' || c == '_'; }

}  // namespace

std::string_view without_appendix(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos) return text;
  const std::string_view appendix = text.substr(dot + 1);
  const bool fits = (appendix.size() == 2 || appendix.size() == 8) &&
                    is_ascii_alpha(appendix.front()) &&
                    std::all_of(appendix.begin(), appendix.end(), is_base64url);
  return fits ? text.substr(0, dot) : text;
}

std::optional<std::string> read_digest(std::string_view raw) {
  const std::string_view text = without_appendix(trim(raw));
  if (!is_sha256_hex(text)) return std::nullopt;
  return ascii_lower(text);
}

}  // namespace pruuv::identity
