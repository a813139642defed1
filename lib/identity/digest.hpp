#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pruuv::identity {

// Without the appendix that Meta's parameter builder puts behind values it captured: a dot and 2 or
// 8 base64url characters, "BA" or "AQQAAQMC". Its first byte is a format number below
// 16, so it always begins with a letter; a decimal octet of an address never does.
[[nodiscard]] std::string_view without_appendix(std::string_view text);

// The digest in lower case, if the value, trimmed and without an appendix, is a SHA-256 in
// hexadecimal.
[[nodiscard]] std::optional<std::string> read_digest(std::string_view raw);

}  // namespace pruuv::identity
