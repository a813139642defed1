#include <catch2/catch.hpp>

#include "rules_test.hpp"

namespace sandbox::test {
namespace {

const std::string good =
    "client_id=id&client_secret=s%2Bx&refresh_token=sandbox-r&grant_type=refresh_token";

}  // namespace

TEST_CASE("token hands out an access token and its scopes") {
  const Result result = judged(token_subject(), good);
  CHECK(result.status == 200);
  CHECK(result.body.find(R"({"access_token":"ya29.sandbox-)") == 0);
  CHECK_THAT(result.body, Catch::Contains(std::string(data_manager_scope)));
  const Result narrow =
      judged(token_subject(), replaced(good, "sandbox-r", "sandbox-adwords-only"));
  CHECK_THAT(narrow.body, Catch::Contains(std::string(adwords_scope)));
  CHECK(narrow.body.find(data_manager_scope) == std::string::npos);
}

TEST_CASE("token refuses with Google's words") {
  const BadCase cases[] = {
      {"sandbox-r", "revoked-r", R"("invalid_grant","error_description":"Token has been expired)"},
      {"sandbox-r", "other", R"("invalid_grant")"},
      {"s%2Bx", "bad-s", R"("invalid_client")"},
      {"grant_type=refresh_token", "grant_type=password", R"("unsupported_grant_type")"},
      {"client_id=id&", "", R"("invalid_request")"},
      {"&grant_type=refresh_token", "", R"("invalid_request")"},
      {"client_id=id", "client_id=id&client_id=id", R"("invalid_request")"},
      {"client_id=id", "client_id=id&token=x", R"("invalid_request")"},
  };
  for (const BadCase& one : cases) {
    CAPTURE(one.to);
    const Result result = judged(token_subject(), replaced(good, one.from, one.to));
    CHECK(result.status >= 400);
    CHECK_THAT(result.body, Catch::Contains(std::string(one.expected)));
  }
  Subject subject = token_subject();
  subject.call.headers[0].value = "application/json";
  CHECK(judged(subject, good).reason == "content_type");
  subject = token_subject();
  subject.call.query = good;
  CHECK(judged(subject, good).reason == "token_in_query");
  subject = token_subject();
  subject.call.method = "GET";
  CHECK(judged(subject, good).status == 405);
}

TEST_CASE("an access token ends and is good for its scopes only") {
  TokenBook book;
  const std::string token = book.issue(std::string(adwords_scope), now);
  using Check = TokenBook::Check;
  CHECK(book.check(token, adwords_scope, now) == Check::good);
  CHECK(book.check(token, data_manager_scope, now) == Check::scope_missing);
  CHECK(book.check(token, adwords_scope, now + access_token_lifetime) == Check::expired);
  CHECK(book.check(token + "1", adwords_scope, now) == Check::unknown);
  CHECK(book.check("ya29.sandbox-0", adwords_scope, now) == Check::unknown);
  CHECK(book.check("ya29.sandbox-", adwords_scope, now) == Check::unknown);
}

}  // namespace sandbox::test
