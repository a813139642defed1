#include "platforms/meta/meta.hpp"

#include <array>
#include <string>

#include "base/json.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "platforms/click_id.hpp"
#include "platforms/consent.hpp"
#include "platforms/credential.hpp"
#include "platforms/envelope.hpp"
#include "platforms/meta/classify.hpp"
#include "platforms/meta/encode.hpp"
#include "platforms/meta/settings.hpp"
#include "platforms/meta/signals.hpp"
#include "platforms/meta/user_data.hpp"
#include "platforms/window.hpp"

namespace pruuv::platforms::meta {
namespace {

// Page using-the-api: 7 days, for physical_store 62. One event past it sinks the whole request
// (100/2804003), so we stop ten minutes earlier.
constexpr std::int64_t margin_s = 600;
constexpr std::int64_t age_max_s = std::int64_t{7} * 86400 - margin_s;
constexpr std::int64_t store_age_max_s = std::int64_t{62} * 86400 - margin_s;

// A lead of Meta's own forms has no click id: a CRM tells its later stages by lead_id (page
// conversion-leads-integration/payload-specification). A click id of another platform beside it
// says that the lead came from there.
bool is_lead_of_meta(const FunnelEvent& event) {
  if (event.extra.find("lead_id") == std::string::npos) return false;
  if (action_source(event).word != "system_generated") return false;
  for (const std::string* const other :
       {&event.gclid, &event.gbraid, &event.wbraid, &event.ttclid}) {
    if (!trim(*other).empty()) return false;
  }
  std::vector<Warning> ignored;
  return read_lead_id(Details(event), ignored).has_value();
}

bool claims(const FunnelEvent& event) {
  return is_click("fbc", event.fbc) || is_click("fbclid", event.fbclid) || is_lead_of_meta(event);
}

Result<void> check_connection(Connection& connection) {
  constexpr std::size_t digits_max = 20;
  const std::string_view pixel_id = trim(connection.destination);
  if (!is_all_digits(pixel_id) || pixel_id.size() > digits_max) {
    return fail(ErrorKind::config, "check connection: pixel_id is not 1 to 20 digits",
                "copy the Pixel ID (Dataset ID) from Events Manager, such as 1234567890123456");
  }
  connection.destination = std::string(pixel_id);
  connection.test_event_code = std::string(trim(connection.test_event_code));
  return {};
}

Timing timing(const FunnelEvent& event, const Connection& /*connection*/,
              const Endpoint& /*endpoint*/, std::int64_t now_s) {
  const bool is_store = action_source(event).word == "physical_store";
  return timing_in_window(event.event_time, is_store ? store_age_max_s : age_max_s, now_s);
}

// Proof that the sender knows the app's secret, demanded by apps with "Require App Secret" switched
// on.
std::string appsecret_proof(const Credential& credential) {
  if (credential.app_secret.empty()) return {};
  return hmac_sha256_hex(credential.app_secret.reveal(), credential.access_token.reveal());
}

// Page main-body; access_token and appsecret_proof are parameters of every Graph call and may stand
// beside it. `token` empty = it travels in the header.
std::string request_body(std::span<const Conversion* const> conversions,
                         const Connection& connection, const Credential& credential,
                         std::string_view token) {
  json::Writer body = body_writer(conversions);
  body.begin_object();
  write_objects(body, "data", conversions);
  body.member("partner_agent", setting(connection, partner_agent_setting));
  body.member("test_event_code", connection.test_event_code);
  body.member("access_token", token);
  body.member("appsecret_proof", appsecret_proof(credential));
  body.end_object();
  return body.take();
}

HttpRequest build(std::span<const Conversion* const> conversions, const Connection& connection,
                  const Endpoint& endpoint, const Credential& credential, Purpose /*purpose*/) {
  HttpRequest request;
  request.url =
      endpoint.base_url + "/" + endpoint.version + "/" + connection.destination + "/events";
  const std::string_view token = credential.access_token.reveal();
  request.body = request_body(conversions, connection, credential, {});
  if (setting(connection, token_in_setting) == "body") {
    request.secret_body = Secret(request_body(conversions, connection, credential, token));
  } else {
    request.headers.push_back({"Authorization", Secret("Bearer " + std::string(token))});
  }
  request.headers.push_back({"Content-Type", "application/json"});
  request.headers.push_back({"Accept", "application/json"});
  return request;
}

constexpr std::array setting_specs = {
    SettingSpec{partner_agent_setting, "the name Meta gave the agency"},
    SettingSpec{token_in_setting, "where the token travels: the header unless a proxy eats it",
                token_places},
    SettingSpec{denied_consent_setting,
                "an event whose person denied consent: not sent, or sent with opt_out",
                denied_consent_choices},
    SettingSpec{external_id_setting, "how external_id goes, which is how the pixel sends it",
                external_id_modes},
    SettingSpec{refused_currencies_setting,
                "currencies Meta takes no amounts in, such as MRU; none = it takes all"},
};

// developers.facebook.com/docs/graph-api/changelog, column Graph API: the Conversions API follows
// it and not the Marketing API's, page using-the-api.
constexpr std::array versions = {
    Version{"v26.0", 0},          Version{"v25.0", 1848441600},  // 2028-07-29
    Version{"v24.0", 1834444800},                                // 2028-02-18
    Version{"v23.0", 1822953600},                                // 2027-10-08
    Version{"v22.0", 1810771200},                                // 2027-05-20
    Version{"v21.0", 1800489600},                                // 2027-01-21
    Version{"v20.0", 1790208000},                                // 2026-09-24
};

}  // namespace

const Platform conversions_api = {
    .name = "meta",
    .platform = "meta",
    .api = "",
    .is_default_api = true,
    .destination_key = "pixel_id",
    .limits =
        {
            .events_max = 1000,  // page using-the-api
            .body_bytes_max = std::size_t{4} << 20,
            .dedup_window_s = std::int64_t{47} *
                              3600,  // 48 h (page deduplicate-pixel-and-server-events) less one
            .requests_per_minute = 0,
        },
    .default_endpoint =
        {
            .base_url = "https://graph.facebook.com",
            .version = "v26.0",
            .token_url = "",
            .min_click_age_s = 0,
        },
    .second_copy_words =
        "Meta promises to drop a second copy of a pixel event only; of two server events it "
        "may count both",
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

}  // namespace pruuv::platforms::meta
