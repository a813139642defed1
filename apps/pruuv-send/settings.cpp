#include "settings.hpp"

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "platforms/platform.hpp"

namespace pruuv::app {
namespace {

using config::Form;
using config::Setting;

// "google_ads-url": the setting google-ads-url.
std::string setting_name(std::string name) {
  for (char& c : name) c = c == '_' ? '-' : c;
  return name;
}

// Where each adapter of the registry sends, and what those of one platform share.
void list_endpoints(config::Settings& settings, std::vector<Setting>& out) {
  for (const platforms::Platform& adapter : platforms::registry()) {
    const std::string name(adapter.name);
    const std::string platform(adapter.platform);
    const platforms::Endpoint& usual = adapter.default_endpoint;
    config::EndpointSettings& endpoint = settings.endpoints[name];
    endpoint.platform = platform;
    endpoint.version_has_decimal = usual.version.find('.') != std::string::npos;
    out.push_back({.name = setting_name(name + "-url"),
                   .help = "base URL",
                   .usual = usual.base_url,
                   .value = &endpoint.url});
    if (!usual.version.empty()) {
      out.push_back({.name = setting_name(name + "-version"),
                     .help = "version of the API",
                     .usual = usual.version,
                     .value = &endpoint.version});
    }
    if (usual.token_url.empty() || settings.platforms.contains(platform)) continue;
    config::PlatformSettings& shared = settings.platforms[platform];
    out.push_back({.name = setting_name(platform + "-token-url"),
                   .help = "token endpoint",
                   .usual = usual.token_url,
                   .value = &shared.token_url});
    if (usual.min_click_age_s == 0) continue;
    out.push_back({.name = setting_name(platform + "-min-click-age"),
                   .help = "younger clicks wait; 0 sends at once",
                   .usual = fmt::format("{}h", usual.min_click_age_s / 3600),
                   .value = &shared.min_click_age});
  }
}

void list_run(config::Settings& s, std::vector<Setting>& out) {
  out.push_back({.name = "max-in-flight",
                 .help = "requests at a time, 1 to 64",
                 .usual = "8",
                 .form = Form::number,
                 .value = &s.max_in_flight});
  out.push_back({.name = "batch-events",
                 .help = "events a request at most; without it the platform's own limit",
                 .form = Form::number,
                 .value = &s.batch_events});
  out.push_back({.name = "request-timeout",
                 .help = "the longest one request may take, 1s to 5m",
                 .usual = "30s",
                 .value = &s.request_timeout});
  out.push_back(
      {.name = "deadline",
       .help = "start no request that could end later than this after the start, such as 2h",
       .value = &s.deadline});
  out.push_back({.name = "wait-lock",
                 .help = "wait this long for another run to end, such as 5m",
                 .usual = "0",
                 .value = &s.wait_lock});
}

void list_vault(config::VaultTexts& vault, std::vector<Setting>& out) {
  out.push_back({.name = "vault-addr",
                 .help = "Vault's address; several of one cluster with commas",
                 .second_variable = "VAULT_ADDR",
                 .value = &vault.addr});
  out.push_back({.name = "vault-namespace",
                 .help = "Vault's namespace, such as team/ads",
                 .second_variable = "VAULT_NAMESPACE",
                 .value = &vault.name_space});
  out.push_back({.name = "vault-cacert",
                 .help = "certificates to trust for Vault (PEM)",
                 .second_variable = "VAULT_CACERT",
                 .value = &vault.cacert});
  out.push_back({.name = "vault-token-file",
                 .help = "file with a token for Vault",
                 .value = &vault.token_file});
  out.push_back(
      {.name = "vault-role-id", .help = "AppRole: the role's id", .value = &vault.role_id});
  out.push_back({.name = "vault-secret-id-file",
                 .help = "AppRole: file with the secret id",
                 .value = &vault.secret_id_file});
  out.push_back({.name = "vault-secret-id-wrapped",
                 .help = "AppRole: the file holds a wrapping token, true or false",
                 .usual = "false",
                 .form = Form::yes_no,
                 .value = &vault.secret_id_wrapped});
  out.push_back(
      {.name = "vault-jwt-role", .help = "JWT: the role to log in with", .value = &vault.jwt_role});
  out.push_back({.name = "vault-jwt-file", .help = "JWT: its file", .value = &vault.jwt_file});
  out.push_back({.name = "vault-auth-mount",
                 .help = "where the way to log in is mounted",
                 .usual = "approle, or jwt",
                 .value = &vault.auth_mount});
}

void list_supabase(config::SupabaseTexts& supabase, std::vector<Setting>& out) {
  const config::SupabaseSettings usual;
  out.push_back(
      {.name = "supabase-url", .help = "the Supabase project's URL", .value = &supabase.url});
  out.push_back({.name = "supabase-key-file",
                 .help = "file with the service role's key",
                 .value = &supabase.key_file});
  out.push_back({.name = "supabase-rpc",
                 .help = "the function that gives a secret",
                 .usual = usual.rpc,
                 .value = &supabase.rpc});
  out.push_back({.name = "supabase-parameter",
                 .help = "the function's parameter",
                 .usual = usual.parameter,
                 .value = &supabase.parameter});
}

std::vector<Setting> list_settings(config::Settings& s) {
  std::vector<Setting> out;
  out.push_back({.name = "store",
                 .help = "the SQLite store",
                 .usual = config::default_store_path(),
                 .value = &s.store});
  out.push_back({.name = "sealing-key-file",
                 .help = "the keys of `sealed:` credentials",
                 .usual = config::default_sealing_key_path(),
                 .value = &s.sealing_key_file});
  out.push_back({.name = "ca-file",
                 .help = "certificates to trust instead of the system's (PEM)",
                 .value = &s.ca_file});
  list_endpoints(s, out);
  list_run(s, out);
  list_vault(s.vault, out);
  list_supabase(s.supabase, out);
  return out;
}

void add_flag(CLI::App& app, Context& context, std::size_t index) {
  Setting& setting = context.known_settings[index];
  std::string variables = config::variable_of(setting.name);
  if (!setting.second_variable.empty()) variables += ", " + setting.second_variable;
  const std::string usual = setting.usual.empty() ? "" : fmt::format(" ({})", setting.usual);
  app.add_option("--" + setting.name, *setting.value, setting.help + usual)
      ->type_name(fmt::format("TEXT (Env:{})", variables))
      ->group("Settings")
      ->each([&context, index](const std::string&) {
        Setting& set = context.known_settings[index];
        set.origin = {config::Origin::Place::flag, "--" + set.name};
      });
}

std::optional<std::string> read_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

}  // namespace

void add_settings(CLI::App& app, Context& context) {
  context.known_settings = list_settings(context.settings);
  for (std::size_t i = 0; i < context.known_settings.size(); ++i) add_flag(app, context, i);
  app.add_option("--config", context.config_path,
                 "configuration file (TOML); its keys are the names of the flags under Settings");
}

Result<void> settle_settings(Context& context) {
  for (const Setting& setting : context.known_settings) {
    if (setting.origin.place == config::Origin::Place::flag && trim(*setting.value).empty()) {
      return fail(ErrorKind::usage, fmt::format("read --{}: its value is empty", setting.name),
                  "leave it out to use the default");
    }
  }
  const std::string& path = context.config_path;
  PRUUV_TRY_ASSIGN(context.config_file,
                   config::read_config_file(path.empty() ? config::default_config_path() : path));
  PRUUV_TRY(config::settle(context.known_settings, read_variable, context.config_file));
  for (const Setting& setting : context.known_settings) {
    const config::Origin& origin = setting.origin;
    if (origin.place == config::Origin::Place::usual) continue;
    const bool is_flag = origin.place == config::Origin::Place::flag;
    context.settings.places[setting.name] = is_flag ? std::string() : origin.where;
  }
  return {};
}

std::vector<std::string> variable_names() {
  std::vector<std::string> names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    names.emplace_back(text.substr(0, text.find('=')));
  }
  return names;
}

}  // namespace pruuv::app
