// Twenty thousand events of anything, through both APIs: whatever stands in an event, what leaves
// has the keys and types of Google's messages and nothing raw of a person.
#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platforms/google/google.hpp"
#include "platforms/testing/golden.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::google {
namespace {

enum class Kind { text, number, integer, digits, hash, truth, word };
using Shape = std::map<std::string, Kind, std::less<>>;  // path -> what stands there, [] in a list

// google/ads/googleads/v25/services/conversion_upload_service.proto
const Shape google_ads_shape = {
    {"partialFailure", Kind::truth},
    {"validateOnly", Kind::truth},
    {"conversions[].gclid", Kind::text},
    {"conversions[].gbraid", Kind::text},
    {"conversions[].wbraid", Kind::text},
    {"conversions[].conversionAction", Kind::text},
    {"conversions[].conversionDateTime", Kind::text},
    {"conversions[].conversionValue", Kind::number},
    {"conversions[].currencyCode", Kind::word},
    {"conversions[].orderId", Kind::text},
    {"conversions[].userIdentifiers[].userIdentifierSource", Kind::word},
    {"conversions[].userIdentifiers[].hashedEmail", Kind::hash},
    {"conversions[].userIdentifiers[].hashedPhoneNumber", Kind::hash},
    {"conversions[].consent.adUserData", Kind::word},
    {"conversions[].customerType", Kind::word},
    {"conversions[].customVariables[].conversionCustomVariable", Kind::text},
    {"conversions[].customVariables[].value", Kind::text},
    {"conversions[].cartData.merchantId", Kind::digits},
    {"conversions[].cartData.feedCountryCode", Kind::word},
    {"conversions[].cartData.feedLanguageCode", Kind::text},
    {"conversions[].cartData.items[].productId", Kind::text},
    {"conversions[].cartData.items[].quantity", Kind::integer},
    {"conversions[].cartData.items[].unitPrice", Kind::number},
    {"conversions[].sessionAttributesEncoded", Kind::text},
};

// google/ads/datamanager/v1/{ingestion_service,event,user_data,cart_data,destination}.proto
const Shape data_manager_shape = {
    {"validateOnly", Kind::truth},
    {"encoding", Kind::word},
    {"destinations[].reference", Kind::text},
    {"destinations[].operatingAccount.accountType", Kind::word},
    {"destinations[].operatingAccount.accountId", Kind::digits},
    {"destinations[].loginAccount.accountType", Kind::word},
    {"destinations[].loginAccount.accountId", Kind::digits},
    {"destinations[].productDestinationId", Kind::digits},
    {"events[].destinationReferences[]", Kind::text},
    {"events[].transactionId", Kind::text},
    {"events[].eventTimestamp", Kind::text},
    {"events[].eventSource", Kind::word},
    {"events[].adIdentifiers.gclid", Kind::text},
    {"events[].adIdentifiers.gbraid", Kind::text},
    {"events[].adIdentifiers.wbraid", Kind::text},
    {"events[].adIdentifiers.sessionAttributes", Kind::text},
    {"events[].userData.userIdentifiers[].emailAddress", Kind::hash},
    {"events[].userData.userIdentifiers[].phoneNumber", Kind::hash},
    {"events[].userData.userIdentifiers[].address.givenName", Kind::hash},
    {"events[].userData.userIdentifiers[].address.familyName", Kind::hash},
    {"events[].userData.userIdentifiers[].address.regionCode", Kind::word},
    {"events[].userData.userIdentifiers[].address.postalCode", Kind::text},
    {"events[].conversionValue", Kind::number},
    {"events[].currency", Kind::word},
    {"events[].consent.adUserData", Kind::word},
    {"events[].consent.adPersonalization", Kind::word},
    {"events[].customVariables[].variable", Kind::text},
    {"events[].customVariables[].value", Kind::text},
    {"events[].cartData.merchantId", Kind::digits},
    {"events[].cartData.merchantFeedLabel", Kind::word},
    {"events[].cartData.merchantFeedLanguageCode", Kind::text},
    {"events[].cartData.items[].merchantProductId", Kind::text},
    {"events[].cartData.items[].quantity", Kind::digits},
    {"events[].cartData.items[].unitPrice", Kind::number},
    {"events[].userProperties.customerType", Kind::word},
    {"events[].eventDeviceInfo.userAgent", Kind::text},
    {"events[].eventDeviceInfo.ipAddress", Kind::text},
};

bool is_word(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

bool fits(const json::Value& value, Kind kind) {
  if (kind == Kind::truth) return value.is_bool();
  if (kind == Kind::number) return value.is_number();
  if (kind == Kind::integer) return value.is_number() && value.integer().has_value();
  if (!value.is_string()) return false;
  const std::string_view text = *value.text();
  if (trim(text).empty() || !is_valid_utf8(text)) return false;
  if (kind == Kind::digits) return is_all_digits(text);
  if (kind == Kind::word) return is_word(text);
  if (kind == Kind::hash) return is_sha256_hex(text) && text == ascii_lower(text);
  return true;
}

// Checks every value of a body; collects the paths it meets.
class Walk {
 public:
  explicit Walk(const Shape& shape) : shape_(shape) {}

  void run(const json::Value& value, const std::string& path) {
    if (value.is_object()) {
      const auto members = value.members();
      if (members.empty()) fault_ = path + ": empty object";
      std::set<std::string_view> names;
      for (const auto& [name, member] : members) {
        if (!names.insert(name).second) fault_ = path + ": a key twice";
        run(member, path.empty() ? std::string(name) : path + "." + std::string(name));
      }
    } else if (value.is_array()) {
      if (value.items().empty()) fault_ = path + ": empty list";
      for (const json::Value& item : value.items()) run(item, path + "[]");
    } else {
      const auto known = shape_.find(path);
      if (known == shape_.end()) {
        fault_ = path + ": unknown key";
      } else if (!fits(value, known->second)) {
        fault_ = path + ": wrong value " + value.dump();
      }
      seen_.insert(path);
    }
  }

  [[nodiscard]] const std::string& fault() const { return fault_; }
  [[nodiscard]] const std::set<std::string>& seen() const { return seen_; }

 private:
  const Shape& shape_;
  std::string fault_;
  std::set<std::string> seen_;
};

// None of these may be found in a body; the generator puts them wherever a person's data may stand.
constexpr std::array<std::string_view, 6> personal = {
    "zebedee.quill@", "@example.com", "7031 3000", "442070313000", "zebedee", "quillfeather"};

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  FunnelEvent event() {
    FunnelEvent out;
    out.id = "0b6f8f5e-6c1a-4d8e-9d59-3f7c2b1a0e11";
    out.client_id = "acme";
    out.event_name = one_of({"lead", "purchase", "\xff", ""});
    out.event_time = 946684800 + static_cast<std::int64_t>(below(4294967295U) % 3000000000U);
    for (const EventField& field : event_fields) out.*(field.text) = hostile();
    likely(out.gclid, {"Cj0KCQiA-abc_DEF", " EAIaIQob ", "a b", "x\"y"});
    likely(out.gbraid, {"0AAAAA-braid", "", "", "{gbraid}"});
    likely(out.wbraid, {"CkkKCQiA-braid", "", "", "\xc3\x28"});
    likely(out.email, {"Zebedee.Quill@example.com", "zebedee.quill@", " ", "@example.com"});
    likely(out.phone, {"+44 20 7031 3000", "020 7031 3000", "442070313000", "7031 3000 x"});
    likely(out.first_name, {"Zebedee", "Dr. Zebedee", "'", "zebedee.quill@example.com"});
    likely(out.last_name, {"Quillfeather", "Quillfeather Jr.", "\xff", "442070313000"});
    likely(out.country, {"GB", "us", "CH", "??"});
    likely(out.zip, {"SW1A 1AA", "10115", "<zip>", "1\n2"});
    likely(out.value, {"49.90", "0", "-1", "1e5"});
    likely(out.currency, {"EUR", "usd", "E", "EURO"});
    likely(out.ip, {"8.8.8.8", "2001:4860:4860::8888", "10.0.0.1", "x"});
    likely(out.user_agent, {"Mozilla/5.0 \"X\"", " ", "\xff", "curl"});
    likely(out.consent_ad_user_data, {"granted", "denied", "", "maybe"});
    likely(out.consent_ad_personalization, {"granted", "denied", "", "no"});
    likely(out.action_source, {"website", "physical_store", "", "fax"});
    out.extra = extra(out);
    return out;
  }

  Connection connection(const Platform& adapter) {
    Connection out;
    out.destination = "123-456-7890";
    out.conversion_action_id = "987654321";
    if (below(2) == 0) out.login_customer_id = "1112223333";
    out.default_country = one_of({"", "GB"});
    out.currency = one_of({"", "CHF"});
    maybe(out, "google.denied_consent", {"send", "skip"});
    maybe(out, "google.merchant_id", {"123456"});
    maybe(out, "google.feed_country", {"de"});
    maybe(out, "google.feed_language", {"DE"});
    maybe(out, "google.ip", {"outside_eea", "skip"});
    maybe(out, "google.session_attributes", {"send", "skip"});
    maybe(out, "google.custom_variables", {"plan=1,seats=2,who=3"});
    if (!adapter.check_connection(out)) FAIL("a connection is refused");
    return out;
  }

  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

 private:
  std::string one_of(std::initializer_list<const char*> texts) {
    return *(texts.begin() + below(static_cast<unsigned>(texts.size())));
  }

  std::string hostile() {
    if (below(3) == 0) return {};
    if (below(1000) == 0) return std::string(20000, 'x');
    return one_of({" ", "null", "[]", "{}", "\"", "\\", "\n\t", "\xff\xfe", "\xe2\x80\xae",
                   "\xf0\x9f\x98\x80", "<script>", "%00", "0", "true", "';--",
                   "a\x01"
                   "b",
                   "18446744073709551616"});
  }

  // Mostly one of these, the sound ones first; else what stands there.
  void likely(std::string& text, std::initializer_list<const char*> texts) {
    if (below(4) == 0) return;
    text = below(2) == 0 ? std::string(*texts.begin()) : one_of(texts);
  }

  void maybe(Connection& connection, const char* name, std::initializer_list<const char*> texts) {
    if (below(2) == 0) connection.settings[name] = one_of(texts);
  }

  std::string junk() {
    return one_of({"null", "\"\"", "[]", "{}", "[null]", "7", "-1", "true", "\"x\"", "1e999",
                   "\"zebedee.quill@example.com\"", "[[[]]]", "{\"a\":null}", "\"\\u0000\""});
  }

  std::string member(const char* key, std::initializer_list<const char*> texts) {
    return std::string("\"") + key + "\":" + (below(4) == 0 ? junk() : one_of(texts));
  }

  // The person's own data where only an operator's words belong.
  std::string own_data(const FunnelEvent& event) {
    const std::array<const std::string*, 4> fields = {&event.email, &event.phone, &event.first_name,
                                                      &event.last_name};
    const std::string& text = *fields.at(below(4));
    json::Writer writer;
    writer.begin_object();
    writer.member("plan", "gold");
    if (is_valid_utf8(text)) writer.member("who", text);
    writer.member("seats", "+44 20 7031 3000");
    writer.end_object();
    return writer.str();
  }

  std::string extra(const FunnelEvent& event) {
    if (below(8) == 0) return hostile();
    const std::string own = own_data(event);
    return "{" + member("session_attributes", {"\"eyJhIjoiMSJ9\"", "\"<a>\"", "\"a+/=\""}) + "," +
           member("customer_type", {"\"new\"", "\"RETURNING\"", "\"reengaged\"", "\"VIP\""}) + "," +
           member("custom_variables",
                  {R"({"plan":"gold","seats":3,"who":"Zebedee.Quill@example.com"})", own.c_str(),
                   R"({"plan":"","":"x","seats":null,"who":["x"],"plan":"twice"})",
                   R"({"zebedee.quill@example.com":"x","seats":"a\nb","plan":1.50})"}) +
           "," +
           member("contents", {R"([{"id":"sku","quantity":2,"price":"19.90"}])",
                               R"([{"id":"sku","price":5},{"id":"","price":1},{"id":"b"}])",
                               R"([{"id":7,"quantity":-1,"price":1},null,"x",[]])"}) +
           "}";
  }

  std::mt19937 random_;
};

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++out;
  return out;
}

// What is wrong with a body; empty = nothing. Not a check of its own: there are too many of them.
std::string fault_of(const std::string& body, const Shape& shape, std::set<std::string>& seen) {
  const auto document = json::parse(body);
  if (!document) return "no JSON";
  Walk walk(shape);
  walk.run(document->root(), "");
  if (!walk.fault().empty()) return walk.fault();
  seen.insert(walk.seen().begin(), walk.seen().end());

  const std::size_t braids = count_of(body, "\"gbraid\":") + count_of(body, "\"wbraid\":");
  if (braids + count_of(body, "\"gclid\":") != 1) return "not one click id";
  for (const char* key :
       {"\"userData\":", "\"userIdentifiers\":", "\"customVariables\":", "\"cartData\":"}) {
    if (braids == 1 && count_of(body, key) > 0) return std::string(key) + " beside a braid";
  }
  const std::string lower = ascii_lower(body);
  for (const std::string_view part : personal) {
    if (lower.find(part) != std::string::npos) return "holds " + std::string(part);
  }
  return {};
}

#if defined(__SANITIZE_ADDRESS__)
constexpr int events = 3'000;
#else
constexpr int events = 20'000;
#endif

void check_many(const Platform& adapter, const Shape& shape) {
  Generator generator(20261123);
  std::set<std::string> seen;
  int sent = 0;
  for (int i = 0; i < events; ++i) {
    const FunnelEvent event = generator.event();
    const Connection connection = generator.connection(adapter);
    const Phone phone = testing::phone_of(event, connection);
    const Encoding encoding = adapter.encode(event, phone, connection);
    const Purpose purpose = generator.below(2) == 0 ? Purpose::deliver : Purpose::validate;
    if (!encoding.refusals.empty()) continue;
    ++sent;
    if (adapter.encode(event, phone, connection).conversion.object != encoding.conversion.object) {
      FAIL("event " << i << " is not encoded to the same bytes twice");
    }
    const std::array<const Conversion*, 1> conversions = {&encoding.conversion};
    const std::string fault = fault_of(adapter
                                           .build(conversions, connection, adapter.default_endpoint,
                                                  testing::placeholder_credential(), purpose)
                                           .body,
                                       shape, seen);
    if (!fault.empty()) FAIL("event " << i << ": " << fault);
  }
  CHECK(sent > events / 5 * 2);
  for (const auto& [path, kind] : shape) {
    INFO(path << " was never sent");
    CHECK(seen.contains(path));
  }
}

TEST_CASE("the Google Ads API gets nothing but its own keys, whatever an event holds") {
  check_many(google_ads, google_ads_shape);
}

TEST_CASE("Data Manager gets nothing but its own keys, whatever an event holds") {
  check_many(data_manager, data_manager_shape);
}

}  // namespace
}  // namespace pruuv::platforms::google
