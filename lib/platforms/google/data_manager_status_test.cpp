#include "platforms/google/data_manager_status.hpp"

#include <array>

#include "base/json.hpp"
#include "platforms/google/google.hpp"
#include "platforms/testing/golden.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::google {
namespace {

TEST_CASE("a status is asked by the id of the acceptance, escaped") {
  const HttpRequest request = status_request("a b&c=1", {}, data_manager.default_endpoint,
                                             testing::placeholder_credential());
  CHECK(request.method == "GET");
  CHECK(request.url ==
        "https://datamanager.googleapis.com/v1/requestStatus:retrieve?requestId=a%20b%26c%3D1");
  CHECK(request.body.empty());
  REQUIRE(request.headers.size() == 1);
  CHECK(request.headers.front().name == "Authorization");
  CHECK(std::get<Secret>(request.headers.front().value).reveal() ==
        "Bearer placeholder-access-token");
  Connection connection;
  connection.settings["google.user_project"] = "billing-1";
  const HttpRequest billed = status_request("r", connection, data_manager.default_endpoint,
                                            testing::placeholder_credential());
  REQUIRE(billed.headers.size() == 2);
  CHECK(std::get<std::string>(billed.headers.back().value) == "billing-1");
}

constexpr std::array<std::string_view, 4> states = {"pending", "judged", "unknown", "failed"};
constexpr std::array<std::string_view, 5> outcomes = {"accepted", "rejected", "retryable",
                                                      "ambiguous", "waiting"};
constexpr std::array<std::string_view, 5> scopes = {"event", "request", "connection", "credential",
                                                    "platform"};

HttpResponse response_of(const json::Value& recorded) {
  HttpResponse out;
  out.status = static_cast<int>(recorded["status"].integer().value_or(0));
  out.transport_code = static_cast<int>(recorded["transport_code"].integer().value_or(0));
  out.bytes_sent = true;
  const json::Value body = recorded["body"];
  out.body = body.text() ? std::string(*body.text()) : body.dump();
  for (const auto& [name, value] : recorded["headers"].members()) {
    out.headers.emplace_back(name, value.text().value_or(""));
  }
  return out;
}

void check_events(const StatusAnswer& answer, const json::Value& expected) {
  const auto events = expected["events"].items();
  REQUIRE(answer.events.size() == events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    INFO("event " << i);
    const EventDiagnosis& event = answer.events[i];
    CHECK(static_cast<std::int64_t>(event.position) == events[i]["position"].integer());
    CHECK(outcomes.at(static_cast<std::size_t>(event.outcome)) == events[i]["outcome"].text());
    CHECK(code_of(event.reason) == events[i]["reason"].text().value_or("none"));
    CHECK(event.code == events[i]["code"].text());
    CHECK_FALSE(event.message.empty());
  }
}

void check_failure(const Verdict& failure, const json::Value& expected) {
  CHECK(outcomes.at(static_cast<std::size_t>(failure.outcome)) == expected["outcome"].text());
  CHECK(scopes.at(static_cast<std::size_t>(failure.scope)) == expected["scope"].text());
  CHECK(code_of(failure.reason) == expected["reason"].text());
  CHECK(failure.code == expected["code"].text());
  CHECK(failure.retry_after_s == expected["retry_after_s"].integer());
}

TEST_CASE("recorded answers about the status of a request") {
  const auto names = testing::json_files_in("responses/data_manager_status");
  CHECK(names.size() >= 35);
  for (const std::string& name : names) {
    INFO(name);
    const auto document =
        json::parse(testing::read_testdata("responses/data_manager_status/" + name + ".json"));
    REQUIRE(document);
    const json::Value recorded = document->root();
    const json::Value expected = recorded["expect"];
    const StatusAnswer answer = data_manager.parse_status(
        response_of(recorded), static_cast<std::size_t>(recorded["events"].integer().value_or(0)));
    CHECK(states.at(static_cast<std::size_t>(answer.state)) == expected["state"].text());
    check_events(answer, expected);
    CHECK(answer.rest_accepted == expected["rest_accepted"].boolean().value_or(false));
    const auto unattributed = expected["unattributed"].items();
    REQUIRE(answer.unattributed.size() == unattributed.size());
    for (std::size_t i = 0; i < unattributed.size(); ++i) {
      CHECK(answer.unattributed[i] == unattributed[i].text());
    }
    CHECK(answer.warning == expected["warning"].text().value_or(""));
    if (answer.state == StatusAnswer::State::failed) check_failure(answer.failure, expected);
  }
}

TEST_CASE("no answer claims more events than the request had, whatever it says") {
  for (const char* index : {"-1", "\"x\"", "1.5", "null", "{}", "3", "99999999999999999999"}) {
    INFO(index);
    HttpResponse response;
    response.status = 200;
    response.body =
        std::string(R"({"requestStatusPerDestination":[{"requestStatus":)") +
        R"("PARTIAL_SUCCESS","errorInfo":{"errorCounts":[{"recordCount":"1","reason":)" +
        R"("PROCESSING_ERROR_REASON_INVALID_GCLID","recordIndices":[)" + index + "]}]}}]}";
    const StatusAnswer answer = parse_status(response, 3);
    CHECK(answer.state == StatusAnswer::State::judged);
    CHECK(answer.events.empty());
    CHECK_FALSE(answer.rest_accepted);
    CHECK(answer.unattributed == std::vector<std::string>{"1 x INVALID_GCLID"});
  }
}

}  // namespace
}  // namespace pruuv::platforms::google
