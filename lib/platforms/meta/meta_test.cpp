#include "platforms/meta/meta.hpp"

#include <array>

#include "base/json.hpp"
#include "platforms/testing/golden.hpp"

namespace pruuv::platforms::meta {
namespace {

constexpr std::int64_t day_s = 86400;
constexpr std::int64_t now_s = 1795400000;

Timing timing_of(std::int64_t event_time, const std::string& action_source = {}) {
  FunnelEvent event;
  event.event_time = event_time;
  event.action_source = action_source;
  return conversions_api.timing(event, Connection{}, conversions_api.default_endpoint, now_s);
}

TEST_CASE("7 days less ten minutes, for sales in a shop 62 days") {
  CHECK(timing_of(now_s - 7 * day_s + 601).reason == Reason::none);
  CHECK(timing_of(now_s - 7 * day_s + 600).reason == Reason::too_old);
  CHECK(timing_of(now_s - 62 * day_s + 601, "physical_store").reason == Reason::none);
  CHECK(timing_of(now_s - 62 * day_s + 600, "physical_store").reason == Reason::too_old);
  CHECK(timing_of(now_s + 60).reason == Reason::not_yet);
}

TEST_CASE("the lead of a Facebook click is claimed, a browser id alone is none") {
  FunnelEvent event;
  event.fbp = "fb.1.1795300000123.1098115397";
  event.fbclid = "  ";
  CHECK(!conversions_api.claims(event));
  event.fbclid = "IwAR";
  CHECK(conversions_api.claims(event));
  event.fbclid.clear();
  event.fbc = "fb.1.1795300000123.IwAR";
  CHECK(conversions_api.claims(event));
}

TEST_CASE("a CRM's stage of a lead of Meta's forms is claimed without a click id") {
  FunnelEvent event;
  event.extra = R"({"lead_id": 525645896321548})";
  CHECK(!conversions_api.claims(event));
  event.action_source = "system_generated";
  CHECK(conversions_api.claims(event));
  event.ttclid = "E.C.P.abc";
  CHECK(!conversions_api.claims(event));
  event.ttclid.clear();
  event.extra = R"({"lead_id": 7123456789012345678})";
  CHECK(!conversions_api.claims(event));
}

TEST_CASE("a pixel id is 1 to 20 digits") {
  Connection connection;
  connection.destination = " 1234567890123456\n";
  REQUIRE(conversions_api.check_connection(connection));
  CHECK(connection.destination == "1234567890123456");
  for (const std::string id :
       {"", "12a", "-1", "123456789012345678901", "1/../2", "\xef\xbc\x91"}) {
    INFO(id);
    connection.destination = id;
    const auto checked = conversions_api.check_connection(connection);
    REQUIRE(!checked);
    CHECK(checked.error().message.find("pixel_id") != std::string::npos);
    CHECK(!checked.error().hint.empty());
  }
}

TEST_CASE(
    "several events in one request, objects untouched, and the proof where there is an app "
    "secret") {
  Conversion a;
  a.object = R"({"x":1.50})";
  Conversion b;
  b.object = R"({"y":"ä"})";
  const std::array<const Conversion*, 2> conversions = {&a, &b};
  Connection connection;
  connection.destination = "12";
  connection.test_event_code = "TEST1";
  const auto document = json::parse(testing::read_testdata("vectors/meta.json"));
  REQUIRE(document);
  for (const json::Value row : document->root()["appsecret_proof"].items()) {
    Credential credential;
    credential.access_token = Secret(std::string(row["access_token"].text().value()));
    credential.app_secret = Secret(std::string(row["app_secret"].text().value()));
    const HttpRequest request = conversions_api.build(
        conversions, connection, conversions_api.default_endpoint, credential, Purpose::deliver);
    CHECK(request.body ==
          R"({"data":[{"x":1.50},{"y":"ä"}],"test_event_code":"TEST1","appsecret_proof":")" +
              std::string(row["appsecret_proof"].text().value()) + "\"}");
  }
}

TEST_CASE("the token travels as a bearer token in a header that cannot be printed") {
  const HttpRequest request =
      conversions_api.build({}, Connection{}, conversions_api.default_endpoint,
                            testing::placeholder_credential(), Purpose::deliver);
  REQUIRE(request.headers.at(0).name == "Authorization");
  REQUIRE(std::holds_alternative<Secret>(request.headers[0].value));
  CHECK(std::get<Secret>(request.headers[0].value).reveal() == "Bearer placeholder-access-token");
}

TEST_CASE("a token in the body stands in no header, and not in the body that is recorded") {
  Conversion conversion;
  conversion.object = R"({"x":1})";
  const std::array<const Conversion*, 1> conversions = {&conversion};
  Connection connection;
  connection.settings["meta.token_in"] = "body";
  const HttpRequest request =
      conversions_api.build(conversions, connection, conversions_api.default_endpoint,
                            testing::placeholder_credential(), Purpose::deliver);
  for (const HttpHeader& header : request.headers) {
    CHECK(header.name != "Authorization");
    CHECK(std::holds_alternative<std::string>(header.value));
  }
  CHECK(request.body == R"({"data":[{"x":1}]})");
  CHECK(request.secret_body.reveal() ==
        R"({"data":[{"x":1}],"access_token":"placeholder-access-token"})");
  connection.settings["meta.token_in"] = "header";
  CHECK(conversions_api
            .build(conversions, connection, conversions_api.default_endpoint,
                   testing::placeholder_credential(), Purpose::deliver)
            .secret_body.empty());
}

TEST_CASE("settings: the closed ones have choices, and each says what it does") {
  std::size_t closed = 0;
  for (const SettingSpec& spec : conversions_api.settings) {
    CHECK(spec.name.starts_with("meta."));
    CHECK(!spec.words.empty());
    closed += spec.choices.empty() ? 0 : 1;
  }
  CHECK(conversions_api.settings.size() == 5);
  CHECK(closed == 3);
}

}  // namespace
}  // namespace pruuv::platforms::meta
