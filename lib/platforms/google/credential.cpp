#include "platforms/google/credential.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/rsa.hpp"
#include "base/text.hpp"

namespace pruuv::platforms::google {
namespace {

constexpr const char* hint =
    "store {\"client_id\": ..., \"client_secret\": ..., \"refresh_token\": ...}, or the key file "
    "of a service account as it was downloaded";

Secret optional_member(const json::Value& root, std::string_view key) {
  return Secret(std::string(trim(root[key].text().value_or(""))));
}

Result<Secret> member(const json::Value& root, std::string_view key) {
  Secret out = optional_member(root, key);
  if (out.empty())
    return fail(ErrorKind::config, fmt::format("parse credential: no {}", key), hint);
  return out;
}

// It goes into a header, where a line break would begin another one.
Result<Secret> header_member(const json::Value& root, std::string_view key) {
  Secret out = optional_member(root, key);
  const bool fits = std::ranges::all_of(out.reveal(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (fits) return out;
  return fail(
      ErrorKind::config,
      fmt::format("parse credential: {} holds white space, control characters or non-ASCII", key),
      hint);
}

Result<void> read_service_account(const json::Value& root, Credential& out) {
  PRUUV_TRY_ASSIGN(out.service_account_email, member(root, "client_email"));
  PRUUV_TRY_ASSIGN(out.private_key, member(root, "private_key"));
  out.private_key_id = optional_member(root, "private_key_id");
  auto checked = check_rsa_private_key(out.private_key);
  if (!checked) return Unexpected(std::move(checked).error().during("parse credential"));
  return {};
}

Result<void> read_user(const json::Value& root, Credential& out) {
  PRUUV_TRY_ASSIGN(out.client_id, member(root, "client_id"));
  PRUUV_TRY_ASSIGN(out.client_secret, member(root, "client_secret"));
  PRUUV_TRY_ASSIGN(out.refresh_token, member(root, "refresh_token"));
  return {};
}

}  // namespace

Result<Credential> parse_credential(const Secret& text) {
  const auto document = json::parse(text.reveal());
  if (!document || !document->root().is_object()) {
    return fail(ErrorKind::config, "parse credential: not a JSON object", hint);
  }
  const json::Value root = document->root();
  const bool is_service_account = root["type"].text() == "service_account" ||
                                  (root["private_key"].exists() && !root["refresh_token"].exists());
  Credential out;
  PRUUV_TRY(is_service_account ? read_service_account(root, out) : read_user(root, out));
  PRUUV_TRY_ASSIGN(out.developer_token, header_member(root, "developer_token"));
  return out;
}

}  // namespace pruuv::platforms::google
