#include "platforms/credential.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"

namespace pruuv::platforms {
namespace {

constexpr const char* hint = R"(store the bare token, or {"access_token": "..."})";

// A token goes into a header: a line break in it would begin another one.
Result<Secret> parse_part(std::string_view text, const std::string& name) {
  text = trim(text);
  if (text.empty()) return fail(ErrorKind::config, "read credential: " + name + " is empty", hint);
  const bool is_printable = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!is_printable) {
    return fail(ErrorKind::config,
                "read credential: " + name + " holds white space, control characters or non-ASCII",
                hint);
  }
  return Secret(std::string(text));
}

}  // namespace

Result<Credential> parse_token_credential(const Secret& text) {
  Credential credential;
  const std::string_view whole = trim(text.reveal());
  if (!whole.starts_with('{')) {
    PRUUV_TRY_ASSIGN(credential.access_token, parse_part(whole, "the token"));
    return credential;
  }
  auto document = json::parse(whole);
  if (!document) return Unexpected(std::move(document).error().during("read credential"));
  const json::Value root = document->root();
  PRUUV_TRY_ASSIGN(credential.access_token,
                   parse_part(root["access_token"].text().value_or(""), "access_token"));
  if (root["app_secret"].exists()) {
    PRUUV_TRY_ASSIGN(credential.app_secret,
                     parse_part(root["app_secret"].text().value_or(""), "app_secret"));
  }
  return credential;
}

}  // namespace pruuv::platforms
