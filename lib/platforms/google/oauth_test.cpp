#include "platforms/google/oauth.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "platforms/google/google.hpp"
#include "platforms/testing/golden.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::google {
namespace {

TEST_CASE("the token request is a form, escaped, and secret as a whole") {
  Credential credential;
  credential.client_id = Secret("id.apps.example");
  credential.client_secret = Secret("a&b=c d+e");
  credential.refresh_token = Secret("1//\xc3\xa4~_-.");
  const HttpRequest request =
      google_ads.token_request(credential, google_ads.default_endpoint, 1795400000);
  CHECK(request.method == "POST");
  CHECK(request.url == "https://oauth2.googleapis.com/token");
  CHECK(request.body.empty());
  REQUIRE(request.headers.size() == 1);
  CHECK(std::get<std::string>(request.headers.front().value) ==
        "application/x-www-form-urlencoded");
  CHECK(request.secret_body.reveal() ==
        "client_id=id.apps.example&client_secret=a%26b%3Dc%20d%2Be&"
        "refresh_token=1%2F%2F%C3%A4~_-.&grant_type=refresh_token");
}

HttpResponse response_of(const json::Value& recorded) {
  HttpResponse out;
  out.status = static_cast<int>(recorded["status"].integer().value_or(0));
  out.transport_code = static_cast<int>(recorded["transport_code"].integer().value_or(0));
  out.bytes_sent = true;
  out.body =
      recorded["body"].text() ? std::string(*recorded["body"].text()) : recorded["body"].dump();
  for (const auto& [name, value] : recorded["headers"].members()) {
    out.headers.emplace_back(name, value.text().value_or(""));
  }
  return out;
}

void check_failure(const Verdict& verdict, const json::Value& expected) {
  const std::string_view scope = expected["scope"].text().value_or("");
  const Scope expected_scope = scope == "credential"   ? Scope::credential
                               : scope == "connection" ? Scope::connection
                                                       : Scope::platform;
  CHECK(verdict.scope == expected_scope);
  CHECK((verdict.outcome == Outcome::rejected) == (expected["outcome"].text() == "rejected"));
  CHECK((verdict.outcome == Outcome::retryable) == (expected["outcome"].text() == "retryable"));
  CHECK(code_of(verdict.reason) == expected["reason"].text());
  CHECK(verdict.code == expected["code"].text());
  CHECK(verdict.retry_after_s == expected["retry_after_s"].integer());
  CHECK_FALSE(verdict.message.empty());
}

TEST_CASE("recorded answers of the token endpoint") {
  const auto names = testing::json_files_in("responses/google_token");
  CHECK(names.size() >= 21);
  for (const std::string& name : names) {
    INFO(name);
    const auto document =
        json::parse(testing::read_testdata("responses/google_token/" + name + ".json"));
    REQUIRE(document);
    const json::Value expected = document->root()["expect"];
    const TokenAnswer answer = data_manager.parse_token(response_of(document->root()));
    CHECK(answer.failed == !expected["token"].exists());
    if (answer.failed) {
      check_failure(answer.failure.verdict, expected);
    } else {
      CHECK(answer.token.token.reveal() == expected["token"].text());
      CHECK(answer.token.expires_in_s == expected["expires_in_s"].integer());
    }
  }
}

TEST_CASE("each API needs its own scope") {
  HttpResponse response;
  response.status = 200;
  response.body =
      R"({"access_token":"t","expires_in":3599,"scope":"https://www.googleapis.com/auth/adwords"})";
  CHECK_FALSE(google_ads.parse_token(response).failed);
  const TokenAnswer lacking = data_manager.parse_token(response);
  REQUIRE(lacking.failed);
  CHECK(lacking.failure.verdict.message.find("https://www.googleapis.com/auth/datamanager") !=
        std::string::npos);
}

std::string message_of(std::string_view description) {
  HttpResponse response;
  response.status = 400;
  response.body =
      R"({"error":"invalid_grant","error_description":")" + std::string(description) + R"("})";
  return data_manager.parse_token(response).failure.verdict.message;
}

TEST_CASE("invalid_grant says what to do for either kind of credential") {
  CHECK(message_of("Token has been expired or revoked.").find("connect the Google account again") !=
        std::string::npos);
  for (const char* description : {"Invalid JWT: Token must be a short-lived token (60 minutes) and "
                                  "in a reasonable timeframe.",
                                  "Invalid JWT Signature."}) {
    INFO(description);
    CHECK(message_of(description).find("check the clock") != std::string::npos);
  }
  CHECK(message_of("Invalid grant: account not found").find("no such service account") !=
        std::string::npos);
}

}  // namespace
}  // namespace pruuv::platforms::google
