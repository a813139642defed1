// Events of every kind of nonsense: whatever stands in a row, what goes out is TikTok's shape and
// nothing else, and no person is named in it.
#include <algorithm>
#include <array>
#include <random>
#include <set>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platforms/platform.hpp"
#include "platforms/testing/golden.hpp"
#include "platforms/tiktok/tiktok.hpp"

namespace pruuv::platforms::tiktok {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr int events = 2'000;
#else
constexpr int events = 20'000;
#endif

using Keys = std::set<std::string_view>;
using Values = std::span<const std::string_view>;

// The keys of the endpoint's page for web events, and no other.
const Keys request_keys = {"event_source", "event_source_id", "test_event_code", "data"};
const Keys event_keys = {"event", "event_time", "event_id",        "user",
                         "page",  "properties", "limited_data_use"};
const Keys user_keys = {"ttclid", "ttp",    "email",      "phone",      "external_id",
                        "ip",     "locale", "user_agent", "first_name", "last_name",
                        "city",   "state",  "zip_code",   "country"};
const Keys page_keys = {"url", "referrer"};
const Keys property_keys = {"value",       "currency",      "order_id",     "shop_id",
                            "contents",    "content_ids",   "num_items",    "content_type",
                            "description", "search_string", "customer_type"};
const Keys content_keys = {"content_id", "content_name", "content_category",
                           "brand",      "price",        "quantity"};
const Keys hashed_keys = {"email", "phone", "external_id", "first_name", "last_name", "zip_code"};
const Keys number_keys = {"value", "price"};
const Keys integer_keys = {"event_time", "quantity", "num_items"};
const Keys list_keys = {"email", "phone", "external_id", "contents", "content_ids", "data"};
const Keys object_keys = {"user", "page", "properties"};

constexpr std::string_view person_email = "Zebedee.Quill@Example.com";
constexpr std::string_view person_phone = "+44 20 7031 3000";
constexpr std::string_view person_name = "Zebedee Quillfeather";
// How the person's data would look in a body.
constexpr std::array<std::string_view, 6> personal = {
    "zebedee.quill@", "zebedeequill",         "70313000",
    "7031 3000",      "zebedee quillfeather", "%40example"};

constexpr std::array<std::string_view, 28> hostile = {
    "",
    " ",
    "null",
    "undefined",
    "[]",
    "{}",
    "0",
    "-1",
    "1e308",
    "NaN",
    "\"",
    "\\",
    "\xff\xfe",
    "\xed\xa0\x80",
    "\x01\x1f",
    "\xe2\x80\xae",
    "a\"],\"x\":[1",
    "{\"a\":1}",
    "😀",
    "ÄÖÜ",
    person_email,
    person_phone,
    person_name,
    "442070313000",
    "12345678901234567890",
    "https://user:pw@x.example/"
    "zebedee.quill@example.com?email=Zebedee.Quill%40Example.com&q=7031-3000#f",
    "Cj0KCQiA-example-gclid",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"};

constexpr std::array<std::string_view, 13> detail_keys = {
    "contents",    "content_ids",   "content_type", "num_items",     "shop_id",
    "description", "search_string", "locale",       "customer_type", "lead_id",
    "value",       "event",         "user"};

// Good ones, in the same order.
constexpr std::array<std::string_view, 13> good_details = {
    R"([{"id":"A","quantity":2,"price":19.90,"name":"Mug"}])",
    R"(["A",5])",
    R"("product")",
    "3",
    R"("S-1")",
    R"("two mugs")",
    R"("mug")",
    R"("en-US")",
    R"("new")",
    R"("7012345678901234567")",
    "1.5",
    R"("Lead")",
    R"({"a":[{"b":null}]})"};

class Rows {
 public:
  explicit Rows(std::uint32_t seed) : random_(seed) {}

  FunnelEvent next() {
    FunnelEvent event;
    event.id = "3f2a9c1e-7b4d-4e8a-9c55-0d6e1f2a3b4c";
    event.event_name = one_in(4) ? std::string(pick(hostile)) : "lead";
    event.event_time = 1795400000;
    for (const EventField& field : event_fields) {
      if (one_in(2)) event.*field.text = std::string(pick(hostile));
    }
    // Who the person is must be known for most events, or nothing could be looked for.
    event.email = person_email;
    event.phone = person_phone;
    event.first_name = "Zebedee";
    event.last_name = "Quillfeather";
    if (one_in(2)) event.ttclid = "E.C.P.abc";
    if (one_in(2)) event.value = "129.90", event.currency = "EUR";
    if (one_in(2)) event.ip = "8.8.8.8", event.country = "GB";
    event.consent_ad_user_data = one_in(8) ? "denied" : "";
    if (!one_in(8)) event.extra = extra();
    return event;
  }

  Connection connection() {
    Connection out;
    out.destination = "C9ABCDEFGHIJKLMNOPQR";
    out.settings["tiktok.page_url"] = "https://www.acme.example/";
    if (one_in(2)) out.settings["tiktok.denied_consent"] = "send";
    if (one_in(4)) out.settings["tiktok.external_id"] = "off";
    if (one_in(4)) out.test_event_code = "TEST1";
    return out;
  }

 private:
  bool one_in(std::uint32_t n) { return random_() % n == 0; }

  std::string_view pick(Values from) { return from[random_() % from.size()]; }

  std::string extra() {
    std::string out = "{";
    for (std::size_t i = 0; i < detail_keys.size(); ++i) {
      if (one_in(2)) continue;
      if (out.size() > 1) out += ',';
      out += '"' + std::string(detail_keys[i]) + "\":";
      out += one_in(3) ? std::string(good_details[i]) : detail(3);
    }
    return out + "}";
  }

  // A JSON value of any kind.
  std::string detail(int depth) {
    json::Writer quoted;
    switch (random_() % (depth > 0 ? 6 : 3)) {
      case 0:
        return std::string(pick(good_details));
      case 1:
        quoted.text(pick(hostile));
        return quoted.str();
      case 2:
        return one_in(2) ? "null" : "-12345678901234567890.5";
      case 3:
        return "[" + detail(depth - 1) + "," + detail(depth - 1) + "]";
      default:
        return R"([{"id":)" + detail(depth - 1) + R"(,"name":)" + detail(depth - 1) +
               R"(,"brand":)" + detail(0) + R"(,"price":)" + detail(0) + R"(,"quantity":)" +
               detail(0) + R"(,"x":1}])";
    }
  }

  std::mt19937 random_;
};

bool is_hash(json::Value value) {
  const std::string_view text = value.text().value_or("");
  return is_sha256_hex(text) && ascii_lower(text) == text;
}

void check_object(json::Value object, const Keys& keys);

// REQUIRE on a condition only where it fails: 20,000 bodies have millions of values.
void demand(bool is_right, std::string_view key) {
  if (is_right) return;
  CAPTURE(key);
  FAIL("not of TikTok's shape");
}

void check_value(std::string_view key, json::Value value) {
  if (list_keys.contains(key)) {
    demand(value.is_array() && !value.items().empty(), key);
    for (const json::Value item : value.items()) {
      if (key == "contents" || key == "data") {
        check_object(item, key == "data" ? event_keys : content_keys);
      } else {
        demand(item.is_string() && !item.text()->empty(), key);
        demand(!hashed_keys.contains(key) || is_hash(item), key);
      }
    }
  } else if (object_keys.contains(key)) {
    check_object(value, key == "user" ? user_keys : key == "page" ? page_keys : property_keys);
  } else if (number_keys.contains(key)) {
    demand(value.is_number(), key);
  } else if (integer_keys.contains(key)) {
    demand(value.is_number() && value.integer().has_value(), key);
  } else if (key == "limited_data_use") {
    demand(value.boolean() == true, key);
  } else {
    demand(value.is_string() && !value.text()->empty() && is_valid_utf8(*value.text()), key);
    demand(!hashed_keys.contains(key) || is_hash(value), key);
  }
}

void check_object(json::Value object, const Keys& keys) {
  demand(object.is_object(), "object");
  std::set<std::string_view> seen;
  for (const auto& [key, value] : object.members()) {
    demand(keys.contains(key) && seen.insert(key).second, key);
    check_value(key, value);
  }
}

TEST_CASE("whatever a row holds, a request has TikTok's shape and names nobody") {
  Rows rows(20261123);
  int sent = 0;
  std::set<std::string> keys_seen;
  for (int i = 0; i < events; ++i) {
    INFO("event " << i);
    const FunnelEvent event = rows.next();
    const Connection connection = rows.connection();
    const Phone phone = testing::phone_of(event, connection);
    const Encoding out = events_api.encode(event, phone, connection);
    const Encoding again = events_api.encode(event, phone, connection);
    REQUIRE(out.conversion.object == again.conversion.object);
    if (!out.refusals.empty()) continue;
    ++sent;
    const std::array<const Conversion*, 2> pair = {&out.conversion, &again.conversion};
    const std::string body = events_api
                                 .build(pair, connection, events_api.default_endpoint,
                                        testing::placeholder_credential(), Purpose::deliver)
                                 .body;
    const auto document = json::parse(body);
    REQUIRE(document.has_value());
    check_object(document->root(), request_keys);
    const std::string lower = ascii_lower(body);
    for (const std::string_view text : personal) {
      INFO(text << " in " << lower);
      REQUIRE(lower.find(text) == std::string::npos);
    }
    const json::Value first = document->root()["data"].items().front();
    for (const std::string_view part : {"user", "page", "properties"}) {
      for (const auto& [key, value] : first[part].members()) keys_seen.emplace(key);
    }
  }
  CHECK(sent > events / 4);
  // Every key was there at least once: the test looks at what it is about.
  CHECK(keys_seen.size() == user_keys.size() + page_keys.size() + property_keys.size());
}

}  // namespace
}  // namespace pruuv::platforms::tiktok
