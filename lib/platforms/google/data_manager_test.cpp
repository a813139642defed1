#include <array>

#include "base/json.hpp"
#include "platforms/google/data_manager_answer.hpp"
#include "platforms/google/google.hpp"
#include "platforms/testing/golden.hpp"
#include "platforms/testing/recorded.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::google {
namespace {

TEST_CASE("golden requests of data_manager") {
  testing::check_golden_requests(data_manager, "data_manager", 50);
}

TEST_CASE("a request to Data Manager that only asks for a check says so") {
  const std::string folder = "golden/data_manager/full_gclid/";
  const Connection connection = testing::connection_from_json(
      testing::read_testdata(folder + "connection.json"), data_manager);
  const FunnelEvent event = testing::event_from_json(testing::read_testdata(folder + "event.json"));
  const auto conversion =
      data_manager.encode(event, testing::phone_of(event, connection), connection).conversion;
  const std::array<const Conversion*, 1> conversions = {&conversion};
  const HttpRequest request =
      data_manager.build(conversions, connection, data_manager.default_endpoint,
                         testing::placeholder_credential(), Purpose::validate);
  CHECK(testing::matches_golden("golden/data_manager/validate_only.json",
                                testing::render_request(request)));
}

TEST_CASE("recorded answers of data_manager") {
  testing::check_recorded_responses(data_manager, "data_manager", 53);
}

Connection connection() {
  return testing::connection_from_json(
      R"({"customer_id":"1234567890","conversion_action_id":"987654321"})", data_manager);
}

FunnelEvent event(std::string_view gclid) {
  FunnelEvent out;
  out.id = "0b6f8f5e-6c1a-4d8e-9d59-3f7c2b1a0e11";
  out.event_name = "lead";
  out.event_time = 1795356180;
  out.gclid = gclid;
  return out;
}

HttpRequest request_of(std::span<const Conversion* const> conversions) {
  return data_manager.build(conversions, connection(), data_manager.default_endpoint,
                            testing::placeholder_credential(), Purpose::deliver);
}

TEST_CASE("both APIs drop each other's copies: the same dedup scope and id") {
  const auto ingest = data_manager.encode(event("a"), {}, connection()).conversion;
  const auto upload = google_ads.encode(event("a"), {}, connection()).conversion;
  CHECK(ingest.dedup_scope == upload.dedup_scope);
  CHECK(ingest.batch_key == upload.batch_key);
  CHECK(ingest.exclusive_key == upload.exclusive_key);
}

TEST_CASE("where the conversion happened") {
  struct Row {
    std::string_view action_source;
    std::string_view event_source;
  };
  for (const Row& row :
       {Row{"", "WEB"}, Row{" Website ", "WEB"}, Row{"app", "APP"},
        Row{"physical_store", "IN_STORE"}, Row{"phone_call", "PHONE"}, Row{"chat", "MESSAGE"},
        Row{"email", "MESSAGE"}, Row{"business_messaging", "MESSAGE"},
        Row{"system_generated", "OTHER"}, Row{"fax", "OTHER"}}) {
    INFO(row.action_source);
    FunnelEvent happened = event("a");
    happened.action_source = row.action_source;
    const auto document =
        json::parse(data_manager.encode(happened, {}, connection()).conversion.object);
    REQUIRE(document);
    CHECK(document->root()["eventSource"].text() == row.event_source);
  }
}

TEST_CASE("the encoding is said where any event has user data") {
  FunnelEvent person = event("b");
  person.email = "alexz@example.com";
  const auto plain = data_manager.encode(event("a"), {}, connection()).conversion;
  const auto with_user_data = data_manager.encode(person, {}, connection()).conversion;
  const Conversion* const one[] = {&plain};
  const Conversion* const both[] = {&plain, &with_user_data};
  CHECK(request_of(one).body.find("encoding") == std::string::npos);
  CHECK(request_of(both).body.find(R"("encoding":"HEX")") != std::string::npos);
}

TEST_CASE("a text that looks like user data is none") {
  FunnelEvent hostile = event("a");
  hostile.extra = R"({"custom_variables":{"plan":"{\"userData\":{"}})";
  const auto conversion = data_manager.encode(hostile, {}, connection()).conversion;
  REQUIRE(conversion.object.find("userData") != std::string::npos);
  const Conversion* const conversions[] = {&conversion};
  const std::string body = request_of(conversions).body;
  CHECK(json::parse(body));
  CHECK(body.find("encoding") == std::string::npos);
}

TEST_CASE("several events stand in one request in their order, untouched") {
  const auto first = data_manager.encode(event("a"), {}, connection()).conversion;
  const auto second = data_manager.encode(event("b"), {}, connection()).conversion;
  const Conversion* const conversions[] = {&first, &second};
  CHECK(request_of(conversions)
            .body.find(R"("events":[)" + first.object + "," + second.object + "]}") !=
        std::string::npos);
}

TEST_CASE("nothing of a description is kept") {
  for (const char* name :
       {"400_names_two_rows", "400_names_destination", "accepted_with_warnings"}) {
    INFO(name);
    const auto document = json::parse(
        testing::read_testdata(std::string("responses/data_manager/") + name + ".json"));
    REQUIRE(document);
    HttpResponse response;
    response.status = static_cast<int>(document->root()["status"].integer().value_or(0));
    response.body = document->root()["body"].dump();
    REQUIRE(response.body.find("EXAMPLE-OFFENDING-INPUT") != std::string::npos);
    const Classification out = classify_ingest(response, 10);
    CHECK(out.warning.find("OFFENDING") == std::string::npos);
    for (const Verdict& verdict : out.verdicts) {
      CHECK(verdict.message.find("OFFENDING") == std::string::npos);
    }
  }
}

TEST_CASE("a refused row says which field it was") {
  HttpResponse response;
  response.status = 400;
  response.body = R"({"error":{"code":400,"status":"INVALID_ARGUMENT","details":[{"@type":
      "type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":
      "events.events[0].event_source","reason":"REQUIRED_FIELD_MISSING"}]}]}})";
  CHECK(classify_ingest(response, 2).verdicts.front().message ==
        "a field that Google needs is missing (events.events[0].event_source)");
}

}  // namespace
}  // namespace pruuv::platforms::google
