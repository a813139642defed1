#pragma once

#include <string_view>
#include <vector>

namespace sandbox {

/// The elements of the list under a top-level key, as the very bytes that were sent: a parsed
/// document has lost the spelling of numbers and the order of escapes, and tests compare a resend
/// byte by byte. The text must be valid JSON; no such list gives no elements.
[[nodiscard]] std::vector<std::string_view> list_elements(std::string_view json,
                                                          std::string_view key);

}  // namespace sandbox
