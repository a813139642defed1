#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "platforms/google/google.hpp"
#include "platforms/google/google_ads_answer.hpp"
#include "platforms/testing/golden.hpp"
#include "platforms/testing/recorded.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::google {
namespace {

TEST_CASE("golden requests of google_ads") {
  testing::check_golden_requests(google_ads, "google_ads", 40);
}

TEST_CASE("a request to the Google Ads API that only asks for a check says so") {
  const std::string folder = "golden/google_ads/full_gclid/";
  const Connection connection =
      testing::connection_from_json(testing::read_testdata(folder + "connection.json"), google_ads);
  const FunnelEvent event = testing::event_from_json(testing::read_testdata(folder + "event.json"));
  const auto conversion =
      google_ads.encode(event, testing::phone_of(event, connection), connection).conversion;
  const std::array<const Conversion*, 1> conversions = {&conversion};
  const HttpRequest request =
      google_ads.build(conversions, connection, google_ads.default_endpoint,
                       testing::placeholder_credential(), Purpose::validate);
  CHECK(testing::matches_golden("golden/google_ads/validate_only.json",
                                testing::render_request(request)));
}

TEST_CASE("recorded answers of google_ads") {
  testing::check_recorded_responses(google_ads, "google_ads", 66);
}

Connection connection() {
  return testing::connection_from_json(
      R"({"customer_id":"1234567890","conversion_action_id":"987654321"})", google_ads);
}

FunnelEvent event(std::string_view gclid, std::int64_t event_time_s) {
  FunnelEvent out;
  out.seq = 7;
  out.id = "0B6F8F5E-6c1a-4d8e-9d59-3f7c2b1a0e11";
  out.event_name = "lead";
  out.event_time = event_time_s;
  out.gclid = gclid;
  return out;
}

HttpRequest request_of(std::span<const Conversion* const> conversions) {
  return google_ads.build(conversions, connection(), google_ads.default_endpoint,
                          testing::placeholder_credential(), Purpose::deliver);
}

TEST_CASE("the keys that decide who shares a request") {
  const auto first = google_ads.encode(event("click", 1795356180), {}, connection()).conversion;
  CHECK(first.event_seq == 7);
  CHECK(first.event_id == "0B6F8F5E-6c1a-4d8e-9d59-3f7c2b1a0e11");
  CHECK(first.batch_key == "987654321");
  CHECK(first.dedup_scope == "1234567890/987654321");
  CHECK(first.object.find(first.event_id) != std::string::npos);  // as the collector wrote it
  CHECK_FALSE(first.exclusive_key.empty());

  const auto same = google_ads.encode(event("click", 1795356180), {}, connection()).conversion;
  CHECK(first.exclusive_key == same.exclusive_key);
  const auto later = google_ads.encode(event("click", 1795356181), {}, connection()).conversion;
  CHECK(first.exclusive_key != later.exclusive_key);
  const auto other = google_ads.encode(event("other", 1795356180), {}, connection()).conversion;
  CHECK(first.exclusive_key != other.exclusive_key);
}

TEST_CASE("several conversions stand in one request in their order, untouched") {
  const auto first = google_ads.encode(event("a", 1795356180), {}, connection()).conversion;
  const auto second = google_ads.encode(event("b", 1795356180), {}, connection()).conversion;
  const Conversion* const conversions[] = {&first, &second};
  const HttpRequest request = request_of(conversions);
  CHECK(request.body ==
        R"({"conversions":[)" + first.object + "," + second.object + R"(],"partialFailure":true})");
}

TEST_CASE("the access token stands in its header only") {
  const auto conversion = google_ads.encode(event("a", 1795356180), {}, connection()).conversion;
  const Conversion* const conversions[] = {&conversion};
  const HttpRequest request = request_of(conversions);
  CHECK(request.url.find("placeholder") == std::string::npos);
  CHECK(request.body.find("placeholder") == std::string::npos);
  REQUIRE(std::holds_alternative<Secret>(request.headers.front().value));
  CHECK(std::get<Secret>(request.headers.front().value).reveal() ==
        "Bearer placeholder-access-token");
}

TEST_CASE("a developer token is sent where the credential has one") {
  const auto conversion = google_ads.encode(event("a", 1795356180), {}, connection()).conversion;
  const std::array<const Conversion*, 1> conversions = {&conversion};
  Credential credential = testing::placeholder_credential();
  credential.developer_token = Secret("placeholder-developer-token");
  const HttpRequest request = google_ads.build(
      conversions, connection(), google_ads.default_endpoint, credential, Purpose::deliver);
  const auto header = std::ranges::find(request.headers, "developer-token", &HttpHeader::name);
  REQUIRE(header != request.headers.end());
  CHECK(std::get<Secret>(header->value).reveal() == "placeholder-developer-token");
  for (const HttpHeader& other : request_of(conversions).headers) {
    CHECK(other.name != "developer-token");
  }
}

TEST_CASE("every code of an upload is told in words of our own") {
  const auto document = json::parse(
      testing::read_testdata("responses/google_ads/every_conversion_upload_error.json"));
  REQUIRE(document);
  HttpResponse response;
  response.status = 200;
  response.body = document->root()["body"].dump();
  const auto rows = static_cast<std::size_t>(document->root()["events"].integer().value_or(0));
  for (const Verdict& verdict : classify_upload(response, rows).verdicts) {
    INFO(verdict.code);
    const bool has_no_meaning =
        verdict.code.ends_with(":UNKNOWN") || verdict.code.ends_with(":UNSPECIFIED");
    CHECK((verdict.message == "Google says something about this.") == has_no_meaning);
  }
}

TEST_CASE("a text that would break the JSON is no click id") {
  const auto encoding = google_ads.encode(event(R"(a"b\c)", 1795356180), {}, connection());
  REQUIRE(encoding.refusals.size() == 1);
  CHECK(encoding.refusals.front() == Reason::click_id_malformed);
}

HttpResponse partial_failure(const std::string& message) {
  HttpResponse out;
  out.status = 200;
  out.body = R"({"partialFailureError":{"code":3,"details":[{"@type":
      "type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure","errors":[{
      "errorCode":{"fieldError":"INVALID_VALUE"},"message":")" +
             message + R"(","trigger":{"stringValue":"secret-gclid"},
      "location":{"fieldPathElements":[{"fieldName":"conversions","index":0}]}}]}]},"results":[{}]})";
  return out;
}

TEST_CASE("what was wrong with the input is told without the input") {
  CHECK(classify_upload(partial_failure("The field's value is invalid."), 1)
            .verdicts.front()
            .message == "The field's value is invalid.");
  CHECK(classify_upload(partial_failure("The value secret-gclid is bad."), 1)
            .verdicts.front()
            .message.empty());
}

TEST_CASE("an account that may not use this API is told of the other one") {
  const auto document =
      json::parse(testing::read_testdata("responses/google_ads/customer_not_allowlisted.json"));
  REQUIRE(document);
  HttpResponse response;
  response.status = 200;
  response.body = document->root()["body"].dump();
  const std::string message = classify_upload(response, 2).verdicts.front().message;
  CHECK(message.find("`pruuv-send connections set ... --api data_manager`") != std::string::npos);
}

}  // namespace
}  // namespace pruuv::platforms::google
