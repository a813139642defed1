#include <array>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/clock.hpp"
#include "base/json.hpp"
#include "platforms/envelope.hpp"
#include "platforms/fields.hpp"
#include "platforms/google/account.hpp"
#include "platforms/google/answer.hpp"
#include "platforms/google/click.hpp"
#include "platforms/google/credential.hpp"
#include "platforms/google/facts.hpp"
#include "platforms/google/google.hpp"
#include "platforms/google/google_ads_answer.hpp"
#include "platforms/google/oauth.hpp"
#include "platforms/google/request.hpp"
#include "platforms/google/settings.hpp"
#include "platforms/google/signals.hpp"

// ClickConversion and UploadClickConversionsRequest:
// developers.google.com/google-ads/api/reference/rpc/v25/ClickConversion
namespace pruuv::platforms::google {
namespace {

// "2026-11-22 14:03:00+00:00": a space, no Z, always an offset.
std::string conversion_date_time(std::int64_t time_s) {
  std::string out = format_utc(time_s);
  if (const auto separator = out.find('T'); separator != std::string::npos) out[separator] = ' ';
  if (out.ends_with('Z')) out.replace(out.size() - 1, 1, "+00:00");
  return out;
}

void write_user_identifier(json::Writer& writer, std::string_view key, std::string_view sha256) {
  if (sha256.empty()) return;
  writer.begin_object();
  writer.member("userIdentifierSource", "FIRST_PARTY");
  writer.member(key, sha256);
  writer.end_object();
}

// adPersonalization is for other services of this API only.
void write_consent(json::Writer& writer, const FunnelEvent& event) {
  const Consent user_data = consent(event.consent_ad_user_data);
  if (user_data == Consent::unknown) return;
  writer.key("consent");
  writer.begin_object();
  writer.member("adUserData", user_data == Consent::granted ? "GRANTED" : "DENIED");
  writer.end_object();
}

void write_custom_variables(json::Writer& writer, std::span<const CustomVariable> variables,
                            const Connection& connection) {
  if (variables.empty()) return;
  writer.key("customVariables");
  writer.begin_array();
  for (const CustomVariable& variable : variables) {
    writer.begin_object();
    writer.member("conversionCustomVariable",
                  fmt::format("customers/{}/conversionCustomVariables/{}", connection.destination,
                              variable.id));
    writer.member("value", variable.value);
    writer.end_object();
  }
  writer.end_array();
}

// The merchant's id is an int64, which JSON of protocol buffers writes as a text; the quantity an
// int32, written as a number.
void write_cart(json::Writer& writer, const std::optional<Cart>& cart) {
  if (!cart) return;
  writer.key("cartData");
  writer.begin_object();
  writer.member("merchantId", cart->merchant_id);
  writer.member("feedCountryCode", cart->feed_country);
  writer.member("feedLanguageCode", cart->feed_language);
  writer.key("items");
  writer.begin_array();
  for (const ContentItem& item : cart->items) {
    writer.begin_object();
    writer.member("productId", item.id);
    writer.member_raw("quantity", item.quantity);
    writer.member_raw("unitPrice", item.price);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

std::string click_conversion(const FunnelEvent& event, const Connection& connection,
                             const Facts& facts) {
  json::Writer writer(object_bytes);
  writer.begin_object();
  writer.member(facts.click.field, facts.click.value);
  writer.member("conversionAction", "customers/" + connection.destination + "/conversionActions/" +
                                        facts.conversion_action);
  writer.member("conversionDateTime", conversion_date_time(event.event_time));
  writer.member_raw("conversionValue", facts.value);
  writer.member("currencyCode", facts.currency);
  writer.member("orderId", event.id);
  if (!facts.user.empty()) {
    writer.key("userIdentifiers");
    writer.begin_array();
    write_user_identifier(writer, "hashedEmail", facts.user.email_sha256);
    write_user_identifier(writer, "hashedPhoneNumber", facts.user.phone_sha256);
    writer.end_array();
  }
  write_consent(writer, event);
  writer.member("customerType", facts.extras.customer_type);
  write_custom_variables(writer, facts.extras.custom_variables, connection);
  write_cart(writer, facts.extras.cart);
  // A field of bytes that holds the text of Google's script, and JSON writes bytes as base64.
  writer.member("sessionAttributesEncoded", to_base64(facts.extras.session_attributes));
  writer.end_object();
  return writer.take();
}

Encoding encode(const FunnelEvent& event, const Phone& phone, const Connection& connection) {
  Encoding out;
  const Facts facts = read_facts(event, phone, connection, Api::google_ads, out);
  if (out.refusals.empty()) out.conversion.object = click_conversion(event, connection, facts);
  return out;
}

HttpRequest build(std::span<const Conversion* const> conversions, const Connection& connection,
                  const Endpoint& endpoint, const Credential& credential, Purpose purpose) {
  HttpRequest out;
  out.url = fmt::format("{}/{}/customers/{}:uploadClickConversions", endpoint.base_url,
                        endpoint.version, connection.destination);
  out.headers = bearer_headers(credential, connection);
  out.headers.push_back({"Content-Type", std::string("application/json")});
  if (!connection.login_customer_id.empty()) {
    out.headers.push_back({"login-customer-id", connection.login_customer_id});
  }
  // Ignored since September 2026, and not sent unless the credential has one.
  if (!credential.developer_token.empty()) {
    out.headers.push_back({"developer-token", credential.developer_token});
  }
  json::Writer body = body_writer(conversions);
  body.begin_object();
  write_objects(body, "conversions", conversions);
  body.member_boolean("partialFailure", true);  // without it Google refuses the request
  if (purpose == Purpose::validate) body.member_boolean("validateOnly", true);
  body.end_object();
  out.body = body.take();
  return out;
}

// ads-developers.googleblog.com: sunset reminders of 2026 and the cadence announced in September
// 2025. Months only are promised; the first day of the month is taken.
constexpr std::array versions = {
    Version{"v26", 1825027200},  // 2027-11-01
    Version{"v25", 1817078400},  // 2027-08-01
    Version{"v24", 1809129600},  // 2027-05-01
    Version{"v23", 1801440000},  // 2027-02-01
    Version{"v22", 1791331200},  // 2026-10-07
    Version{"v21", 1785888000},  // 2026-08-05
    Version{"v20", 1781049600},  // 2026-06-10
};

}  // namespace

const Platform google_ads = {
    .name = "google_ads",
    .platform = "google",
    .api = "google_ads",
    .is_default_api = false,
    .destination_key = "customer_id",
    .limits = {.events_max = 2000,  // TOO_MANY_CONVERSIONS_IN_REQUEST
               .body_bytes_max = std::size_t{4} << 20,
               .dedup_window_s = 0,  // an order id stays used for ever
               .requests_per_minute = 0,
               .drops_second_copy = true},
    .default_endpoint = {.base_url = "https://googleads.googleapis.com",
                         .version = "v25",  // until August 2027
                         .token_url = std::string(token_url),
                         .min_click_age_s = too_recent_wait_s},
    .second_copy_words = second_copy_words,
    .versions = versions,
    .settings = google_ads_settings,
    .signals = google_ads_signals,
    .can_validate = true,
    .claims = claims,
    .check_connection = check_connection,
    .parse_credential = parse_credential,
    .timing = timing,
    .encode = encode,
    .build = build,
    .classify = classify_upload,
    .token_request =
        [](const Credential& credential, const Endpoint& endpoint, std::int64_t now_s) {
          return token_request(credential, endpoint, google_ads_scope, now_s);
        },
    .parse_token =
        [](const HttpResponse& response) { return parse_token(response, google_ads_scope); },
};

}  // namespace pruuv::platforms::google
