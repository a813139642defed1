#include "platforms/google/service_account.hpp"

#include "base/base64.hpp"
#include "base/rsa.hpp"
#include "platforms/google/google.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::google {
namespace {

constexpr std::int64_t now_s = 1795400000;

Credential service_account() {
  Credential out;
  out.service_account_email = Secret("sender@example.iam.gserviceaccount.com");
  out.private_key = Secret(testing::read_testdata("keys/rsa_2048.pem"));
  out.private_key_id = Secret("0123abcd");
  return out;
}

std::string signed_text(const std::string& header, const std::string& claims) {
  const std::string text = to_base64url(header) + "." + to_base64url(claims);
  const auto signature = sign_rs256(service_account().private_key, text);
  REQUIRE(signature);
  return text + "." + to_base64url(*signature);
}

TEST_CASE("the assertion holds what Google asks for, signed") {
  const std::string claims =
      R"({"iss":"sender@example.iam.gserviceaccount.com",)"
      R"("scope":"https://www.googleapis.com/auth/datamanager",)"
      R"("aud":"https://oauth2.googleapis.com/token","iat":1795400000,"exp":1795403600})";
  Credential credential = service_account();
  CHECK(signed_assertion(credential, "https://www.googleapis.com/auth/datamanager",
                         "https://oauth2.googleapis.com/token", now_s)
            .reveal() == signed_text(R"({"alg":"RS256","typ":"JWT","kid":"0123abcd"})", claims));
  credential.private_key_id = Secret();
  CHECK(signed_assertion(credential, "https://www.googleapis.com/auth/datamanager",
                         "https://oauth2.googleapis.com/token", now_s)
            .reveal() == signed_text(R"({"alg":"RS256","typ":"JWT"})", claims));
}

TEST_CASE("each API asks for its own scope, in a form that is secret as a whole") {
  struct Row {
    const Platform& adapter;
    std::string_view scope;
  };
  for (const Row& row : {Row{google_ads, "https://www.googleapis.com/auth/adwords"},
                         Row{data_manager, "https://www.googleapis.com/auth/datamanager"}}) {
    INFO(row.scope);
    Endpoint endpoint = row.adapter.default_endpoint;
    endpoint.token_url = "https://127.0.0.1:1/token";
    const HttpRequest request = row.adapter.token_request(service_account(), endpoint, now_s);
    CHECK(request.method == "POST");
    CHECK(request.url == endpoint.token_url);
    CHECK(request.body.empty());
    CHECK(request.secret_body.reveal() ==
          "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" +
              std::string(signed_assertion(service_account(), row.scope, endpoint.token_url, now_s)
                              .reveal()));
  }
}

}  // namespace
}  // namespace pruuv::platforms::google
