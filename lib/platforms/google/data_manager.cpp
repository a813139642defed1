#include <array>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "platforms/envelope.hpp"
#include "platforms/fields.hpp"
#include "platforms/google/account.hpp"
#include "platforms/google/answer.hpp"
#include "platforms/google/click.hpp"
#include "platforms/google/credential.hpp"
#include "platforms/google/data_manager_answer.hpp"
#include "platforms/google/data_manager_status.hpp"
#include "platforms/google/facts.hpp"
#include "platforms/google/google.hpp"
#include "platforms/google/oauth.hpp"
#include "platforms/google/request.hpp"
#include "platforms/google/settings.hpp"
#include "platforms/google/signals.hpp"

// Event and IngestEventsRequest:
// developers.google.com/data-manager/api/reference/rest/v1/events/ingest
namespace pruuv::platforms::google {
namespace {

struct EventSource {
  std::string_view action_source;
  std::string_view event_source;
};
// The field is optional in the proto, and demanded by the server for offline
// conversions.
constexpr std::array event_sources = {
    EventSource{"website", "WEB"},
    EventSource{"app", "APP"},
    EventSource{"physical_store", "IN_STORE"},
    EventSource{"phone_call", "PHONE"},
    EventSource{"chat", "MESSAGE"},
    EventSource{"email", "MESSAGE"},
    EventSource{"business_messaging", "MESSAGE"},
};

std::string_view event_source(std::string_view action_source) {
  const std::string word = ascii_lower(trim(action_source));
  if (word.empty()) return "WEB";
  for (const EventSource& entry : event_sources) {
    if (entry.action_source == word) return entry.event_source;
  }
  return "OTHER";
}

std::string_view consent_status(std::string_view text) {
  switch (consent(text)) {
    case Consent::granted:
      return "CONSENT_GRANTED";
    case Consent::denied:
      return "CONSENT_DENIED";
    case Consent::unknown:
      break;
  }
  return {};
}

// The name that the one destination of a request has in its events.
std::string destination_reference(std::string_view conversion_action) {
  return fmt::format("ca{}", conversion_action);
}

void write_user_identifier(json::Writer& writer, std::string_view key, std::string_view sha256) {
  if (sha256.empty()) return;
  writer.begin_object();
  writer.member(key, sha256);
  writer.end_object();
}

constexpr std::string_view user_data_key = "userData";

void write_user_data(json::Writer& writer, const UserData& user) {
  if (user.empty()) return;
  writer.key(user_data_key);
  writer.begin_object();
  writer.key("userIdentifiers");
  writer.begin_array();
  write_user_identifier(writer, "emailAddress", user.email_sha256);
  write_user_identifier(writer, "phoneNumber", user.phone_sha256);
  if (user.address) {
    writer.begin_object();
    writer.key("address");
    writer.begin_object();
    writer.member("givenName", user.address->given_name_sha256);
    writer.member("familyName", user.address->family_name_sha256);
    writer.member("regionCode", user.address->region_code);
    writer.member("postalCode", user.address->postal_code);
    writer.end_object();
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

void write_consent(json::Writer& writer, const FunnelEvent& event) {
  const std::string_view user_data = consent_status(event.consent_ad_user_data);
  const std::string_view personalization = consent_status(event.consent_ad_personalization);
  if (user_data.empty() && personalization.empty()) return;
  writer.key("consent");
  writer.begin_object();
  writer.member("adUserData", user_data);
  writer.member("adPersonalization", personalization);
  writer.end_object();
}

// The destination of a variable is its event's.
void write_custom_variables(json::Writer& writer, std::span<const CustomVariable> variables) {
  if (variables.empty()) return;
  writer.key("customVariables");
  writer.begin_array();
  for (const CustomVariable& variable : variables) {
    writer.begin_object();
    writer.member("variable", variable.name);
    writer.member("value", variable.value);
    writer.end_object();
  }
  writer.end_array();
}

// The quantity is an int64, which JSON of protocol buffers writes as a text.
void write_cart(json::Writer& writer, const std::optional<Cart>& cart) {
  if (!cart) return;
  writer.key("cartData");
  writer.begin_object();
  writer.member("merchantId", cart->merchant_id);
  writer.member("merchantFeedLabel", cart->feed_country);
  writer.member("merchantFeedLanguageCode", cart->feed_language);
  writer.key("items");
  writer.begin_array();
  for (const ContentItem& item : cart->items) {
    writer.begin_object();
    writer.member("merchantProductId", item.id);
    writer.member("quantity", item.quantity);
    writer.member_raw("unitPrice", item.price);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

void write_device(json::Writer& writer, const Extras& extras) {
  if (extras.ip.empty() && extras.user_agent.empty()) return;
  writer.key("eventDeviceInfo");
  writer.begin_object();
  writer.member("userAgent", extras.user_agent);
  writer.member("ipAddress", extras.ip);
  writer.end_object();
}

std::string ingest_event(const FunnelEvent& event, const Facts& facts) {
  json::Writer writer(object_bytes);
  writer.begin_object();
  writer.key("destinationReferences");
  writer.begin_array();
  writer.text(destination_reference(facts.conversion_action));
  writer.end_array();
  writer.member("transactionId", event.id);
  writer.member("eventTimestamp", format_utc(event.event_time));
  writer.member("eventSource", event_source(event.action_source));
  writer.key("adIdentifiers");
  writer.begin_object();
  writer.member(facts.click.field, facts.click.value);
  writer.member("sessionAttributes", facts.extras.session_attributes);
  writer.end_object();
  write_user_data(writer, facts.user);
  writer.member_raw("conversionValue", facts.value);
  writer.member("currency", facts.currency);
  write_consent(writer, event);
  write_custom_variables(writer, facts.extras.custom_variables);
  write_cart(writer, facts.extras.cart);
  if (!facts.extras.customer_type.empty()) {
    writer.key("userProperties");
    writer.begin_object();
    writer.member("customerType", facts.extras.customer_type);
    writer.end_object();
  }
  write_device(writer, facts.extras);
  writer.end_object();
  return writer.take();
}

Encoding encode(const FunnelEvent& event, const Phone& phone, const Connection& connection) {
  Encoding out;
  const Facts facts = read_facts(event, phone, connection, Api::data_manager, out);
  if (out.refusals.empty()) out.conversion.object = ingest_event(event, facts);
  return out;
}

void write_account(json::Writer& writer, std::string_view key, std::string_view customer_id) {
  writer.key(key);
  writer.begin_object();
  writer.member("accountType", "GOOGLE_ADS");
  writer.member("accountId", customer_id);
  writer.end_object();
}

std::string destination(const Connection& connection, std::string_view conversion_action) {
  json::Writer writer;
  writer.begin_object();
  writer.member("reference", destination_reference(conversion_action));
  write_account(writer, "operatingAccount", connection.destination);
  if (!connection.login_customer_id.empty() &&
      connection.login_customer_id != connection.destination) {
    write_account(writer, "loginAccount", connection.login_customer_id);
  }
  writer.member("productDestinationId", conversion_action);
  writer.end_object();
  return writer.str();
}

// In JSON a quotation mark inside a text has a backslash before it, so this finds the key only.
bool has_user_data(std::span<const Conversion* const> conversions) {
  const std::string key = fmt::format("\"{}\":", user_data_key);
  for (const Conversion* conversion : conversions) {
    if (conversion->object.find(key) != std::string::npos) return true;
  }
  return false;
}

HttpRequest build(std::span<const Conversion* const> conversions, const Connection& connection,
                  const Endpoint& endpoint, const Credential& credential, Purpose purpose) {
  PRUUV_CHECK(!conversions.empty(), "a request without events");
  HttpRequest out;
  out.url = fmt::format("{}/v1/events:ingest", endpoint.base_url);
  out.headers = bearer_headers(credential, connection);
  out.headers.push_back({"Content-Type", std::string("application/json")});
  json::Writer body = body_writer(conversions);
  body.begin_object();
  body.key("destinations");
  body.begin_array();
  body.raw(destination(connection, conversions.front()->batch_key));
  body.end_array();
  if (has_user_data(conversions)) body.member("encoding", "HEX");
  write_objects(body, "events", conversions);
  if (purpose == Purpose::validate) body.member_boolean("validateOnly", true);
  body.end_object();
  out.body = body.take();
  return out;
}

}  // namespace

const Platform data_manager = {
    .name = "data_manager",
    .platform = "google",
    .api = "data_manager",
    .is_default_api = true,
    .destination_key = "customer_id",
    // developers.google.com/data-manager/api/devguides/limits; the requests are counted per Cloud
    // project
    .limits = {.events_max = 2000,
               .body_bytes_max = std::size_t{4} << 20,
               .dedup_window_s = 0,  // a transaction id stays used for ever
               .requests_per_minute = 300,
               .drops_second_copy = true},
    .default_endpoint = {.base_url = "https://datamanager.googleapis.com",
                         .version = "",  // all there is lives under /v1 and cannot be chosen
                         .token_url = std::string(token_url),
                         .min_click_age_s = too_recent_wait_s},
    .second_copy_words = second_copy_words,
    .settings = data_manager_settings,
    .signals = data_manager_signals,
    .can_validate = true,
    .claims = claims,
    .check_connection = check_connection,
    .parse_credential = parse_credential,
    .timing = timing,
    .encode = encode,
    .build = build,
    .classify = classify_ingest,
    .token_request =
        [](const Credential& credential, const Endpoint& endpoint, std::int64_t now_s) {
          return token_request(credential, endpoint, data_manager_scope, now_s);
        },
    .parse_token =
        [](const HttpResponse& response) { return parse_token(response, data_manager_scope); },
    .status_request = status_request,
    .parse_status = parse_status,
};

}  // namespace pruuv::platforms::google
