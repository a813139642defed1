#include "platforms/tiktok/tiktok.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platforms/click_id.hpp"
#include "platforms/consent.hpp"
#include "platforms/credential.hpp"
#include "platforms/envelope.hpp"
#include "platforms/page_url.hpp"
#include "platforms/tiktok/classify.hpp"
#include "platforms/tiktok/encode.hpp"
#include "platforms/tiktok/signals.hpp"
#include "platforms/window.hpp"

namespace pruuv::platforms::tiktok {
namespace {

// TikTok documents no limit for web events; beyond the longest attribution window nothing is
// credited.
constexpr std::int64_t age_max_s = std::int64_t{28} * 86400;

bool claims(const FunnelEvent& event) { return is_click("ttclid", event.ttclid); }

Result<void> check_connection(Connection& connection) {
  const std::string_view pixel_code = trim(connection.destination);
  const auto fits = [](char c) { return is_ascii_alpha(c) || is_ascii_digit(c); };
  if (pixel_code.empty() || !std::ranges::all_of(pixel_code, fits)) {
    return fail(ErrorKind::config, "check connection: pixel_code is not made of letters and digits",
                "copy the Pixel Code (not the numeric id) from Events Manager, such as "
                "C9ABCDEFGHIJKLMNOPQR");
  }
  connection.destination = std::string(pixel_code);
  connection.test_event_code = std::string(trim(connection.test_event_code));
  const std::string_view page_url = setting(connection, "tiktok.page_url");
  if (!trim(page_url).empty() && !clean_url(page_url)) {
    return fail(ErrorKind::config, "check connection: tiktok.page_url is no http or https URL",
                "write the whole address of the client's site, such as https://www.example.com/");
  }
  return {};
}

Timing timing(const FunnelEvent& event, const Connection& /*connection*/,
              const Endpoint& /*endpoint*/, std::int64_t now_s) {
  return timing_in_window(event.event_time, age_max_s, now_s);
}

HttpRequest build(std::span<const Conversion* const> conversions, const Connection& connection,
                  const Endpoint& endpoint, const Credential& credential, Purpose /*purpose*/) {
  json::Writer body = body_writer(conversions);
  body.begin_object();
  body.member("event_source", "web");
  body.member("event_source_id", connection.destination);
  body.member("test_event_code", connection.test_event_code);
  write_objects(body, "data", conversions);
  body.end_object();

  HttpRequest request;
  request.url = endpoint.base_url + "/open_api/" + endpoint.version + "/event/track/";
  request.headers = {
      {"Access-Token", credential.access_token},
      {"Content-Type", "application/json"},
      {"Accept", "application/json"},
  };
  request.body = body.take();
  return request;
}

constexpr std::array<std::string_view, 2> external_id_choices = {"hash", "off"};

constexpr std::array setting_specs = {
    SettingSpec{"tiktok.page_url", "the page of events without one"},
    SettingSpec{"tiktok.denied_consent",
                "events whose person denied consent: skip, or send with the click id alone",
                denied_consent_choices},
    SettingSpec{"tiktok.external_id", "the customer's own id: hash (the default), or off",
                external_id_choices},
};

// Introduced 2022-08-15, "available until TBD". What is expired fails.
constexpr std::array versions = {
    Version{"v1.3", 0},
};

}  // namespace

const Platform events_api = {
    .name = "tiktok",
    .platform = "tiktok",
    .api = "",
    .is_default_api = true,
    .destination_key = "pixel_code",
    .limits =
        {
            .events_max = 1000,  // endpoint page; 1,001 refuse the whole request
            .body_bytes_max = std::size_t{4} << 20,
            .dedup_window_s =
                std::int64_t{47} * 3600,  // 48 h (help page event-deduplication) less one
            .requests_per_minute = 0,     // 600,000 by the vendor
            .drops_second_copy = true,    // the same help page, server against server
        },
    .default_endpoint =
        {
            .base_url = "https://business-api.tiktok.com",
            .version = "v1.3",
            .token_url = "",
            .min_click_age_s = 0,
        },
    .second_copy_words =
        "TikTok drops a second copy within 48 hours of the first; later ones count again",
    .versions = versions,
    .settings = setting_specs,
    .signals = signals,
    .can_validate = false,
    .claims = claims,
    .check_connection = check_connection,
    .parse_credential = parse_token_credential,
    .timing = timing,
    .encode = encode,
    .build = build,
    .classify = classify,
    .token_request = nullptr,
    .parse_token = nullptr,
    .status_request = nullptr,
    .parse_status = nullptr,
};

}  // namespace pruuv::platforms::tiktok
