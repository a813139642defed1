#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "rules_test.hpp"
#include "service_account.hpp"

namespace sandbox::test {
namespace {

const ServiceAccount& account() {
  static const ServiceAccount made = ServiceAccount::generate();
  return made;
}

std::string base64url(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8U | static_cast<unsigned char>(c)) & 0xFFFFU;
    count += 8;
    for (; count >= 6; count -= 6) out += digits[bits >> static_cast<unsigned>(count - 6) & 63U];
  }
  if (count > 0) out += digits[bits << static_cast<unsigned>(6 - count) & 63U];
  return out;
}

std::string header() {
  return fmt::format(R"({{"alg":"RS256","typ":"JWT","kid":"{}"}})", account().key_id());
}

std::string claims() {
  return fmt::format(R"({{"iss":"{}","scope":"{}","aud":"https://127.0.0.1:1/token",)"
                     R"("iat":{},"exp":{}}})",
                     account().email(), data_manager_scope, now, now + 3600);
}

std::string signed_by(const ServiceAccount& signer, const std::string& head,
                      const std::string& body) {
  const std::string text = base64url(head) + "." + base64url(body);
  return text + "." + base64url(signer.sign(text));
}

Subject subject() {
  Subject result = token_subject();
  result.call.headers.push_back({"Host", "127.0.0.1:1"});
  result.conditions.service_account = &account();
  return result;
}

std::string form(const std::string& assertion) {
  return "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + assertion;
}

}  // namespace

TEST_CASE("token takes a service account's assertion and does not repeat the scope") {
  const Result result = judged(subject(), form(signed_by(account(), header(), claims())));
  CHECK(result.status == 200);
  CHECK_THAT(result.body, Catch::Contains(R"("access_token":"ya29.sandbox-)"));
  CHECK(result.body.find("\"scope\"") == std::string::npos);
  CHECK(judged(subject(), form(signed_by(account(), R"({"alg":"RS256","typ":"JWT"})", claims())))
            .status == 200);
}

TEST_CASE("an access token of a service account is good for the scope it asked for only") {
  const Result result = judged(subject(), form(signed_by(account(), header(), claims())));
  const std::size_t at = result.body.find("ya29.");
  const std::string token = result.body.substr(at, result.body.find('"', at) - at);
  const TokenBook& book = *subject().conditions.tokens;
  CHECK(book.check(token, data_manager_scope, now) == TokenBook::Check::good);
  CHECK(book.check(token, adwords_scope, now) == TokenBook::Check::scope_missing);
}

TEST_CASE("token refuses assertions that Google would") {
  const BadCase cases[] = {
      {account().email(), "other@example.com", "account not found"},
      {"https://127.0.0.1:1/token", "https://elsewhere.example/token", "audience"},
      {R"("iat":1795400000)", R"("iat":1795400301)", "short-lived"},
      {R"("exp":1795403600)", R"("exp":1795403601)", "short-lived"},
      {R"("exp":1795403600)", R"("exp":1795399699)", "short-lived"},
      {R"("exp":1795403600)", R"("exp":"1795403600")", "short-lived"},
      {data_manager_scope, "https://www.googleapis.com/auth/drive", "invalid_scope"},
      {R"("iat")", R"("sub":"x","iat")", "not needed"},
  };
  for (const BadCase& one : cases) {
    CAPTURE(one.to);
    const std::string changed = replaced(claims(), one.from, one.to);
    const Result result = judged(subject(), form(signed_by(account(), header(), changed)));
    CHECK(result.status == 400);
    CHECK_THAT(result.body, Catch::Contains(std::string(one.expected)));
  }
}

TEST_CASE("token verifies the signature") {
  static const ServiceAccount other = ServiceAccount::generate();
  CHECK_THAT(judged(subject(), form(signed_by(other, header(), claims()))).body,
             Catch::Contains("Invalid JWT Signature."));
  const std::string other_key = replaced(header(), account().key_id(), "abc");
  CHECK_THAT(judged(subject(), form(signed_by(account(), other_key, claims()))).body,
             Catch::Contains("Invalid JWT Signature."));
  const std::string good = signed_by(account(), header(), claims());
  const std::string moved = base64url(header()) + "." +
                            base64url(replaced(claims(), "1795403600", "1795403599")) +
                            good.substr(good.rfind('.'));
  CHECK_THAT(judged(subject(), form(moved)).body, Catch::Contains("Invalid JWT Signature."));
  for (const char* text : {"x", "a.b", "..", "a.b.c", "é.é.é"}) {
    CHECK_THAT(judged(subject(), form(text)).body, Catch::Contains("Failed to decode"));
  }
  CHECK_THAT(judged(subject(), form("")).body, Catch::Contains("assertion"));
}

TEST_CASE("a key file read back signs for the same account") {
  const auto read = ServiceAccount::parse(account().key_file());
  REQUIRE(read);
  CHECK(account().has_signed("text", read->sign("text")));
  CHECK_FALSE(ServiceAccount::parse("{}"));
  CHECK_FALSE(ServiceAccount::parse(""));
}

}  // namespace sandbox::test
