#include <catch2/catch.hpp>

#include "rules_test.hpp"
#include "supabase_book.hpp"

namespace sandbox::test {
namespace {

using Catch::Contains;

constexpr std::string_view question = R"({"secret_name":"demo-meta"})";

Subject supabase_subject(SupabaseBook& book) {
  Subject subject;
  subject.call.method = "POST";
  subject.call.path = "/rest/v1/rpc/read_secret";
  subject.call.headers = {{"apikey", "sandbox-service-role"},
                          {"Authorization", "Bearer sandbox-service-role"},
                          {"Content-Type", "application/json"}};
  subject.platform = &platform_of(subject.call.path);
  subject.conditions.supabase = &book;
  return subject;
}

}  // namespace

TEST_CASE("supabase gives a secret, null or what was put") {
  SupabaseBook book;
  const Subject subject = supabase_subject(book);
  CHECK(judged(subject, question).status == 200);
  CHECK(judged(subject, question).body == R"("sandbox-supabase-meta")");
  CHECK(judged(subject, R"({"secret_name":"nobody"})").body == "null");
  CHECK_FALSE(book.order(R"({"put":{"name":"demo-meta","value":{"access_token":"x"}}})"));
  CHECK(judged(subject, question).body == R"({"access_token":"x"})");
  CHECK_FALSE(book.order(R"({"remove":"demo-meta"})"));
  CHECK(judged(subject, question).body == "null");
  CHECK(book.told() == "{\"reads\":3,\"missing_reads\":2}\n");
  book.reset();
  CHECK(judged(subject, question).body == R"("sandbox-supabase-meta")");
  for (const char* wrong : {"", "{}", R"({"put":{"name":"x"}})", R"({"function":{"name":"x"}})",
                            R"({"x":1})", R"({"remove":1})"}) {
    CHECK(book.order(wrong));
  }
}

TEST_CASE("supabase refuses with PostgREST's error object") {
  SupabaseBook book;
  Subject subject = supabase_subject(book);
  subject.call.path = "/rest/v1/rpc/other";
  const Result unknown = judged(subject, question);
  CHECK(unknown.status == 404);
  CHECK(
      unknown.body ==
      R"({"code":"PGRST202","details":"Searched for the function public.other with parameter )"
      R"(secret_name or with a single unnamed json/jsonb parameter, but no matches were found in )"
      R"(the schema cache.","hint":null,"message":"Could not find the function )"
      R"(public.other(secret_name) in the schema cache"})");
  CHECK_FALSE(book.order(R"({"function":{"name":"other","parameter":"secret_name"}})"));
  CHECK(judged(subject, question).status == 200);
  CHECK_THAT(judged(subject, R"({"name":"demo-meta"})").body, Contains("PGRST202"));
  for (const char* body :
       {"", "[]", "{}", R"({"secret_name":1})", R"({"secret_name":"a","b":"c"})"}) {
    CHECK(judged(subject, body).status == 400);
  }
  subject.call.method = "GET";
  CHECK(judged(subject, question).status == 405);
}

TEST_CASE("supabase looks at both keys") {
  SupabaseBook book;
  const auto asked = [&](const std::string& key, const std::string& bearer) {
    Subject subject = supabase_subject(book);
    subject.call.headers[0].value = key;
    subject.call.headers[1].value = bearer;
    return judged(subject, question);
  };
  const std::string good = "sandbox-service-role";
  CHECK_THAT(asked("", "Bearer " + good).body, Contains("No API key found in request"));
  for (const Result& result : {asked("x", "Bearer " + good), asked(good, "Bearer x")}) {
    CHECK(result.status == 401);
    CHECK_THAT(result.body, Contains(R"({"code":"PGRST301")"));
  }
  CHECK(asked(good, "").status == 401);
  CHECK_THAT(asked(good, "").body, Contains("42501"));
  const Result denied = asked(good, "Bearer sandbox-authenticated");
  CHECK(denied.status == 403);
  CHECK_THAT(denied.body, Contains(R"({"code":"42501")"));
}

TEST_CASE("supabase's ready-made errors have their statuses") {
  const std::pair<std::string_view, int> cases[] = {
      {"unavailable", 503},     {"internal", 500}, {"rate_limit", 429},
      {"unauthenticated", 401}, {"denied", 403},   {"unknown_function", 404}};
  for (const auto& [name, status] : cases) {
    const auto answer = supabase_platform.ready_made(name, Judgement{});
    REQUIRE(answer);
    CHECK(answer->status == status);
  }
  CHECK_FALSE(supabase_platform.ready_made("other", Judgement{}));
}

}  // namespace sandbox::test
