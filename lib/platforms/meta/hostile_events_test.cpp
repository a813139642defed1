// What leaves for Meta, whatever the event holds: only keys of the lists below, each of its type,
// nothing empty, nothing personal in the clear, the same bytes each time.
#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <span>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platforms/meta/hostile_events_fixture.hpp"
#include "platforms/meta/meta.hpp"
#include "platforms/testing/golden.hpp"

namespace pruuv::platforms::meta {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr int events = 1'000;
#else
constexpr int events = 20'000;
#endif

using Check = bool (*)(json::Value);

struct Key {
  std::string_view name;
  Check is_right;
};

bool is_text(json::Value value) {
  return value.is_string() && !value.text()->empty() && is_valid_utf8(*value.text());
}

bool is_plain(json::Value value) { return is_text(value) && !is_sha256_hex(*value.text()); }

bool is_integer(json::Value value) { return value.is_number() && is_all_digits(value.dump()); }

bool is_amount(json::Value value) { return value.is_number() && !value.dump().starts_with('-'); }

bool is_true(json::Value value) { return value.boolean() == true; }

bool is_list(json::Value value, Check is_right) {
  const auto items = value.items();
  return !items.empty() && std::ranges::all_of(items, is_right);
}

bool is_digest(json::Value value) {
  return is_text(value) && is_sha256_hex(*value.text()) &&
         ascii_lower(*value.text()) == *value.text();
}

bool is_digest_list(json::Value value) { return is_list(value, is_digest); }
bool is_text_list(json::Value value) { return is_list(value, is_text); }
bool is_ldu(json::Value value) { return value.dump() == R"(["LDU"])"; }
bool is_url(json::Value value) { return is_text(value) && value.text()->starts_with("https://"); }

// fb.<1 or 2 digits>.<13 digits>.<payload>[.<2 or 8 characters>]
bool is_cookie(json::Value value) {
  if (!is_text(value)) return false;
  const auto parts = split(*value.text(), '.');
  const auto is_token = [](std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
      return is_ascii_alpha(c) || is_ascii_digit(c) || c == '-' || c == '_';
    });
  };
  if (parts.size() < 4 || parts.size() > 5 || parts[0] != "fb") return false;
  const bool is_appended = parts.size() == 4 || parts[4].size() == 2 || parts[4].size() == 8;
  return is_appended && is_all_digits(parts[1]) && parts[1].size() <= 2 &&
         is_all_digits(parts[2]) && parts[2].size() == 13 && is_token(parts[3]) &&
         is_token(parts.back());
}

bool is_lead_id(json::Value value) {
  const std::size_t digits = value.dump().size();
  return is_integer(value) && digits >= 15 && digits <= 17;
}

template <const auto& Words>
bool is_one_of(json::Value value) {
  return is_text(value) && std::ranges::find(Words, *value.text()) != std::end(Words);
}

constexpr std::array<std::string_view, 9> sources = {"email",
                                                     "website",
                                                     "app",
                                                     "phone_call",
                                                     "chat",
                                                     "physical_store",
                                                     "system_generated",
                                                     "business_messaging",
                                                     "other"};
constexpr std::array<std::string_view, 2> types = {"product", "product_group"};
constexpr std::array<std::string_view, 3> deliveries = {"in_store", "curbside", "home_delivery"};
constexpr std::array<std::string_view, 1> crm = {"crm"};

bool is_object_of(json::Value value, std::span<const Key> keys);

constexpr Key content_keys[] = {{"id", is_text},
                                {"quantity", is_integer},
                                {"item_price", is_amount},
                                {"title", is_text},
                                {"brand", is_text},
                                {"category", is_text},
                                {"delivery_category", is_one_of<deliveries>}};
bool is_content(json::Value value) {
  return value["id"].exists() && is_object_of(value, content_keys);
}
bool is_content_list(json::Value value) { return is_list(value, is_content); }

constexpr Key custom_data_keys[] = {
    {"value", is_amount},          {"currency", is_text},
    {"order_id", is_text},         {"content_ids", is_text_list},
    {"contents", is_content_list}, {"content_type", is_one_of<types>},
    {"content_name", is_text},     {"content_category", is_text},
    {"num_items", is_integer},     {"search_string", is_text},
    {"status", is_text},           {"predicted_ltv", is_amount},
    {"net_revenue", is_amount},    {"delivery_category", is_one_of<deliveries>},
    {"item_number", is_text},      {"event_source", is_one_of<crm>},
    {"lead_event_source", is_text}};
bool is_custom_data(json::Value value) {
  const bool has_value = value["value"].exists();
  return is_object_of(value, custom_data_keys) && (!has_value || value["currency"].exists());
}

bool is_external_id(json::Value value) { return is_text_list(value); }
constexpr Key user_data_keys[] = {{"em", is_digest_list},
                                  {"ph", is_digest_list},
                                  {"fn", is_digest_list},
                                  {"ln", is_digest_list},
                                  {"ge", is_digest_list},
                                  {"db", is_digest_list},
                                  {"ct", is_digest_list},
                                  {"st", is_digest_list},
                                  {"zp", is_digest_list},
                                  {"country", is_digest_list},
                                  {"external_id", is_external_id},
                                  {"client_ip_address", is_plain},
                                  {"client_user_agent", is_plain},
                                  {"fbc", is_cookie},
                                  {"fbp", is_cookie},
                                  {"subscription_id", is_plain},
                                  {"fb_login_id", is_integer},
                                  {"lead_id", is_lead_id}};
bool is_user_data(json::Value value) { return is_object_of(value, user_data_keys); }

constexpr Key original_keys[] = {{"event_name", is_text},
                                 {"event_time", is_integer},
                                 {"order_id", is_text},
                                 {"event_id", is_text}};
bool is_original(json::Value value) { return is_object_of(value, original_keys); }

constexpr Key event_keys[] = {{"event_name", is_text},
                              {"event_time", is_integer},
                              {"event_id", is_text},
                              {"action_source", is_one_of<sources>},
                              {"event_source_url", is_url},
                              {"referrer_url", is_url},
                              {"opt_out", is_true},
                              {"data_processing_options", is_ldu},
                              {"data_processing_options_country", is_integer},
                              {"data_processing_options_state", is_integer},
                              {"original_event_data", is_original},
                              {"user_data", is_user_data},
                              {"custom_data", is_custom_data}};
bool is_event(json::Value value) { return is_object_of(value, event_keys); }
bool is_event_list(json::Value value) { return is_list(value, is_event); }

constexpr Key request_keys[] = {{"data", is_event_list},
                                {"partner_agent", is_text},
                                {"test_event_code", is_text},
                                {"access_token", is_text}};

// How often each key of a list was met, by the key's place.
std::map<const Key*, int> met;

bool is_object_of(json::Value value, std::span<const Key> keys) {
  const auto members = value.members();
  if (!value.is_object() || members.empty()) return false;
  for (const auto& [name, member] : members) {
    const auto key = std::ranges::find(keys, name, &Key::name);
    if (key == keys.end() || !key->is_right(member)) {
      UNSCOPED_INFO("wrong: " << name);
      return false;
    }
    ++met[&*key];
  }
  return true;
}

HttpRequest request_of(const HostileEvent& one, const Encoding& encoding) {
  const std::array<const Conversion*, 1> conversions = {&encoding.conversion};
  return conversions_api.build(conversions, one.connection, conversions_api.default_endpoint,
                               testing::placeholder_credential(), Purpose::deliver);
}

Encoding encode_of(const HostileEvent& one) {
  return conversions_api.encode(one.event, testing::phone_of(one.event, one.connection),
                                one.connection);
}

void check_body(const std::string& body, const HostileEvent& one) {
  const auto document = json::parse(body);
  REQUIRE(document);
  CHECK(is_object_of(document->root(), request_keys));
  if (setting(one.connection, "meta.external_id") != "raw") {
    for (const json::Value event : document->root()["data"].items()) {
      const json::Value external_id = event["user_data"]["external_id"];
      CHECK((!external_id.exists() || is_digest_list(external_id)));
    }
  }
  const std::string lower = ascii_lower(body);
  for (const std::string& secret : one.secrets) {
    INFO(secret);
    CHECK(lower.find(secret) == std::string::npos);
  }
}

TEST_CASE("whatever an event holds, what leaves is well formed and holds nothing personal") {
  met.clear();
  HostileEvents source(20261123);
  int sent = 0;
  for (int i = 0; i < events; ++i) {
    const HostileEvent one = source.next();
    const Encoding encoding = encode_of(one);
    CHECK(encoding.conversion.object == encode_of(one).conversion.object);
    if (!encoding.refusals.empty()) continue;
    ++sent;
    const HttpRequest request = request_of(one, encoding);
    INFO("event " << i << ": " << request.body << "\nextra: " << one.event.extra);
    CHECK(request.body.find("placeholder-access-token") == std::string::npos);
    CHECK(request.body == request_of(one, encoding).body);
    check_body(request.body, one);
    if (!request.secret_body.empty()) check_body(std::string(request.secret_body.reveal()), one);
    CHECK(encoding.conversion.dedup_scope.find(one.secrets[1]) == std::string::npos);
  }
  CHECK(sent > events / 2);
  for (const std::span<const Key> keys :
       {std::span<const Key>(content_keys), std::span<const Key>(custom_data_keys),
        std::span<const Key>(user_data_keys), std::span<const Key>(original_keys),
        std::span<const Key>(event_keys), std::span<const Key>(request_keys)}) {
    for (const Key& key : keys) {
      INFO(key.name);
      CHECK(met[&key] > 0);
    }
  }
}

}  // namespace
}  // namespace pruuv::platforms::meta
