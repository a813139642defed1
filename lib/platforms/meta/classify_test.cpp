#include "platforms/meta/meta.hpp"
#include "platforms/testing/golden.hpp"
#include "platforms/testing/recorded.hpp"

namespace pruuv::platforms::meta {
namespace {

TEST_CASE("recorded answers of Meta") {
  testing::check_recorded_responses(conversions_api, "meta", 100);
}

TEST_CASE("plain words come first, and the platform's text is kept") {
  HttpResponse response;
  response.status = 400;
  response.bytes_sent = true;
  response.body =
      R"({"error": {"message": "Invalid parameter", "code": 100, "error_subcode": 2804003,
      "error_user_title": "Too old", "error_user_msg": "Send it earlier.", "error_data": "x"}})";
  const auto out = conversions_api.classify(response, 1);
  CHECK(out.verdicts.at(0).message ==
        "the event was older than 7 days when it arrived; Meta says: Invalid parameter: Too old: "
        "Send it earlier.");
}

TEST_CASE("an error without text, or with details of any type, is read") {
  HttpResponse response;
  response.status = 400;
  response.bytes_sent = true;
  for (const std::string error_data :
       {R"("plain text")", R"({"blame_field_specs": [["data"]]})", "[]", "7", "null"}) {
    INFO(error_data);
    response.body = R"({"error": {"code": 190, "error_subcode": 463, "message": null,
        "error_user_title": {"x": 1}, "error_data": )" +
                    error_data + "}}";
    const Verdict verdict = conversions_api.classify(response, 1).verdicts.at(0);
    CHECK(verdict.reason == Reason::credential_refused);
    CHECK(verdict.message == "the token has expired");
  }
  response.body = R"({"error": {"code": 987654, "message": "What is this"}})";
  CHECK(conversions_api.classify(response, 1).verdicts.at(0).message == "What is this");
}

TEST_CASE("a title in another language changes nothing but the text") {
  HttpResponse response;
  response.status = 400;
  response.bytes_sent = true;
  response.body = R"({"error": {"message": "Invalid parameter", "code": 100,
      "error_subcode": 2804003, "error_user_title": "Horodatage trop ancien"}})";
  const Verdict verdict = conversions_api.classify(response, 1).verdicts.at(0);
  CHECK(verdict.reason == Reason::rejected_by_platform);
  CHECK(verdict.code == "100/2804003");
  CHECK(verdict.message.find("older than 7 days") != std::string::npos);
}

TEST_CASE("hostile indexes and headers") {
  HttpResponse response;
  response.status = 400;
  response.bytes_sent = true;
  for (const std::string index : {"-1", "", "9999999999999999999", "1.5", "x", "1"}) {
    INFO(index);
    response.body = R"({"error": {"code": 100, "message": "$['data'][)" + index + "\"}}";
    const auto out = conversions_api.classify(response, 2);
    CHECK(out.verdicts.at(0).scope == Scope::request);
    CHECK(out.verdicts.at(1).outcome == Outcome::rejected);
  }
  for (const std::string header :
       {"", "[]", "{\"1\": 5}", "{\"1\": [{\"estimated_time_to_regain_access\": \"x\"}]}",
        "{\"1\": [{\"estimated_time_to_regain_access\": 0}]}"}) {
    INFO(header);
    response.body = R"({"error": {"code": 4, "message": "slow down"}})";
    response.headers = {{"x-business-use-case-usage", header}};
    CHECK(!conversions_api.classify(response, 1).verdicts.at(0).retry_after_s);
  }
  response.headers = {{"x-business-use-case-usage",
                       R"({"1": [{"estimated_time_to_regain_access": 9000000000000000000}]})"}};
  CHECK(conversions_api.classify(response, 1).verdicts.at(0).retry_after_s == 7 * 86400);
}

}  // namespace
}  // namespace pruuv::platforms::meta
