#include "secrets/secret_text.hpp"

#include <algorithm>
#include <string_view>

#include "base/text.hpp"

namespace pruuv::secrets {
namespace {

bool is_forbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 || byte == 0x7f) && c != '\t' && c != '\n' && c != '\r';
}

}  // namespace

Result<Secret> take_secret(const Secret& whole, const std::string& doing) {
  const std::string_view text = trim(whole.reveal());
  if (text.empty()) return fail(ErrorKind::config, doing + ": there is nothing in it");
  if (std::ranges::any_of(text, is_forbidden)) {
    return fail(ErrorKind::config, doing + ": it holds a control character",
                "write it again as plain text");
  }
  return Secret(std::string(text));
}

}  // namespace pruuv::secrets
