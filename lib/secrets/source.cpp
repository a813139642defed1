#include "secrets/source.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"
#include "secrets/file_source.hpp"

namespace pruuv::secrets {
namespace {

Result<Secret> read_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    return fail(ErrorKind::config,
                fmt::format("read the secret env:{}: the variable is not set", name),
                "set it in the environment of the user that runs pruuv-send");
  }
  return Secret(value);
}

Result<Secret> read_credential(const std::string& name) {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr || *folder != '/') {
    return fail(ErrorKind::config,
                fmt::format("read the secret cred:{}: systemd gave no credentials", name),
                fmt::format("add LoadCredential={}:/path to the unit; by hand, set "
                            "CREDENTIALS_DIRECTORY to the folder of the file",
                            name));
  }
  return read_file(fmt::format("{}/{}", folder, name));
}

Result<Secret> read_whole(const Reference& reference) {
  switch (reference.scheme) {
    case Scheme::env:
      return read_variable(reference.name);
    case Scheme::file:
      return read_file(reference.name);
    case Scheme::cred:
      return read_credential(reference.name);
    default:
      return fail(ErrorKind::bug, "read a secret: its scheme is not one of this machine");
  }
}

// The white space of JSON may stand inside, for a credential that is a JSON object.
bool has_forbidden_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x7f || (byte < 0x20 && c != '\t' && c != '\n' && c != '\r');
  });
}

}  // namespace

Result<Secret> tidy(const Secret& whole, const std::string& name) {
  const std::string_view text = trim(whole.reveal());
  if (text.empty()) {
    return fail(ErrorKind::config,
                fmt::format("read the secret {}: there is nothing in it", printable(name)));
  }
  if (has_forbidden_character(text)) {
    return fail(ErrorKind::config,
                fmt::format("read the secret {}: it holds a control character", printable(name)),
                "write it again as plain text");
  }
  return Secret(std::string(text));
}

Result<Secret> read(const Reference& reference) {
  PRUUV_TRY_ASSIGN(const Secret whole, read_whole(reference));
  return tidy(whole, reference.text);
}

}  // namespace pruuv::secrets
