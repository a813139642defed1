#include "config/secret_stores.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace pruuv::config {
namespace {

Result<std::vector<std::string>> read_addresses(const Reader& reader, const std::string& text) {
  std::vector<std::string> addresses;
  if (text.empty()) return addresses;
  for (const std::string_view part : split(text, ',')) {
    const std::string_view address = trim(part);
    if (address.empty())
      return reader.refuse("vault-addr", "an address between its commas is empty");
    PRUUV_TRY_ASSIGN(std::string base, reader.base_url(std::string(address), "vault-addr"));
    addresses.push_back(std::move(base));
  }
  return addresses;
}

// A path below auth/: "approle", "team/approle".
Result<std::string> read_mount(const Reader& reader, const std::string& text,
                               const std::string& if_not_set) {
  if (text.empty()) return if_not_set;
  const auto parts = split(text, '/');
  const auto is_name = [](std::string_view part) {
    return !part.empty() && !part.starts_with('.') && std::ranges::all_of(part, [](char c) {
      return is_ascii_alpha(c) || is_ascii_digit(c) || c == '-' || c == '_' || c == '.';
    });
  };
  if (std::ranges::all_of(parts, is_name)) return text;
  return reader.refuse("vault-auth-mount", "it is not a path such as approle or team/approle",
                       "write what stands behind auth/, without a slash at either end");
}

Result<void> check_one_login(const Reader& reader, const VaultTexts& t) {
  const bool has_approle = !t.role_id.empty() || !t.secret_id_file.empty();
  const bool has_jwt = !t.jwt_role.empty() || !t.jwt_file.empty();
  constexpr const char* one_way = "log in with AppRole, a JWT or a token: one of them";
  if (!t.role_id.empty() && t.secret_id_file.empty())
    return reader.refuse("vault-role-id", "there is no vault-secret-id-file to go with it");
  if (t.role_id.empty() && !t.secret_id_file.empty())
    return reader.refuse("vault-secret-id-file", "there is no vault-role-id to go with it");
  if (t.secret_id_wrapped == "true" && t.secret_id_file.empty()) {
    return reader.refuse("vault-secret-id-wrapped",
                         "there is no vault-secret-id-file to go with it");
  }
  if (!t.jwt_role.empty() && t.jwt_file.empty())
    return reader.refuse("vault-jwt-role", "there is no vault-jwt-file to go with it");
  if (has_approle && has_jwt)
    return reader.refuse("vault-jwt-file", "vault-role-id is set, too", one_way);
  if (!t.token_file.empty() && (has_approle || has_jwt)) {
    return reader.refuse("vault-token-file", "another way to log in is set, too", one_way);
  }
  return {};
}

}  // namespace

Result<VaultSettings> read_vault(const Reader& reader, const VaultTexts& texts) {
  VaultSettings vault;
  PRUUV_TRY_ASSIGN(vault.addresses, read_addresses(reader, texts.addr));
  PRUUV_TRY_ASSIGN(vault.name_space, reader.without_controls(texts.name_space, "vault-namespace"));
  PRUUV_TRY_ASSIGN(vault.ca_file, reader.absolute_path(texts.cacert, "vault-cacert"));
  PRUUV_TRY_ASSIGN(vault.token_file, reader.absolute_path(texts.token_file, "vault-token-file"));
  PRUUV_TRY_ASSIGN(vault.role_id, reader.without_controls(texts.role_id, "vault-role-id"));
  PRUUV_TRY_ASSIGN(vault.secret_id_file,
                   reader.absolute_path(texts.secret_id_file, "vault-secret-id-file"));
  PRUUV_TRY_ASSIGN(vault.secret_id_wrapped,
                   reader.yes_no(texts.secret_id_wrapped, "vault-secret-id-wrapped"));
  PRUUV_TRY_ASSIGN(vault.jwt_role, reader.without_controls(texts.jwt_role, "vault-jwt-role"));
  PRUUV_TRY_ASSIGN(vault.jwt_file, reader.absolute_path(texts.jwt_file, "vault-jwt-file"));
  PRUUV_TRY_ASSIGN(vault.auth_mount, read_mount(reader, texts.auth_mount,
                                                texts.jwt_file.empty() ? "approle" : "jwt"));
  PRUUV_TRY(check_one_login(reader, texts));
  return vault;
}

Result<SupabaseSettings> read_supabase(const Reader& reader, const SupabaseTexts& texts) {
  SupabaseSettings supabase;
  PRUUV_TRY_ASSIGN(supabase.url, reader.base_url(texts.url, "supabase-url"));
  PRUUV_TRY_ASSIGN(supabase.key_file, reader.absolute_path(texts.key_file, "supabase-key-file"));
  PRUUV_TRY_ASSIGN(supabase.rpc, reader.word(texts.rpc, "supabase-rpc", supabase.rpc));
  PRUUV_TRY_ASSIGN(supabase.parameter,
                   reader.word(texts.parameter, "supabase-parameter", supabase.parameter));
  return supabase;
}

}  // namespace pruuv::config
