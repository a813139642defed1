#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "testing/testing.hpp"

namespace pruuv::config {
namespace {

Error refused(const std::function<void(Settings&)>& set) {
  Settings settings;
  set(settings);
  const auto config = check(settings);
  REQUIRE_FALSE(config);
  CHECK(config.error().kind == ErrorKind::config);
  CHECK(config.error().message.find("canary") == std::string::npos);
  return config.error();
}

}  // namespace

TEST_CASE("no Vault and no Supabase unless set") {
  const auto config = check(Settings());
  REQUIRE(config);
  CHECK(config->vault.addresses.empty());
  CHECK(config->vault.auth_mount == "approle");
  CHECK_FALSE(config->vault.secret_id_wrapped);
  CHECK(config->supabase.url.empty());
  CHECK(config->supabase.rpc == "read_secret");
  CHECK(config->supabase.parameter == "secret_name");
}

TEST_CASE("Vault by AppRole") {
  Settings settings;
  settings.vault.addr = "https://a.example:8200/, http://127.0.0.1:8200";
  settings.vault.name_space = "team/ads";
  settings.vault.cacert = "/etc/vault.pem";
  settings.vault.role_id = "r1";
  settings.vault.secret_id_file = "/run/secret-id";
  settings.vault.secret_id_wrapped = "true";
  settings.vault.auth_mount = "team/approle";
  const auto config = check(settings);
  REQUIRE(config);
  CHECK(config->vault.addresses ==
        std::vector<std::string>{"https://a.example:8200", "http://127.0.0.1:8200"});
  CHECK(config->vault.name_space == "team/ads");
  CHECK(config->vault.ca_file == "/etc/vault.pem");
  CHECK(config->vault.role_id == "r1");
  CHECK(config->vault.secret_id_file == "/run/secret-id");
  CHECK(config->vault.secret_id_wrapped);
  CHECK(config->vault.auth_mount == "team/approle");
}

TEST_CASE("Vault by JWT, and by a token's file") {
  Settings settings;
  settings.vault.jwt_role = "nightly";
  settings.vault.jwt_file = "/run/jwt";
  auto config = check(settings);
  REQUIRE(config);
  CHECK(config->vault.jwt_role == "nightly");
  CHECK(config->vault.jwt_file == "/run/jwt");
  CHECK(config->vault.auth_mount == "jwt");
  settings.vault = {};
  settings.vault.token_file = "/run/token";
  config = check(settings);
  REQUIRE(config);
  CHECK(config->vault.token_file == "/run/token");
}

TEST_CASE("each address is one that may be sent to") {
  for (const std::string addr : {"http://canary.example", "https://u:canary@a", ",", "https://a,",
                                 "https://a,,https://b", "canary"}) {
    INFO(addr);
    const Error error = refused([&](Settings& s) { s.vault.addr = addr; });
    CHECK(error.message.starts_with("read --vault-addr (PRUUV_VAULT_ADDR): "));
  }
  CHECK(refused([](Settings& s) {
          s.supabase.url = "http://canary.example";
        }).message.starts_with("read --supabase-url "));
}

TEST_CASE("an error says where the setting was set") {
  CHECK(refused([](Settings& s) {
          s.vault.addr = "canary";
          s.places["vault-addr"] = "VAULT_ADDR";
        }).message.starts_with("read --vault-addr (VAULT_ADDR): "));
  CHECK(refused([](Settings& s) {
          s.max_in_flight = "0";
          s.places["max-in-flight"] = "/c.toml, line 3";
        }).message.starts_with("read --max-in-flight (/c.toml, line 3): "));
  CHECK(refused([](Settings& s) {
          s.max_in_flight = "0";
          s.places["max-in-flight"] = "";
        }).message.starts_with("read --max-in-flight: "));
}

TEST_CASE("files are named by absolute paths") {
  using Member = std::string VaultTexts::*;
  const std::vector<std::pair<Member, std::string>> members = {
      {&VaultTexts::cacert, "vault-cacert"},
      {&VaultTexts::token_file, "vault-token-file"},
      {&VaultTexts::secret_id_file, "vault-secret-id-file"},
      {&VaultTexts::jwt_file, "vault-jwt-file"}};
  for (const auto& [member, name] : members) {
    for (const std::string path : {"canary", "./canary", "~/canary", "/a\ncanary"}) {
      INFO(name << " " << path);
      const auto error = refused([&, at = member](Settings& s) { s.vault.*at = path; });
      CHECK(error.message.starts_with("read --" + name + " "));
    }
  }
  CHECK(refused([](Settings& s) {
          s.supabase.key_file = "canary";
        }).message.starts_with("read --supabase-key-file "));
}

TEST_CASE("names and words") {
  for (const std::string text : {"team\ncanary",
                                 "\x7f"
                                 "canary",
                                 "\xff"
                                 "canary"}) {
    CHECK(refused([&](Settings& s) {
            s.vault.name_space = text;
          }).message.starts_with("read --vault-namespace "));
    CHECK(refused([&](Settings& s) {
            s.vault.role_id = text;
            s.vault.secret_id_file = "/x";
          }).message.starts_with("read --vault-role-id "));
  }
  for (const std::string text : {"a-b", "a b", "a/b", "\xc3\xa4"}) {
    CHECK(refused([&](Settings& s) {
            s.supabase.rpc = text;
          }).message.starts_with("read --supabase-rpc "));
    CHECK(refused([&](Settings& s) {
            s.supabase.parameter = text;
          }).message.starts_with("read --supabase-parameter "));
  }
  for (const std::string text : {"/approle", "approle/", "a//b", "../sys", "a b", "a?b"}) {
    CHECK(refused([&](Settings& s) {
            s.vault.auth_mount = text;
          }).message.starts_with("read --vault-auth-mount "));
  }
  for (const std::string text : {"yes", "1", "TRUE"}) {
    CHECK(refused([&](Settings& s) {
            s.vault.secret_id_wrapped = text;
          }).message.starts_with("read --vault-secret-id-wrapped "));
  }
}

TEST_CASE("half a way to log in, or two, are refused") {
  const auto message = [](const VaultTexts& texts) {
    return refused([&](Settings& s) { s.vault = texts; }).message;
  };
  VaultTexts role;
  role.role_id = "r";
  CHECK(message(role).ends_with("there is no vault-secret-id-file to go with it"));
  VaultTexts secret_id;
  secret_id.secret_id_file = "/s";
  CHECK(message(secret_id).ends_with("there is no vault-role-id to go with it"));
  VaultTexts wrapped;
  wrapped.secret_id_wrapped = "true";
  CHECK(message(wrapped).ends_with("there is no vault-secret-id-file to go with it"));
  VaultTexts jwt_role;
  jwt_role.jwt_role = "r";
  CHECK(message(jwt_role).ends_with("there is no vault-jwt-file to go with it"));
  VaultTexts both;
  both.role_id = "r";
  both.secret_id_file = "/s";
  both.jwt_file = "/j";
  CHECK(message(both).ends_with("vault-role-id is set, too"));
  VaultTexts token;
  token.token_file = "/t";
  token.jwt_file = "/j";
  CHECK(message(token).ends_with("another way to log in is set, too"));
}

}  // namespace pruuv::config
