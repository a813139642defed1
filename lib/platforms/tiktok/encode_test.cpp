#include "platforms/tiktok/encode.hpp"

#include "base/json.hpp"
#include "base/sha256.hpp"
#include "platforms/testing/golden.hpp"
#include "platforms/tiktok/tiktok.hpp"

namespace pruuv::platforms::tiktok {
namespace {

FunnelEvent lead() {
  FunnelEvent event;
  event.seq = 7;
  event.id = "3F2A9C1E-7b4d-4e8a-9c55-0d6e1f2a3b4c";
  event.event_name = "lead";
  event.event_time = 1795400000;
  event.ttclid = "E.C.P.abc";
  event.page_url = "https://shop.example/";
  return event;
}

Connection pixel() {
  Connection connection;
  connection.destination = "C9ABCDEFGHIJKLMNOPQR";
  return connection;
}

bool warns(const Encoding& encoding, std::string_view field, Reason reason) {
  for (const Warning& warning : encoding.warnings) {
    if (warning.field == field && warning.reason == reason) return true;
  }
  return false;
}

bool holds(const Encoding& encoding, const std::string& text) {
  return encoding.conversion.object.find(text) != std::string::npos;
}

TEST_CASE("golden requests of TikTok") { testing::check_golden_requests(events_api, "tiktok", 12); }

TEST_CASE("a plain lead has nothing against it, and carries its own id as it was written") {
  const Encoding out = encode(lead(), Phone{}, pixel());
  CHECK(out.refusals.empty());
  CHECK(out.warnings.empty());
  CHECK(out.conversion.event_seq == 7);
  CHECK(out.conversion.event_id == lead().id);
  CHECK(holds(out, "\"event_id\":\"" + lead().id + "\""));
  CHECK(out.conversion.dedup_scope == "C9ABCDEFGHIJKLMNOPQR/Lead");
  CHECK(out.conversion.batch_key.empty());
  CHECK(out.conversion.exclusive_key.empty());
}

TEST_CASE("a click id of 1,000 characters goes whole, a longer one not at all") {
  FunnelEvent event = lead();
  event.ttclid = std::string(1000, 'x');
  CHECK(holds(encode(event, Phone{}, pixel()), "\"ttclid\":\"" + event.ttclid + "\""));
  event.ttclid += 'x';
  event.email = "joe@example.com";
  const Encoding out = encode(event, Phone{}, pixel());
  CHECK(out.refusals.empty());
  CHECK(warns(out, "ttclid", Reason::ttclid_too_long));
  CHECK(!holds(out, "ttclid"));
}

TEST_CASE("a page URL: the event's, else the connection's, else no event") {
  FunnelEvent event = lead();
  Connection connection = pixel();
  connection.settings["tiktok.page_url"] = "https://www.acme.example/";
  CHECK(holds(encode(event, Phone{}, connection), "https://shop.example/"));
  event.page_url = "android-app://x";
  CHECK(holds(encode(event, Phone{}, connection), "https://www.acme.example/"));
  CHECK(encode(event, Phone{}, pixel()).refusals == std::vector<Reason>{Reason::page_url_missing});
}

TEST_CASE("phone, names and zip are hashed, the place stays readable") {
  FunnelEvent event = lead();
  event.first_name = " Ann-Marie ";
  event.city = "New York";
  event.state = "New York";
  event.zip = "M5V 3L9";
  event.country = "US";
  const Encoding out = encode(event, Phone{"+12133734253", "", Reason::none}, pixel());
  CHECK(holds(out, sha256_hex("+12133734253")));
  CHECK(holds(out, sha256_hex("annmarie")));
  CHECK(holds(out, sha256_hex("m5v3l9")));
  CHECK(holds(out, R"("city":"newyork","state":"ny")"));
  CHECK(holds(out, R"("country":"us")"));
}

TEST_CASE("places outside ASCII and digests of places are left out") {
  FunnelEvent event = lead();
  event.city = "S\xc3\xa3o Paulo";
  event.state = sha256_hex("sp");
  const Encoding out = encode(event, Phone{}, pixel());
  CHECK(!holds(out, "city"));
  CHECK(!holds(out, "state"));
}

TEST_CASE("what needs one of TikTok's currencies") {
  FunnelEvent event = lead();
  event.value = "5.00";
  event.currency = "zar";
  CHECK(holds(encode(event, Phone{}, pixel()), R"("properties":{"value":5.00,"currency":"ZAR"})"));
  event.currency = "BGN";
  CHECK(warns(encode(event, Phone{}, pixel()), "currency", Reason::currency_left_out));
  CHECK(!holds(encode(event, Phone{}, pixel()), "properties"));
  event.currency.clear();
  CHECK(warns(encode(event, Phone{}, pixel()), "currency", Reason::currency_left_out));
  event.value = "x";
  CHECK(warns(encode(event, Phone{}, pixel()), "value", Reason::value_left_out));
  event.value.clear();
  event.currency = "EUR";
  CHECK(encode(event, Phone{}, pixel()).warnings.empty());
}

TEST_CASE("text that is not UTF-8 is left out and never breaks the JSON") {
  FunnelEvent event = lead();
  for (const EventField& field : event_fields) event.*(field.text) += "\xff\xc0";
  event.email = "joe@example.com";
  event.page_url = "https://shop.example/";
  const Encoding out = encode(event, Phone{}, pixel());
  REQUIRE(out.refusals.empty());
  CHECK(json::parse(out.conversion.object));
  for (const std::string_view field :
       {"ttclid", "ttp", "user_agent", "external_id", "city", "order_id"}) {
    INFO(field);
    CHECK(warns(out, field, Reason::text_not_utf8));
  }
}

TEST_CASE("every refusal is said, consent first") {
  FunnelEvent event = lead();
  event.consent_ad_user_data = "denied";
  event.event_name = " ";
  event.page_url.clear();
  event.ttclid.clear();
  CHECK(encode(event, Phone{}, pixel()).refusals ==
        std::vector<Reason>{Reason::consent_denied, Reason::event_name_invalid,
                            Reason::page_url_missing, Reason::user_data_insufficient});
}

TEST_CASE("limited data use needs the visitor's address") {
  FunnelEvent event = lead();
  event.limited_data_use = "yes";
  CHECK(encode(event, Phone{}, pixel()).refusals ==
        std::vector<Reason>{Reason::user_data_insufficient});
  event.ip = "8.8.8.8";
  CHECK(holds(encode(event, Phone{}, pixel()), R"("limited_data_use":true)"));
}

}  // namespace
}  // namespace pruuv::platforms::tiktok
