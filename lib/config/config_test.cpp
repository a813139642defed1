#include "config/config.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "testing/testing.hpp"

namespace pruuv::config {
namespace {

using Set = std::function<std::string&(Settings&)>;

Settings all_flags() {
  Settings settings;
  settings.endpoints = {{"meta", {"meta", true, "", ""}},
                        {"google_ads", {"google", false, "", ""}},
                        {"data_manager", {"google", false, "", ""}},
                        {"tiktok", {"tiktok", true, "", ""}}};
  settings.platforms["google"] = {};
  return settings;
}

Set url_of(const std::string& adapter) {
  return [adapter](Settings& s) -> std::string& { return s.endpoints.at(adapter).url; };
}

Set version_of(const std::string& adapter) {
  return [adapter](Settings& s) -> std::string& { return s.endpoints.at(adapter).version; };
}

std::string& token_url(Settings& s) { return s.platforms.at("google").token_url; }
std::string& min_click_age(Settings& s) { return s.platforms.at("google").min_click_age; }

// A setting that stands in Settings itself.
Set set(std::string Settings::*member) {
  return [member](Settings& s) -> std::string& { return s.*member; };
}

void check_refused(const Set& member, const std::string& value, const std::string& setting) {
  INFO(setting << " = " << value);
  Settings settings = all_flags();
  member(settings) = value;
  const auto refused = check(settings);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::config);
  CHECK(refused.error().message.starts_with("read " + setting + ": "));
}

Config checked(const Set& member, const std::string& value) {
  INFO(value);
  Settings settings = all_flags();
  member(settings) = value;
  auto config = check(settings);
  REQUIRE(config);
  return std::move(config).value();
}

}  // namespace

TEST_CASE("nothing set: every adapter keeps its defaults") {
  const auto config = check(all_flags());
  REQUIRE(config);
  CHECK(config->store == default_store_path());
  CHECK(config->ca_file.empty());
  CHECK(config->max_in_flight == 8);
  CHECK(config->batch_events_max == 0);
  REQUIRE(config->endpoints.size() == 4);
  for (const auto* name : {"meta", "google_ads", "data_manager", "tiktok"}) {
    INFO(name);
    REQUIRE(config->endpoints.count(name) == 1);
    const EndpointOverride& endpoint = config->endpoints.at(name);
    CHECK(endpoint.base_url.empty());
    CHECK(endpoint.version.empty());
    CHECK(endpoint.token_url.empty());
    CHECK(endpoint.min_click_age_s == -1);
  }
}

TEST_CASE("every setting arrives at its place") {
  Settings settings = all_flags();
  settings.store = "store.db";
  settings.ca_file = "/etc/ca.pem";
  settings.endpoints["meta"].url = "http://127.0.0.1:1/meta/";
  settings.endpoints["meta"].version = "v26.0";
  settings.endpoints["google_ads"].url = "https://ads.example//";
  settings.endpoints["google_ads"].version = "v22";
  settings.endpoints["data_manager"].url = "https://dm.example";
  settings.platforms["google"].token_url = "https://oauth.example/token/";
  settings.endpoints["tiktok"].url = "http://[::1]:4/";
  settings.platforms["google"].min_click_age = "6h";
  settings.max_in_flight = "64";
  settings.batch_events = "10000";
  const auto config = check(settings);
  REQUIRE(config);
  CHECK(config->store == "store.db");
  CHECK(config->ca_file == "/etc/ca.pem");
  CHECK(config->max_in_flight == 64);
  CHECK(config->batch_events_max == 10'000);

  const EndpointOverride& meta = config->endpoints.at("meta");
  CHECK(meta.base_url == "http://127.0.0.1:1/meta");
  CHECK(meta.version == "v26.0");
  CHECK(meta.token_url.empty());
  CHECK(meta.min_click_age_s == -1);
  const EndpointOverride& google_ads = config->endpoints.at("google_ads");
  CHECK(google_ads.base_url == "https://ads.example");
  CHECK(google_ads.version == "v22");
  CHECK(google_ads.token_url == "https://oauth.example/token/");
  CHECK(google_ads.min_click_age_s == 6 * 3600);
  const EndpointOverride& data_manager = config->endpoints.at("data_manager");
  CHECK(data_manager.base_url == "https://dm.example");
  CHECK(data_manager.version.empty());
  CHECK(data_manager.token_url == "https://oauth.example/token/");
  CHECK(data_manager.min_click_age_s == 6 * 3600);
  const EndpointOverride& tiktok = config->endpoints.at("tiktok");
  CHECK(tiktok.base_url == "http://[::1]:4");
  CHECK(tiktok.token_url.empty());
  CHECK(tiktok.min_click_age_s == -1);
}

TEST_CASE("each URL is checked, and the error names its flag and variable") {
  const std::vector<std::pair<Set, std::string>> urls = {
      {url_of("meta"), "--meta-url (PRUUV_META_URL)"},
      {url_of("google_ads"), "--google-ads-url (PRUUV_GOOGLE_ADS_URL)"},
      {url_of("data_manager"), "--data-manager-url (PRUUV_DATA_MANAGER_URL)"},
      {token_url, "--google-token-url (PRUUV_GOOGLE_TOKEN_URL)"},
      {url_of("tiktok"), "--tiktok-url (PRUUV_TIKTOK_URL)"}};
  for (const auto& [member, setting] : urls) {
    check_refused(member, "http://example.com", setting);
    check_refused(member, "https://u:p@example.com", setting);
  }
}

TEST_CASE("versions: Meta's with a decimal, Google's without") {
  for (const auto* good : {"v1.0", "v26.0", "v999.99"}) {
    CHECK(checked(version_of("meta"), good).endpoints.at("meta").version == good);
  }
  for (const auto* bad : {"v26", "26.0", "V26.0", "v0.0", "v026.0", "v1000.0", "v26.", "v.0",
                          "v26.100", "v26.0.0", "v26.0/me", "v26,0", " v26.0", "v-1.0"}) {
    check_refused(version_of("meta"), bad, "--meta-version (PRUUV_META_VERSION)");
  }
  for (const auto* good : {"v1", "v22", "v999"}) {
    CHECK(checked(version_of("google_ads"), good).endpoints.at("google_ads").version == good);
  }
  for (const auto* bad : {"v22.0", "22", "v", "v0", "v1000", "v22_1", "v2/2", "v22 "}) {
    check_refused(version_of("google_ads"), bad, "--google-ads-version (PRUUV_GOOGLE_ADS_VERSION)");
  }
}

TEST_CASE("the least age of a click: a length of time up to 90 days, for both of Google's ways") {
  const std::vector<std::pair<std::string, std::int64_t>> ages = {
      {"0", 0}, {"30m", 1800}, {"90d", 90LL * 86400}, {"2160h", 90LL * 86400}};
  for (const auto& [text, age_s] : ages) {
    const Config config = checked(min_click_age, text);
    CHECK(config.endpoints.at("google_ads").min_click_age_s == age_s);
    CHECK(config.endpoints.at("data_manager").min_click_age_s == age_s);
  }
  for (const auto* bad : {"6", "-1h", "91d", "2161h", "h", "6 h", "six"}) {
    check_refused(min_click_age, bad, "--google-min-click-age (PRUUV_GOOGLE_MIN_CLICK_AGE)");
  }
}

TEST_CASE("counts have a least and a most") {
  CHECK(checked(set(&Settings::max_in_flight), "1").max_in_flight == 1);
  CHECK(checked(set(&Settings::batch_events), "1").batch_events_max == 1);
  for (const auto* bad : {"0", "65", "-1", "+1", "1.5", "8 ", "eight", "99999999999999999999"}) {
    check_refused(set(&Settings::max_in_flight), bad, "--max-in-flight (PRUUV_MAX_IN_FLIGHT)");
  }
  for (const auto* bad : {"0", "10001", "-1", "1e3"}) {
    check_refused(set(&Settings::batch_events), bad, "--batch-events (PRUUV_BATCH_EVENTS)");
  }
}

}  // namespace pruuv::config
