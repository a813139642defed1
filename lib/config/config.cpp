#include "config/config.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "config/reader.hpp"
#include "config/secret_stores.hpp"

namespace pruuv::config {
namespace {

constexpr std::int64_t min_click_age_s_max = 90LL * 86400;  // Google takes no older click

// v1 to v999, with ".0" to ".99" behind it where the platform's versions have a decimal.
bool is_version(std::string_view text, bool has_decimal) {
  if (!text.starts_with('v')) return false;
  const auto parts = split(text.substr(1), '.');
  const std::string_view major = parts.front();
  if (!is_all_digits(major) || major.size() > 3 || major.front() == '0') return false;
  if (!has_decimal) return parts.size() == 1;
  return parts.size() == 2 && is_all_digits(parts[1]) && parts[1].size() <= 2;
}

Result<std::string> read_version(const Reader& reader, const std::string& text,
                                 std::string_view flag, bool has_decimal) {
  if (text.empty() || is_version(text, has_decimal)) return text;
  return reader.refuse(
      flag, fmt::format("it is not a version such as {}", has_decimal ? "v26.0" : "v22"));
}

Result<std::size_t> read_count(const Reader& reader, const std::string& text, std::string_view flag,
                               std::size_t most, std::size_t if_not_set) {
  if (text.empty()) return if_not_set;
  const auto count = parse_int64(text);
  if (!count || *count < 1 || *count > static_cast<std::int64_t>(most)) {
    return reader.refuse(flag, fmt::format("it is not a whole number from 1 to {}", most));
  }
  return static_cast<std::size_t>(*count);
}

Result<std::int64_t> read_min_click_age_s(const Reader& reader, const std::string& text,
                                          std::string_view flag) {
  if (text.empty()) return EndpointOverride{}.min_click_age_s;
  const auto age_s = parse_duration_s(text);
  if (!age_s || *age_s > min_click_age_s_max) {
    return reader.refuse(flag, "it is not a length of time up to 90d, such as 6h or 0");
  }
  return *age_s;
}

Result<std::int64_t> read_duration_s(const Reader& reader, const std::string& text,
                                     std::string_view flag, std::int64_t least_s,
                                     std::int64_t most_s, std::int64_t if_not_set) {
  if (text.empty()) return if_not_set;
  const auto duration_s = parse_duration_s(text);
  if (duration_s && *duration_s >= least_s && *duration_s <= most_s) return *duration_s;
  return reader.refuse(
      flag, fmt::format("it is not a length of time from {}s to {}s, such as 30s or 5m", least_s,
                        most_s));
}

// "google_ads" as flags begin: "google-ads-".
std::string flag_prefix(std::string name) {
  for (char& c : name) c = c == '_' ? '-' : c;
  return name + "-";
}

Result<EndpointOverride> read_endpoint(const Reader& reader, const std::string& adapter,
                                       const EndpointSettings& settings,
                                       const PlatformSettings& shared) {
  EndpointOverride endpoint;
  const std::string own = flag_prefix(adapter);
  const std::string common = flag_prefix(settings.platform);
  PRUUV_TRY_ASSIGN(endpoint.base_url, reader.base_url(settings.url, own + "url"));
  PRUUV_TRY_ASSIGN(endpoint.version, read_version(reader, settings.version, own + "version",
                                                  settings.version_has_decimal));
  PRUUV_TRY_ASSIGN(endpoint.token_url, reader.url(shared.token_url, common + "token-url"));
  PRUUV_TRY_ASSIGN(endpoint.min_click_age_s,
                   read_min_click_age_s(reader, shared.min_click_age, common + "min-click-age"));
  return endpoint;
}

}  // namespace

Result<Config> check(const Settings& settings) {
  Config config;
  const Reader reader(settings);
  config.store = settings.store.empty() ? default_store_path() : settings.store;
  config.sealing_key_file =
      settings.sealing_key_file.empty() ? default_sealing_key_path() : settings.sealing_key_file;
  config.ca_file = settings.ca_file;
  for (const auto& [adapter, endpoint] : settings.endpoints) {
    const auto shared = settings.platforms.find(endpoint.platform);
    PRUUV_TRY_ASSIGN(
        config.endpoints[adapter],
        read_endpoint(reader, adapter, endpoint,
                      shared == settings.platforms.end() ? PlatformSettings() : shared->second));
  }
  PRUUV_TRY_ASSIGN(config.max_in_flight, read_count(reader, settings.max_in_flight, "max-in-flight",
                                                    64, config.max_in_flight));
  PRUUV_TRY_ASSIGN(
      config.batch_events_max,
      read_count(reader, settings.batch_events, "batch-events", 10'000, config.batch_events_max));
  constexpr std::int64_t day_s = 86'400;
  PRUUV_TRY_ASSIGN(config.request_timeout_s,
                   read_duration_s(reader, settings.request_timeout, "request-timeout", 1, 300,
                                   config.request_timeout_s));
  // A request that could last beyond the deadline is not begun: with less, nothing would be sent.
  PRUUV_TRY_ASSIGN(config.deadline_s, read_duration_s(reader, settings.deadline, "deadline",
                                                      config.request_timeout_s + 1, day_s, 0));
  PRUUV_TRY_ASSIGN(config.wait_lock_s,
                   read_duration_s(reader, settings.wait_lock, "wait-lock", 0, day_s, 0));
  PRUUV_TRY_ASSIGN(config.vault, read_vault(reader, settings.vault));
  PRUUV_TRY_ASSIGN(config.supabase, read_supabase(reader, settings.supabase));
  return config;
}

}  // namespace pruuv::config
