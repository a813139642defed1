#include "platforms/google/rpc_error.hpp"

#include "testing/testing.hpp"

namespace pruuv::platforms::google {
namespace {

std::optional<RpcError> parsed(std::string_view text) {
  const auto document = json::parse(text);
  REQUIRE(document);
  return parse_rpc_error(document->root());
}

TEST_CASE("durations are rounded up to whole seconds") {
  CHECK(parse_duration_rounded_up_s("5s") == 5);
  CHECK(parse_duration_rounded_up_s("0.5s") == 1);
  CHECK(parse_duration_rounded_up_s("3.000s") == 3);
  CHECK(parse_duration_rounded_up_s("3.000000001s") == 4);
  for (const char* text : {"", "s", "5", "5m", "-5s", ".5s", "5.s", "1.2.3s", "5 s"}) {
    INFO(text);
    CHECK_FALSE(parse_duration_rounded_up_s(text));
  }
}

TEST_CASE("only Google's own error object is one") {
  CHECK_FALSE(parsed(R"({})"));
  CHECK_FALSE(parsed(R"([])"));
  CHECK_FALSE(parsed(R"({"error":"invalid_grant"})"));
  CHECK_FALSE(parsed(R"({"error":{"message":"no"}})"));
  CHECK(parsed(R"({"error":{"status":"INTERNAL"}})"));
  CHECK(parsed(R"({"error":{"code":500}})"));
}

TEST_CASE("an unknown status goes by the HTTP status") {
  struct Row {
    int http_status;
    Outcome outcome;
    Scope scope;
  };
  for (const Row& row :
       {Row{400, Outcome::rejected, Scope::request}, Row{401, Outcome::rejected, Scope::credential},
        Row{403, Outcome::rejected, Scope::connection},
        Row{404, Outcome::rejected, Scope::connection},
        Row{429, Outcome::retryable, Scope::platform},
        Row{500, Outcome::retryable, Scope::platform},
        Row{503, Outcome::retryable, Scope::platform}}) {
    INFO(row.http_status);
    const auto error = parsed(R"({"error":{"code":1,"status":"STATUS_OF_2027"}})");
    REQUIRE(error);
    HttpResponse response;
    response.status = row.http_status;
    const Verdict verdict = classify_rpc_error(*error, response, "scope");
    CHECK(verdict.outcome == row.outcome);
    CHECK(verdict.scope == row.scope);
    CHECK(verdict.code == "STATUS_OF_2027");
  }
}

TEST_CASE("the text of a malformed request is not kept, because it quotes what was sent") {
  const auto error = parsed(
      R"({"error":{"code":400,"message":"Invalid value alex@example.com","status":"INVALID_ARGUMENT"}})");
  REQUIRE(error);
  HttpResponse response;
  response.status = 400;
  CHECK(classify_rpc_error(*error, response, "scope").message == "the request is malformed");
}

TEST_CASE("a token of another scope says which scope is missing") {
  const auto error = parsed(
      R"({"error":{"code":403,"message":"m","status":"PERMISSION_DENIED","details":[{"@type":
      "type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}})");
  REQUIRE(error);
  HttpResponse response;
  response.status = 403;
  const Verdict verdict = classify_rpc_error(*error, response, "scope.of/adwords");
  CHECK(verdict.message.find("scope.of/adwords") != std::string::npos);
  CHECK(verdict.reason == Reason::permission_missing);
}

}  // namespace
}  // namespace pruuv::platforms::google
