#include "secrets/vault_api.hpp"

#include <map>
#include <string>
#include <vector>

#include "secrets/vault_fixture.hpp"

namespace pruuv::secrets::vault {
namespace {

Session session() { return {first_address, "a/b/", "/etc/ca.pem", Secret("canary-token")}; }

// A Secret is shown with a mark in front.
std::map<std::string, std::string> headers_of(const HttpRequest& request) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : request.headers) {
    const auto* secret = std::get_if<Secret>(&value);
    CHECK(out.count(name) == 0);
    out[name] = secret != nullptr ? "secret " + std::string(secret->reveal())
                                  : std::get<std::string>(value);
  }
  return out;
}

using Headers = std::map<std::string, std::string>;
const Headers common = {{"X-Vault-Request", "true"}, {"X-Vault-Namespace", "a/b/"}};

void check_request(const HttpRequest& request, const std::string& method, const std::string& path,
                   const std::string& token, const std::string& body) {
  INFO(path);
  CHECK(request.method == method);
  CHECK(request.url == std::string(first_address) + "/v1/" + path);
  Headers headers = common;
  if (!token.empty()) headers["X-Vault-Token"] = "secret " + token;
  if (method == "POST") headers["Content-Type"] = "application/json";
  CHECK(headers_of(request) == headers);
  CHECK(request.body.empty());
  CHECK(request.secret_body.reveal() == body);
  CHECK(request.ca_file == "/etc/ca.pem");
  CHECK(request.timeout_ms == 10'000);
  CHECK(request.may_repeat == (method == "GET"));
}

Field field_of(const std::string& body) { return parse_field(reply(200, body), "token"); }

std::string kv(const std::string& data) {
  return R"({"data":{"data":)" + data + R"(,"metadata":{"version":1}}})";
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

}  // namespace

TEST_CASE("requests to Vault are exact") {
  Reference reference;
  reference.mount = "team/kv";
  reference.name = "a b/\xc3\xa9?#%/c;d-._~";
  check_request(read_request(session(), reference), "GET",
                "team/kv/data/a%20b/%C3%A9%3F%23%25/c%3Bd-._~", "canary-token", "");
  check_request(login_request(session(), "team/app role", approle_body("r\"", Secret("s\n"))),
                "POST", "auth/team/app%20role/login", "", R"({"role_id":"r\"","secret_id":"s\n"})");
  check_request(login_request(session(), "jwt", jwt_body("", Secret("a.b.c"))), "POST",
                "auth/jwt/login", "", R"({"jwt":"a.b.c"})");
  CHECK(jwt_body("r", Secret("j")).reveal() == R"({"role":"r","jwt":"j"})");
  check_request(unwrap_request(session(), Secret("canary-wrapping")), "POST", "sys/wrapping/unwrap",
                "canary-wrapping", "{}");
  check_request(lookup_request(session()), "GET", "auth/token/lookup-self", "canary-token", "");
  check_request(renew_request(session(), 3600), "POST", "auth/token/renew-self", "canary-token",
                R"({"increment":"3600s"})");
  check_request(revoke_request(session()), "POST", "auth/token/revoke-self", "canary-token", "{}");
  check_request(health_request(session()), "GET", "sys/health", "", "");
}

TEST_CASE("without token and namespace neither header is sent") {
  const HttpRequest request = lookup_request({first_address, "", "", Secret()});
  CHECK(headers_of(request) == Headers{{"X-Vault-Request", "true"}});
}

TEST_CASE("an answer is judged by its status") {
  const std::vector<std::pair<int, Refusal>> cases = {
      {200, Refusal::none},    {204, Refusal::none},        {299, Refusal::none},
      {307, Refusal::moved},   {400, Refusal::bad_request}, {403, Refusal::denied},
      {404, Refusal::missing}, {429, Refusal::busy},        {503, Refusal::sealed},
      {301, Refusal::failed},  {302, Refusal::failed},      {401, Refusal::failed},
      {412, Refusal::failed},  {472, Refusal::failed},      {473, Refusal::failed},
      {500, Refusal::failed},  {501, Refusal::failed},      {502, Refusal::failed},
      {199, Refusal::failed},  {300, Refusal::failed}};
  for (const auto& [status, refusal] : cases) {
    INFO(status);
    CHECK(refusal_of(reply(status, R"({"errors":["permission denied"]})")) == refusal);
  }
  CHECK(refusal_of(no_reply()) == Refusal::unreachable);
  CHECK(refusal_of(no_reply(60)) == Refusal::untrusted);
  CHECK(refusal_of(no_reply(77)) == Refusal::untrusted);
  HttpResponse half = reply(200);
  half.transport_code = 18;
  CHECK(refusal_of(half) == Refusal::failed);
}

TEST_CASE("the words of an answer are one printable line") {
  CHECK(words_of(permission_denied()) == R"(1 error occurred:\u{a}\u{9}* permission denied)");
  CHECK(words_of(reply(404, R"({"errors":["a"," ","b"],"warnings":["c"]})")) == "a; b; c");
  for (const auto* body : {"", "<html>", "[]", "null", R"({"errors":[]})", R"({"errors":"a"})",
                           R"({"errors":[null,{},["a"]]})", R"({"errors":["  "]})"}) {
    INFO(body);
    CHECK(words_of(reply(400, body)).empty());
  }
  const std::string odd =
      words_of(reply(400, "{\"errors\":[\"a\\u001b[2Jb\\u202ec\\u2028d\\u0000e\\r\\nf\"]}"));
  for (const char c : odd) CHECK(static_cast<unsigned char>(c) >= 0x20);
  CHECK(odd.find("\xe2\x80") == std::string::npos);
  CHECK(words_of(reply(400, R"({"errors":[")" + std::string(5000, 'a') + R"("]})")).size() <= 203);
  CHECK(words_of(reply(400, R"({"errors":[")" + std::string(2 << 20, 'a') + R"("]})")).empty());
}

TEST_CASE("a pause is asked for in whole seconds or not at all") {
  const auto asked = [](const std::string& value) {
    return retry_after_s(with_header(reply(429), "retry-after", value));
  };
  CHECK(asked("0") == 0);
  CHECK(asked("30") == 30);
  for (const auto* value : {"", "-1", "+", "1.5", "1e3", "0x10", "5 s", "99999999999999999999",
                            "Wed, 21 Oct 2026 07:28:00 GMT", "\xff"}) {
    INFO(value);
    CHECK_FALSE(asked(value));
  }
  CHECK_FALSE(retry_after_s(reply(429)));
}

TEST_CASE("only the server is taken from a Location") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"https://two.example:8200/v1/kv/data/a?b=c://d/e", second_address},
      {"https://two.example:8200", second_address},
      {"https://two.example:8200?x=/", "https://two.example:8200?x="},
      {"https://", "https://"},
      {"https:///v1", "https://"},
      {"/v1/kv", ""},
      {"//two.example/v1", ""},
      {"", ""}};
  for (const auto& [location, to] : cases) {
    INFO(location);
    CHECK(moved_to(with_header(reply(307), "location", location)) == to);
  }
  CHECK(moved_to(reply(307)).empty());
}

TEST_CASE("a login's answer is a token with its lease") {
  const auto token = parse_login(lent("canary-token", 300, true));
  REQUIRE(token);
  CHECK(token->token.reveal() == "canary-token");
  CHECK(token->lease_s == 300);
  CHECK(token->renewable);
  for (const auto* body :
       {"", "{", "[]", "null", "{}", R"({"auth":null})", R"({"auth":[]})", R"({"auth":{}})",
        R"({"auth":{"client_token":""}})", R"({"auth":{"client_token":null}})",
        R"({"auth":{"client_token":{}}})", R"({"data":{"client_token":"a"}})"}) {
    INFO(body);
    CHECK_FALSE(parse_login(reply(200, body)));
  }
  const HttpResponse denied = reply(403, lent("canary-token").body);
  CHECK_FALSE(parse_login(denied));
  HttpResponse half = lent("canary-token");
  half.transport_code = 18;
  CHECK_FALSE(parse_login(half));
  for (const auto* lease : {"-1", "null", "\"x\"", "1e99", "{}"}) {
    INFO(lease);
    const auto odd = parse_login(reply(200, R"({"auth":{"client_token":"a","renewable":"yes",)"
                                            R"("lease_duration":)" +
                                                std::string(lease) + "}}"));
    REQUIRE(odd);
    CHECK(odd->lease_s == 0);
    CHECK_FALSE(odd->renewable);
  }
  CHECK(parse_login(lent("a", INT64_MAX))->lease_s == std::int64_t{315'360'000});
}

TEST_CASE("a lookup tells how long the token lasts") {
  const auto token = parse_lookup(reply(200, R"({"data":{"ttl":60,"renewable":true,"id":"a"}})"));
  REQUIRE(token);
  CHECK(token->lease_s == 60);
  CHECK(token->renewable);
  CHECK(token->token.empty());
  for (const auto* body : {"", "{}", R"({"data":null})", R"({"data":[]})", R"({"data":"a"})"})
    CHECK_FALSE(parse_lookup(reply(200, body)));
  CHECK_FALSE(parse_lookup(reply(403, R"({"data":{}})")));
}

TEST_CASE("an unwrapped secret id is text") {
  CHECK(parse_secret_id(reply(200, R"({"data":{"secret_id":"a"}})"))->reveal() == "a");
  for (const auto* body : {"", "{}", R"({"data":null,"wrap_info":{"token":"a"}})",
                           R"({"data":{"secret_id":""}})", R"({"data":{"secret_id":{}}})"})
    CHECK_FALSE(parse_secret_id(reply(200, body)));
  CHECK_FALSE(parse_secret_id(reply(400, R"({"data":{"secret_id":"a"}})")));
}

TEST_CASE("a field is text, a number as it was written, or an object") {
  CHECK(field_of(kv(R"({"token":"a\"b"})")).text.reveal() == "a\"b");
  CHECK(field_of(kv(R"({"token":10.50})")).text.reveal() == "10.50");
  CHECK(field_of(kv(R"({"token":{"a":"b"}})")).text.reveal() == R"({"a":"b"})");
  CHECK(field_of(kv(R"({"token":""})")).state == Field::State::there);
  for (const auto* data : {R"({"token":true})", R"({"token":["a"]})"})
    CHECK(field_of(kv(data)).state == Field::State::not_text);
  for (const auto* data : {"{}", R"({"token":null})", R"({"Token":"a"})", R"({"token ":"a"})"})
    CHECK(field_of(kv(data)).state == Field::State::no_field);
}

TEST_CASE("a deleted or destroyed version is told from what is no secret") {
  const Field deleted = parse_field(
      reply(404, R"({"data":{"data":null,"metadata":{"deletion_time":"2026-01-02T03:04:05Z"}}})"),
      "token");
  CHECK(deleted.state == Field::State::deleted);
  CHECK(deleted.deleted_at == "2026-01-02T03:04:05Z");
  const Field destroyed =
      field_of(R"({"data":{"data":null,"metadata":{"deletion_time":"","destroyed":true}}})");
  CHECK(destroyed.state == Field::State::deleted);
  CHECK(destroyed.deleted_at.empty());
  const Field odd = field_of("{\"data\":{\"data\":null,\"metadata\":{\"deletion_time\":\"a\\nb" +
                             std::string(100, 'c') + "\"}}}");
  CHECK(odd.deleted_at.size() <= 43);
  CHECK(odd.deleted_at.find('\n') == std::string::npos);

  const std::string deep = kv(R"({"token":)" + nested(200) + "}");
  const std::string large = kv(R"({"token":")" + std::string(2 << 20, 'a') + R"("})");
  for (const std::string& body :
       {std::string(), std::string("<html>"), std::string("{}"), std::string("[1]"),
        std::string(R"({"errors":[]})"), std::string(R"({"data":null,"wrap_info":{}})"),
        std::string(R"({"data":{"token":"a"}})"), deep, large}) {
    CHECK(field_of(body).state == Field::State::not_a_secret);
    CHECK(field_of(body).text.empty());
  }
}

}  // namespace pruuv::secrets::vault
