#include "platforms/meta/encode.hpp"

#include "base/json.hpp"
#include "platforms/meta/meta.hpp"
#include "platforms/testing/golden.hpp"

namespace pruuv::platforms::meta {
namespace {

FunnelEvent lead() {
  FunnelEvent event;
  event.seq = 7;
  event.id = "3F2A9C1E-7b4d-4e8a-9c55-0d6e1f2a3b4c";
  event.event_name = "lead";
  event.event_time = 1795400000;
  event.email = "joe@example.com";
  event.user_agent = "Mozilla/5.0";
  event.page_url = "https://shop.example/";
  return event;
}

Connection pixel() {
  Connection connection;
  connection.destination = "1234567890123456";
  return connection;
}

bool warns(const Encoding& encoding, std::string_view field, Reason reason) {
  for (const Warning& warning : encoding.warnings) {
    if (warning.field == field && warning.reason == reason) return true;
  }
  return false;
}

TEST_CASE("golden requests of Meta") {
  testing::check_golden_requests(conversions_api, "meta", 30);
}

TEST_CASE("a plain lead has nothing against it, and carries its own id as it was written") {
  const Encoding out = encode(lead(), Phone{}, pixel());
  CHECK(out.refusals.empty());
  CHECK(out.warnings.empty());
  CHECK(out.conversion.event_seq == 7);
  CHECK(out.conversion.event_id == lead().id);
  CHECK(out.conversion.object.find("\"event_id\":\"" + lead().id + "\"") != std::string::npos);
  CHECK(out.conversion.dedup_scope == "1234567890123456/Lead");
  CHECK(out.conversion.batch_key.empty());
  CHECK(out.conversion.exclusive_key.empty());
}

TEST_CASE("user_data that Meta calls insufficient is refused, what goes beyond is not") {
  const auto refused = [](auto&& change) {
    FunnelEvent event = lead();
    event.email.clear();
    event.user_agent.clear();
    change(event);
    const Encoding out = encode(event, Phone{}, pixel());
    return !out.refusals.empty() && out.refusals[0] == Reason::user_data_insufficient;
  };
  CHECK(refused([](FunnelEvent&) {}));
  CHECK(refused([](FunnelEvent& e) { e.user_agent = "Mozilla"; }));
  CHECK(refused([](FunnelEvent& e) { e.ip = "8.8.8.8"; }));
  CHECK(refused([](FunnelEvent& e) {
    e.city = "Berlin", e.country = "DE", e.zip = "10115", e.user_agent = "M";
  }));
  CHECK(refused([](FunnelEvent& e) { e.first_name = "Joe"; }));
  CHECK(!refused([](FunnelEvent& e) { e.ip = "8.8.8.8", e.user_agent = "Mozilla"; }));
  CHECK(!refused([](FunnelEvent& e) { e.first_name = "Joe", e.last_name = "Doe"; }));
  CHECK(!refused([](FunnelEvent& e) { e.last_name = "Doe", e.city = "Berlin"; }));
  CHECK(!refused([](FunnelEvent& e) { e.external_id = "42"; }));
  CHECK(!refused([](FunnelEvent& e) { e.fbp = "fb.1.1795300000123.1098115397"; }));
  CHECK(!refused([](FunnelEvent& e) { e.fbclid = "IwAR"; }));
  CHECK(refused([](FunnelEvent& e) { e.fbclid = "Iw AR"; }));
}

TEST_CASE("a Purchase needs a value and a currency") {
  FunnelEvent event = lead();
  event.event_name = "purchase";
  CHECK(encode(event, Phone{}, pixel()).refusals ==
        std::vector<Reason>{Reason::value_missing, Reason::currency_missing});
  event.value = "-1";
  event.currency = "euro";
  CHECK(encode(event, Phone{}, pixel()).refusals ==
        std::vector<Reason>{Reason::value_invalid, Reason::currency_invalid});
  event.value = "1";
  event.currency = "EUR";
  CHECK(encode(event, Phone{}, pixel()).refusals.empty());
}

TEST_CASE("elsewhere a value or a currency that cannot be sent takes the other with it") {
  FunnelEvent event = lead();
  event.value = "-1";
  event.currency = "EUR";
  const Encoding negative = encode(event, Phone{}, pixel());
  CHECK(negative.refusals.empty());
  CHECK(warns(negative, "value", Reason::value_left_out));
  CHECK(negative.conversion.object.find("custom_data") == std::string::npos);
  event.value = "1";
  event.currency = "XYZ";
  const Encoding no_currency = encode(event, Phone{}, pixel());
  CHECK(warns(no_currency, "currency", Reason::currency_left_out));
  CHECK(no_currency.conversion.object.find("custom_data") == std::string::npos);
}

TEST_CASE("physical_store travels apart and is known again by its order id") {
  FunnelEvent event = lead();
  event.action_source = "Physical_Store";
  const Encoding without = encode(event, Phone{}, pixel());
  CHECK(without.conversion.batch_key == "physical_store");
  CHECK(without.conversion.object.find("\"order_id\":\"" + event.id + "\"") != std::string::npos);
  event.order_id = "A-1001";
  const Encoding with = encode(event, Phone{}, pixel());
  CHECK(with.conversion.object.find("\"order_id\":\"A-1001\"") != std::string::npos);
  CHECK(with.conversion.dedup_scope != without.conversion.dedup_scope);
  CHECK(with.conversion.dedup_scope.find("A-1001") == std::string::npos);
}

TEST_CASE("text that is not UTF-8 is left out and never breaks the JSON") {
  FunnelEvent event = lead();
  for (const EventField& field : event_fields) event.*(field.text) += "\xff\xc0";
  event.email = "joe@example.com";
  event.action_source.clear();
  const Encoding out = encode(event, Phone{}, pixel());
  REQUIRE(out.refusals.empty());
  CHECK(json::parse(out.conversion.object));
  for (const std::string_view field :
       {"user_agent", "first_name", "city", "page_url", "order_id"}) {
    INFO(field);
    CHECK(warns(out, field, Reason::text_not_utf8));
  }
  CHECK(warns(out, "fbp", Reason::fbp_malformed));
}

TEST_CASE("refusals: consent, event name") {
  FunnelEvent event = lead();
  event.consent_ad_user_data = "denied";
  event.event_name = std::string(51, 'x');
  CHECK(encode(event, Phone{}, pixel()).refusals ==
        std::vector<Reason>{Reason::consent_denied, Reason::event_name_invalid});
  event.consent_ad_user_data = "granted";
  event.event_name = "lead";
  CHECK(encode(event, Phone{}, pixel()).refusals.empty());
}

TEST_CASE("a denied consent stops the event, or sends it opted out where the connection says so") {
  FunnelEvent event = lead();
  event.consent_ad_user_data = "denied";
  Connection connection = pixel();
  connection.settings["meta.denied_consent"] = "skip";
  CHECK(encode(event, Phone{}, connection).refusals == std::vector<Reason>{Reason::consent_denied});
  connection.settings["meta.denied_consent"] = "send";
  const Encoding out = encode(event, Phone{}, connection);
  REQUIRE(out.refusals.empty());
  CHECK(out.conversion.object.find("\"opt_out\":true") != std::string::npos);
}

TEST_CASE("the stage of a lead of Meta's own forms says that a CRM tells it") {
  FunnelEvent event = lead();
  event.extra = R"({"lead_id": 525645896321548, "lead_event_source": "HubSpot"})";
  CHECK(encode(event, Phone{}, pixel()).conversion.object.find("crm") == std::string::npos);
  event.action_source = "system_generated";
  const std::string object = encode(event, Phone{}, pixel()).conversion.object;
  CHECK(object.find("\"lead_id\":525645896321548}") != std::string::npos);
  CHECK(object.find(R"("custom_data":{"event_source":"crm","lead_event_source":"HubSpot"})") !=
        std::string::npos);
  event.extra = R"({"lead_event_source": "HubSpot"})";
  CHECK(encode(event, Phone{}, pixel()).conversion.object.find("crm") == std::string::npos);
}

TEST_CASE("an event name that holds an e-mail address is refused") {
  FunnelEvent event = lead();
  event.event_name = "lead of joe@example.com";
  CHECK(encode(event, Phone{}, pixel()).refusals ==
        std::vector<Reason>{Reason::event_name_invalid});
}

TEST_CASE("an order id that holds the person is no order id, nor part of the dedup key") {
  FunnelEvent event = lead();
  event.action_source = "physical_store";
  const std::string scope = encode(event, Phone{}, pixel()).conversion.dedup_scope;
  event.order_id = event.email;
  const Encoding out = encode(event, Phone{}, pixel());
  CHECK(warns(out, "order_id", Reason::personal_data_left_out));
  CHECK(out.conversion.object.find("\"order_id\":\"" + event.id + "\"") != std::string::npos);
  CHECK(out.conversion.dedup_scope == scope);
}

TEST_CASE("a URL with the person in its path keeps the host") {
  FunnelEvent event = lead();
  const auto url_of = [&](const std::string& page_url) {
    event.page_url = page_url;
    const Encoding out = encode(event, Phone{}, pixel());
    const auto document = json::parse(out.conversion.object);
    REQUIRE(document);
    CHECK(warns(out, "page_url", Reason::personal_data_left_out) ==
          (page_url.find("joe") != std::string::npos));
    return std::string(document->root()["event_source_url"].text().value_or(""));
  };
  CHECK(url_of("https://shop.example/thanks/joe@example.com") == "https://shop.example/");
  CHECK(url_of("https://shop.example/joe%40example.com/x?id=7") == "https://shop.example/");
  CHECK(url_of("https://shop.example/thanks.AQQAAQMC") == "https://shop.example/thanks.AQQAAQMC");
  CHECK(url_of("https://shop.example/x?id=7.AQQAAQMC") == "https://shop.example/x?id=7.AQQAAQMC");
}

TEST_CASE("a website event without user agent or URL goes with a remark, others need neither") {
  FunnelEvent event = lead();
  event.user_agent.clear();
  event.page_url.clear();
  const Encoding website = encode(event, Phone{}, pixel());
  CHECK(website.refusals.empty());
  CHECK(warns(website, "user_agent", Reason::user_agent_missing));
  CHECK(warns(website, "page_url", Reason::page_url_absent));
  event.action_source = "phone_call";
  CHECK(encode(event, Phone{}, pixel()).warnings.empty());
  event.page_url = "no url";
  CHECK(warns(encode(event, Phone{}, pixel()), "page_url", Reason::page_url_absent));
}

}  // namespace
}  // namespace pruuv::platforms::meta
