#include "platforms/google/credential.hpp"

#include "base/json.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::google {
namespace {

TEST_CASE("a credential is an object of three texts, and may hold more") {
  const auto credential = parse_credential(Secret(
      R"({"type":"authorized_user","client_id":" id ","client_secret":"se","refresh_token":"re\n"})"));
  REQUIRE(credential);
  CHECK(credential->client_id.reveal() == "id");
  CHECK(credential->client_secret.reveal() == "se");
  CHECK(credential->refresh_token.reveal() == "re");
  CHECK(credential->access_token.empty());
}

TEST_CASE("a credential that is not whole names what is missing and quotes nothing") {
  for (const char* text :
       {"", "ya29.bare-token", "[]", "{", R"({"client_id":"hush","client_secret":"hush"})",
        R"({"client_id":"hush","client_secret":"hush","refresh_token":""})",
        R"({"client_id":"hush","client_secret":"hush","refresh_token":7})",
        R"({"installed":{"client_id":"hush","client_secret":"hush","refresh_token":"hush"}})"}) {
    INFO(text);
    const auto credential = parse_credential(Secret(text));
    REQUIRE_FALSE(credential);
    CHECK(credential.error().kind == ErrorKind::config);
    CHECK(credential.error().message.find("hush") == std::string::npos);
    CHECK(credential.error().message.find("ya29") == std::string::npos);
  }
  const auto lacks = parse_credential(Secret(R"({"client_id":"a","client_secret":"b"})"));
  REQUIRE_FALSE(lacks);
  CHECK(lacks.error().message == "parse credential: no refresh_token");
}

std::string key_file(const std::string& key_name) {
  json::Writer writer;
  writer.begin_object();
  writer.member("type", "service_account");
  writer.member("project_id", "example");
  writer.member("private_key_id", "0123abcd");
  writer.member("private_key", testing::read_testdata("keys/" + key_name));
  writer.member("client_email", "sender@example.iam.gserviceaccount.com");
  writer.member("client_id", "1234");
  writer.member("token_uri", "https://elsewhere.example/token");
  writer.end_object();
  return writer.str();
}

TEST_CASE("the key file of a service account is a credential") {
  const auto credential = parse_credential(Secret(key_file("rsa_2048.pem")));
  REQUIRE(credential);
  CHECK(credential->service_account_email.reveal() == "sender@example.iam.gserviceaccount.com");
  CHECK(credential->private_key_id.reveal() == "0123abcd");
  CHECK(credential->private_key.reveal().starts_with("-----BEGIN PRIVATE KEY-----\n"));
  CHECK(credential->refresh_token.empty());
  CHECK(credential->client_id.empty());
}

TEST_CASE("a key that cannot sign is found when the credential is read, and not quoted") {
  for (const char* name : {"rsa_1024.pem", "ec.pem", "encrypted.pem"}) {
    INFO(name);
    const auto credential = parse_credential(Secret(key_file(name)));
    REQUIRE_FALSE(credential);
    CHECK(credential.error().kind == ErrorKind::config);
    CHECK(credential.error().message.starts_with("parse credential: read private key: "));
    CHECK(credential.error().message.find("BEGIN") == std::string::npos);
  }
  const auto garbled = parse_credential(
      Secret(R"({"type":"service_account","client_email":"a@b","private_key":"hush"})"));
  REQUIRE_FALSE(garbled);
  CHECK(garbled.error().message.find("hush") == std::string::npos);
  const auto lacking = parse_credential(Secret(R"({"type":"service_account","private_key":"x"})"));
  REQUIRE_FALSE(lacking);
  CHECK(lacking.error().message == "parse credential: no client_email");
}

TEST_CASE("a developer token is optional and fits into a header") {
  const std::string user = R"({"client_id":"a","client_secret":"b","refresh_token":"c")";
  const auto with = parse_credential(Secret(user + R"(,"developer_token":" abc-123 "})"));
  REQUIRE(with);
  CHECK(with->developer_token.reveal() == "abc-123");
  const auto bad = parse_credential(Secret(user + R"(,"developer_token":"hush\r\nX: y"})"));
  REQUIRE_FALSE(bad);
  CHECK(bad.error().message.find("developer_token") != std::string::npos);
  CHECK(bad.error().message.find("hush") == std::string::npos);
}

}  // namespace
}  // namespace pruuv::platforms::google
