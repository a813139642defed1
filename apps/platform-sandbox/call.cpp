#include "call.hpp"

#include <algorithm>

namespace sandbox {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view Call::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const Header& header) {
    return equal_ignoring_case(header.name, name);
  });
  return found == headers.end() ? std::string_view{} : std::string_view{found->value};
}

bool Call::has_content_type(std::string_view media_type) const {
  std::string_view value = header("Content-Type");
  value = value.substr(0, value.find(';'));
  while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
  return equal_ignoring_case(value, media_type);
}

bool Call::has_query_parameter(std::string_view name) const {
  std::string_view rest = query;
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    if (pair.substr(0, pair.find('=')) == name) return true;
    if (end == std::string_view::npos) return false;
    rest.remove_prefix(end + 1);
  }
  return false;
}

std::string_view Call::bearer_token() const {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view value = header("Authorization");
  if (!equal_ignoring_case(value.substr(0, scheme.size()), scheme)) return {};
  return value.substr(scheme.size());
}

}  // namespace sandbox
