#include "model/event_json.hpp"

#include <string>

#include "testing/testing.hpp"

using pruuv::FunnelEvent;
using pruuv::Result;

namespace {

Result<FunnelEvent> parse_event(std::string_view text) {
  FunnelEvent event;
  PRUUV_TRY(pruuv::parse_event(text, event));
  return event;
}

const std::string head =
    R"({"id":"7b1f0c2e-0000-4000-8000-0000000000aa","client_id":"acme","event_name":"lead",)";

}  // namespace

TEST_CASE("details may stand at the top or in an object called extra") {
  const auto event = parse_event(
      R"({"id":"3f2a9c1e-7b4d-4e8a-9c55-0d6e1f2a3b4c","client_id":"acme","event_name":"lead",
          "event_time":1795400000,"gender":"f","extra":{"gender":"m","lead_id":1234567890123456,"note":null}})");
  REQUIRE(event);
  CHECK(event->extra == R"({"gender":"f","lead_id":"1234567890123456","note":null})");
  const auto text = parse_event(
      R"({"id":"3f2a9c1e-7b4d-4e8a-9c55-0d6e1f2a3b4c","client_id":"acme","event_name":"lead",
          "event_time":1795400000,"extra":"text"})");
  REQUIRE(text);
  CHECK(text->extra == R"({"extra":"text"})");
}

TEST_CASE("an event keeps its values as they were written") {
  const auto event = parse_event(
      head +
      R"("event_time":1795400000,"value":10.50,"email":" A@Example.com ","ip":null,"city":"  ",)"
      R"("limited_data_use":true,"click_timestamp":"soon","utm":{"a":[1,2.50]},"note":"x"})");
  REQUIRE(event);
  CHECK(event->value == "10.50");
  CHECK(event->email == "A@Example.com");
  CHECK(event->ip.empty());
  CHECK(event->city.empty());
  CHECK(event->limited_data_use == "true");
  CHECK(event->click_timestamp == "soon");
  CHECK(event->event_time == 1795400000);
  CHECK(event->extra.find("\"note\":\"x\"") != std::string::npos);
  CHECK(event->extra.find("2.50") != std::string::npos);
}

TEST_CASE("only what cannot be an event is refused") {
  const auto refusal = [](const std::string& text) {
    const auto event = parse_event(text);
    return event ? std::string("taken") : event.error().message;
  };
  CHECK(refusal("[]") == "not a JSON object");
  CHECK(refusal(R"({"client_id":"a"})") == "id is missing");
  CHECK(refusal(R"({"id":"12"})") == "id is no UUID");
  CHECK(refusal(R"({"id":"7b1f0c2e-0000-4000-8000-0000000000aa","client_id":" "})") ==
        "client_id is missing");
  CHECK(refusal(head + R"("event_time":"yesterday"})") ==
        "event_time is no whole number of seconds");
  CHECK(refusal(head + R"("event_time":1.5})") == "event_time is no whole number of seconds");
  CHECK(refusal(head + "\"email\":\"a@b.c\"}") == "event_time is missing");
  CHECK(refusal(head + R"("event_time":1795400000,"phone":[1],"value":"abc","currency":"??"})") ==
        "taken");

  const auto milliseconds = parse_event(head + R"("event_time":1795400000000})");
  REQUIRE(!milliseconds);
  CHECK(milliseconds.error().hint == "13 digits look like milliseconds: divide by 1000");
}

TEST_CASE("a refusal never quotes the value") {
  const auto event = parse_event(R"({"id":"secret@example.com","client_id":"a"})");
  REQUIRE(!event);
  CHECK(event.error().message.find("secret") == std::string::npos);
}

TEST_CASE("an event that is written over keeps nothing of the last one") {
  FunnelEvent event;
  std::string all = head + R"("event_time":1795400000,"campaign":"x")";
  for (const auto& field : pruuv::event_fields) all += ",\"" + std::string(field.name) + "\":\"v\"";
  REQUIRE(pruuv::parse_event(all + "}", event));
  for (const auto& field : pruuv::event_fields) CHECK(event.*field.text == "v");
  CHECK(event.extra == R"({"campaign":"x"})");
  REQUIRE(pruuv::parse_event(head + R"("event_time":1795400001})", event));
  CHECK(event.event_time == 1795400001);
  for (const auto& field : pruuv::event_fields) CHECK((event.*field.text).empty());
  CHECK(event.extra.empty());
}

TEST_CASE("of a key that stands there twice the first counts") {
  const auto event = parse_event(
      head + R"("event_time":1795400000,"phone":null,"phone":"1","city":"A","city":"B","id":"x"})");
  REQUIRE(event);
  CHECK(event->phone.empty());
  CHECK(event->city == "A");
  CHECK(event->extra.empty());
}
