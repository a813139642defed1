#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace sandbox {

/// Names and values of a form or a query string, decoded.
using Form = std::multimap<std::string, std::string, std::less<>>;

/// application/x-www-form-urlencoded; a pair without '=' is passed over.
[[nodiscard]] Form read_form(std::string_view text);

}  // namespace sandbox
