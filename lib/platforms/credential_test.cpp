#include "platforms/credential.hpp"

#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

Result<Credential> parse(const std::string& text) { return parse_token_credential(Secret(text)); }

TEST_CASE("a bare token, with the line break of the file it was in") {
  const auto credential = parse("EAAB-token_1\n");
  REQUIRE(credential);
  CHECK(credential->access_token.reveal() == "EAAB-token_1");
  CHECK(credential->app_secret.empty());
}

TEST_CASE("a JSON object; other keys are ignored") {
  const auto credential = parse(R"({"note": 7, "access_token": "abc", "app_secret": "def"})");
  REQUIRE(credential);
  CHECK(credential->access_token.reveal() == "abc");
  CHECK(credential->app_secret.reveal() == "def");
  const auto without = parse(R"({"access_token": "abc", "app_secret": null})");
  REQUIRE(without);
  CHECK(without->app_secret.empty());
}

TEST_CASE("what can be no token is refused without being quoted") {
  for (const std::string text :
       {"", "  ", "leaky-text two", "leaky-text\r\nX-Header: 1", "leaky-t\xc3\xa9xt",
        "{\"access_token\": \"leaky-text\n\"}", R"({"access_token": 5})",
        R"({"app_secret": "leaky-text"})", R"({"access_token": "a", "app_secret": ""})",
        R"({"access_token": "leaky-text)",
        R"({"access_token": "a", "app_secret": "leaky-text b"})"}) {
    INFO(text);
    const auto credential = parse(text);
    REQUIRE(!credential);
    CHECK(credential.error().kind == ErrorKind::config);
    CHECK(credential.error().message.find("leaky") == std::string::npos);
    CHECK(credential.error().message.starts_with("read credential: "));
  }
}

}  // namespace
}  // namespace pruuv::platforms
