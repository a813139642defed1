#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

// What the operator set, checked. The application reads flags, environment and file into a
// Settings; check() turns it into a Config or says what is wrong with which setting.
namespace pruuv::config {

// Where one adapter sends. Its flags begin with its name: "--google-ads-url".
struct EndpointSettings {
  std::string platform;              // "google"
  bool version_has_decimal = false;  // v26.0, not v25
  std::string url, version;
};

// What the adapters of one platform share: "--google-token-url".
struct PlatformSettings {
  std::string token_url;
  std::string min_click_age;  // "6h", "0"
};

// How the program logs in to Vault. A token of its own comes from VAULT_TOKEN or a file.
struct VaultTexts {
  std::string addr;  // one or more, with commas
  std::string name_space, cacert, token_file, auth_mount;
  std::string role_id, secret_id_file, secret_id_wrapped;  // AppRole
  std::string jwt_role, jwt_file;                          // JWT
};

struct SupabaseTexts {
  std::string url, key_file, rpc, parameter;
};

// As written by the operator; "" = not set. The maps hold what there are flags for.
struct Settings {
  std::string store;
  std::string sealing_key_file;
  std::string ca_file;
  std::map<std::string, EndpointSettings> endpoints;  // by adapter: "google_ads"
  std::map<std::string, PlatformSettings> platforms;  // by platform: "google"
  std::string max_in_flight;                          // requests at a time, 1 to 64
  std::string batch_events;     // events a request at most; the platform's own limit if lower
  std::string request_timeout;  // the whole of one request: "30s", 1s to 5m
  std::string deadline;         // of a run, from its start: "2h"
  std::string wait_lock;        // how long to wait for another run to end: "5m"
  VaultTexts vault;
  SupabaseTexts supabase;
  // Where each setting was set, by its name ("meta-url"): its variable, or file and line; "" = by
  // its flag. For errors; a setting that is not there is called by flag and variable.
  std::map<std::string, std::string> places;
};

// Overrides of one adapter's Endpoint; "" = the adapter's default.
struct EndpointOverride {
  std::string base_url;
  std::string version;
  std::string token_url;
  std::int64_t min_click_age_s = -1;  // -1 = the adapter's default
};

struct VaultSettings {
  std::vector<std::string> addresses;  // without a slash at the end; none = no Vault
  std::string name_space;              // "a/b"; "" = none
  std::string ca_file;                 // PEM; "" = as for the platforms
  std::string token_file;
  std::string role_id, secret_id_file;  // AppRole: both or none
  std::string jwt_role, jwt_file;       // JWT; "" = the mount's default role
  std::string auth_mount;               // never empty: "approle", or "jwt" where there is a JWT
  bool secret_id_wrapped = false;       // the file holds a wrapping token
};

struct SupabaseSettings {
  std::string url;       // "https://project.supabase.co"; "" = none
  std::string key_file;  // the service role's key
  std::string rpc = "read_secret";
  std::string parameter = "secret_name";
};

struct Config {
  std::string store;
  std::string sealing_key_file;  // where the keys of `sealed:` are, or are to be
  std::string ca_file;
  std::map<std::string, EndpointOverride> endpoints;  // by adapter, as in Settings
  std::size_t max_in_flight = 8;
  std::size_t batch_events_max = 0;  // 0 = the platform's own limit
  std::int64_t request_timeout_s = 30;
  std::int64_t deadline_s = 0;  // 0 = none; else longer than a request
  std::int64_t wait_lock_s = 0;
  VaultSettings vault;
  SupabaseSettings supabase;
};

// Error config naming the setting by its flag and the place it was set in, never repeating its
// value (a URL may hold a password). What is not set of the store and the key file becomes
// default_store_path() and default_sealing_key_path(). URLs: https, or plain http to a loopback
// address; no user info, query or fragment; a slash at the end is dropped from base URLs. Versions:
// v1 .. v999, with a decimal where the platform's have one (v26.0). The least click age is at most
// 90d: Google takes no older click. Vault: files by absolute path, one way to log in; Supabase:
// names of letters, digits and _.
Result<Config> check(const Settings& settings);

// Whether that URL may be sent to: the rule of check(). `setting` is how the error calls it.
Result<void> check_url(const std::string& url, const std::string& setting);

// The default store: $XDG_DATA_HOME/pruuv-send/store.db, else ~/.local/share/..., else
// /var/lib/pruuv-send/store.db. A variable that holds no absolute path counts as not set.
std::string default_store_path();

// The configuration file that exists first: $XDG_CONFIG_HOME/pruuv-send/config.toml,
// ~/.config/pruuv-send/config.toml, /etc/pruuv-send/config.toml; "" = none. Never the current
// folder. A link to nowhere exists, and so does what /etc/pruuv-send hides from us: to read it is
// then an error. A home that may not be looked into has no file.
std::string default_config_path();

// The keys of sealed secrets: $CREDENTIALS_DIRECTORY/sealing.key if it is there (systemd), else the
// first sealing.key in the folders of default_config_path(), else where to make one: beside
// the configuration file in use, else in the first of those folders.
std::string default_sealing_key_path();

}  // namespace pruuv::config
