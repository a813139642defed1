#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

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

// As written by the operator; "" = not set. The maps hold what there are flags for.
struct Settings {
  std::string store;
  std::string ca_file;
  std::map<std::string, EndpointSettings> endpoints;  // by adapter: "google_ads"
  std::map<std::string, PlatformSettings> platforms;  // by platform: "google"
  std::string max_in_flight;                          // requests at a time, 1 to 64
  std::string batch_events;     // events a request at most; the platform's own limit if lower
  std::string request_timeout;  // the whole of one request: "30s", 1s to 5m
  std::string deadline;         // of a run, from its start: "2h"
  std::string wait_lock;        // how long to wait for another run to end: "5m"
};

// Overrides of one adapter's Endpoint; "" = the adapter's default.
struct EndpointOverride {
  std::string base_url;
  std::string version;
  std::string token_url;
  std::int64_t min_click_age_s = -1;  // -1 = the adapter's default
};

struct Config {
  std::string store;
  std::string ca_file;
  std::map<std::string, EndpointOverride> endpoints;  // by adapter, as in Settings
  std::size_t max_in_flight = 8;
  std::size_t batch_events_max = 0;  // 0 = the platform's own limit
  std::int64_t request_timeout_s = 30;
  std::int64_t deadline_s = 0;  // 0 = none; else longer than a request
  std::int64_t wait_lock_s = 0;
};

// Error config naming the setting by flag and environment name, never repeating its value (a URL
// may hold a password). A store that is not set becomes default_store_path(). URLs: https, or plain
// http to a loopback address; no user info, query or fragment; a slash at the end is dropped from
// base URLs. Versions: v1 .. v999, with a decimal where the platform's have one (v26.0). The least
// click age is at most 90d: Google takes no older click.
Result<Config> check(const Settings& settings);

// Whether that URL may be sent to: the rule of check(). `setting` is how the error calls it.
Result<void> check_url(const std::string& url, const std::string& setting);

// The default store: $XDG_DATA_HOME/pruuv-send/store.db, else ~/.local/share/..., else
// /var/lib/pruuv-send/store.db. A variable that holds no absolute path counts as not set.
std::string default_store_path();

// The configuration file that exists first: $XDG_CONFIG_HOME/pruuv-send/config.toml,
// ~/.config/pruuv-send/config.toml, /etc/pruuv-send/config.toml; "" = none. Never the current
// folder.
std::string default_config_path();

}  // namespace pruuv::config
