#include "platforms/tiktok/tiktok.hpp"

#include <array>

#include "platforms/testing/golden.hpp"

namespace pruuv::platforms::tiktok {
namespace {

constexpr std::int64_t now_s = 1795400000;

TEST_CASE("28 days") {
  const auto reason_at = [](std::int64_t event_time) {
    FunnelEvent event;
    event.event_time = event_time;
    return events_api.timing(event, Connection{}, events_api.default_endpoint, now_s).reason;
  };
  CHECK(reason_at(now_s - std::int64_t{28} * 86400 + 1) == Reason::none);
  CHECK(reason_at(now_s - std::int64_t{28} * 86400) == Reason::too_old);
  CHECK(reason_at(now_s + 1) == Reason::not_yet);
}

TEST_CASE("the lead of a TikTok click is claimed, a cookie alone is none") {
  FunnelEvent event;
  event.ttp = "2Xh3qLkY";
  CHECK(!events_api.claims(event));
  event.ttclid = "E.C.P.abc";
  CHECK(events_api.claims(event));
}

TEST_CASE("a pixel code is letters and digits; the fallback URL is one") {
  Connection connection;
  connection.destination = " C9ABCDEFGHIJKLMNOPQR ";
  connection.settings["tiktok.page_url"] = "https://www.acme.example/";
  REQUIRE(events_api.check_connection(connection));
  CHECK(connection.destination == "C9ABCDEFGHIJKLMNOPQR");
  connection.settings["tiktok.page_url"] = "www.acme.example";
  const auto bad_url = events_api.check_connection(connection);
  REQUIRE(!bad_url);
  CHECK(bad_url.error().message.find("tiktok.page_url") != std::string::npos);
  connection.settings.clear();
  for (const std::string code : {"", "C9-ABC", "C9 ABC", "C9\xc3\xa4"}) {
    INFO(code);
    connection.destination = code;
    const auto checked = events_api.check_connection(connection);
    REQUIRE(!checked);
    CHECK(checked.error().message.find("pixel_code") != std::string::npos);
  }
}

TEST_CASE("several events in one request, objects untouched, the token in its header") {
  Conversion a;
  a.object = R"({"x":1.50})";
  Conversion b;
  b.object = R"({"y":"ä"})";
  const std::array<const Conversion*, 2> conversions = {&a, &b};
  Connection connection;
  connection.destination = "C9ABC";
  const HttpRequest request = events_api.build(conversions, connection, events_api.default_endpoint,
                                               testing::placeholder_credential(), Purpose::deliver);
  CHECK(request.url == "https://business-api.tiktok.com/open_api/v1.3/event/track/");
  CHECK(request.body ==
        R"({"event_source":"web","event_source_id":"C9ABC","data":[{"x":1.50},{"y":"ä"}]})");
  REQUIRE(request.headers.at(0).name == "Access-Token");
  REQUIRE(std::holds_alternative<Secret>(request.headers[0].value));
  CHECK(std::get<Secret>(request.headers[0].value).reveal() == "placeholder-access-token");
}

}  // namespace
}  // namespace pruuv::platforms::tiktok
