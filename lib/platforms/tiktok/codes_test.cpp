#include "platforms/tiktok/codes.hpp"

#include <string>

#include "platforms/tiktok/classify.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::tiktok {
namespace {

TEST_CASE("every code but success has words for people") {
  CHECK(meaning_of(0, "OK").words.empty());
  for (std::int64_t code = 1; code < 70'000; ++code) {
    const CodeMeaning meaning = meaning_of(code, "");
    if (meaning.words.empty() || meaning.outcome == Outcome::accepted) {
      CAPTURE(code);
      FAIL("no words, or taken for success");
    }
  }
  CHECK(!unknown_meaning().words.empty());
}

TEST_CASE("nothing about token, permission, version or address counts against an event") {
  for (const std::int64_t code :
       {40001, 40003, 40006, 40007, 40008, 40010, 40051, 40062, 40101, 40102, 40103,
        40104, 40105, 40106, 40107, 40108, 40110, 40113, 40114, 40115, 40116, 40117,
        40118, 40119, 40120, 40124, 40125, 40130, 40131, 40199, 40400, 41000, 41001}) {
    CAPTURE(code);
    const CodeMeaning meaning = meaning_of(code, "Invalid parameter");
    CHECK(meaning.outcome == Outcome::rejected);
    CHECK((meaning.scope == Scope::connection || meaning.scope == Scope::credential ||
           meaning.scope == Scope::platform));
  }
}

TEST_CASE("the message decides where the code does not") {
  CHECK(meaning_of(40002, "No PERMISSION to operate pixel code").reason ==
        Reason::permission_missing);
  CHECK(meaning_of(40002, "Unsupported API version").reason == Reason::api_version_dead);
  CHECK(meaning_of(40007, "api version v1.2 has ended").reason == Reason::api_version_dead);
  CHECK(meaning_of(40002, "content_version: Not a valid string").reason ==
        Reason::rejected_by_platform);
  CHECK(meaning_of(40100, "no permission, api version").reason == Reason::throttled);
  CHECK(meaning_of(0, "no permission").outcome == Outcome::accepted);
}

TEST_CASE("a verdict speaks to people first and quotes TikTok after it") {
  HttpResponse response;
  response.status = 200;
  response.bytes_sent = true;
  response.body = R"({"code": 40102, "message": "Access token is expired."})";
  CHECK(classify(response, 1).verdicts.at(0).message ==
        "the access token has expired; generate a new one in Events Manager: Access token is "
        "expired.");
  response.body = R"({"code": 40102})";
  CHECK(classify(response, 1).verdicts.at(0).message ==
        "the access token has expired; generate a new one in Events Manager");
  response.body = R"({"code": 0, "message": "OK"})";
  CHECK(classify(response, 1).verdicts.at(0).message.empty());
}

}  // namespace
}  // namespace pruuv::platforms::tiktok
