#include "secrets/source.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "secrets/file_source.hpp"

namespace pruuv::secrets {
namespace {

constexpr std::string_view env_scheme = "env:";
constexpr std::string_view file_scheme = "file:";

bool is_variable_name(std::string_view name) {
  return !name.empty() && !is_ascii_digit(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_ascii_alpha(c) || is_ascii_digit(c) || c == '_'; });
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool is_absolute_path(std::string_view path) {
  return path.size() > 1 && path.front() == '/' &&
         std::none_of(path.begin(), path.end(), is_control);
}

Result<Secret> read_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    return fail(ErrorKind::config,
                fmt::format("read the secret env:{}: the variable is not set", name),
                "set it in the environment of the user that runs pruuv-send");
  }
  return Secret(value);
}

// The white space of JSON may stand inside, for a credential that is a JSON object.
bool has_forbidden_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return is_control(c) && c != '\t' && c != '\n' && c != '\r'; });
}

}  // namespace

Result<void> check_reference(const std::string& reference) {
  const std::string_view text(reference);
  if (text.starts_with(env_scheme) && is_variable_name(text.substr(env_scheme.size()))) return {};
  if (text.starts_with(file_scheme) && is_absolute_path(text.substr(file_scheme.size()))) return {};
  return fail(
      ErrorKind::config, "read a secret reference: it is none",
      "write env:NAME for an environment variable or file:/absolute/path for a file of mode 600; "
      "the token itself never stands there");
}

Result<Secret> read(const std::string& reference) {
  PRUUV_TRY(check_reference(reference));
  const bool is_file = reference.starts_with(file_scheme);
  auto whole = is_file ? read_file(reference.substr(file_scheme.size()))
                       : read_variable(reference.substr(env_scheme.size()));
  if (!whole) return whole;
  const std::string_view text = trim(whole->reveal());
  if (text.empty()) {
    return fail(ErrorKind::config,
                fmt::format("read the secret {}: there is nothing in it", printable(reference)));
  }
  if (has_forbidden_character(text)) {
    return fail(
        ErrorKind::config,
        fmt::format("read the secret {}: it holds a control character", printable(reference)),
        "write it again as plain text");
  }
  return Secret(std::string(text));
}

}  // namespace pruuv::secrets
