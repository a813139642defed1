#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "vault_test_client.hpp"

/// What a real Vault 1.8 was seen to answer, case by case: tokens, logins, the server itself.
namespace sandbox::test {
namespace {

using Catch::Contains;

constexpr std::string_view secret = "secret/data/clients/demo/meta";

struct Login {
  std::string_view mount;
  std::string_view body;
  std::string_view text;
};

}  // namespace

TEST_CASE("vault takes the token from either header") {
  VaultReader client;
  client.headers.push_back({"Authorization", "Bearer " + client.token});
  client.token.clear();
  CHECK(client.get(secret).status == 200);
}

TEST_CASE("vault wants a token") {
  VaultClient client;
  for (const char* path :
       {"secret/data/clients/demo/meta", "auth/token/lookup-self", "nowhere/x"}) {
    CAPTURE(path);
    const Result result = client.get(path);
    CHECK(result.status == 400);
    CHECK(json_of(result) == "{\"errors\":[\"missing client token\"]}\n");
  }
  CHECK_THAT(client.post("auth/nowhere/login", good_login).body, Contains("missing client token"));
}

TEST_CASE("vault cannot look up a malformed token") {
  VaultClient client;
  for (const char* token : {"hvs.a.b", "s.a.b", "a.b"}) {
    CAPTURE(token);
    client.token = token;
    const Result result = client.get(secret);
    CHECK(result.status == 400);
    CHECK_THAT(result.body, Contains("error performing token check: "));
    CHECK_THAT(result.body, Contains("no namespace"));
  }
}

TEST_CASE("vault's policy denies with a line break and a tab") {
  VaultReader client;
  const std::string denied = R"({"errors":["1 error occurred:\n\t* permission denied\n\n"]})"
                             "\n";
  CHECK(json_of(client.get("secret/data/denied/meta")) == denied);
  CHECK(client.get("secret/data/denied/meta").status == 403);
  CHECK(json_of(client.post(secret, R"({"data":{"x":"1"}})")) == denied);
  CHECK(json_of(client.post("sys/seal", "")) == denied);
  CHECK(client.told(R"("denied":4)"));
}

TEST_CASE("vault forbids tokens that are unknown, over, revoked or used up") {
  const std::string forbidden = "{\"errors\":[\"permission denied\"]}\n";
  VaultReader client;
  client.clock += 3'599;
  CHECK(client.get(secret).status == 200);
  ++client.clock;
  CHECK(json_of(client.get(secret)) == forbidden);
  CHECK(client.get(secret).status == 403);

  client.log_in();
  CHECK(client.post("auth/token/revoke-self", "").status == 204);
  CHECK(json_of(client.get(secret)) == forbidden);

  client.order(R"({"token_uses":2})");
  client.log_in();
  CHECK(client.get(secret).status == 200);
  CHECK_THAT(client.get("auth/token/lookup-self").body, Contains(R"("num_uses":0)"));
  CHECK(json_of(client.get(secret)) == forbidden);

  client.token = "hvs.unknown";
  CHECK(json_of(client.get(secret)) == forbidden);
}

TEST_CASE("vault refuses a login with 400") {
  VaultClient client;
  const Login logins[] = {
      {"approle", R"({"role_id":"sandbox-role","secret_id":"x"})", "invalid secret id"},
      {"approle", R"({"role_id":"x","secret_id":"sandbox-secret-id"})",
       "invalid role or secret ID"},
      {"approle", R"({"secret_id":"sandbox-secret-id"})", "missing role_id"},
      {"approle", R"({"role_id":"sandbox-role"})", "missing secret_id"},
      {"approle", R"({"role_id":"sandbox-role","secret_id":"sandbox-secret-id","x":1})",
       "unknown key"},
      {"approle", "x", "failed to parse JSON input"},
      {"jwt", R"({"role":"sandbox","jwt":"expired-jwt"})",
       "error validating token: invalid expiration time (exp) claim"},
      {"jwt", R"({"role":"sandbox","jwt":"wrong-aud-jwt"})", "audience"},
      {"jwt", R"({"role":"sandbox","jwt":"x"})", "error validating token: "},
      {"jwt", R"({"role":"x","jwt":"sandbox-jwt"})", R"(role \"x\" could not be found)"},
      {"jwt", R"({"jwt":"sandbox-jwt"})", "missing role"},
      {"jwt", R"({"role":"sandbox"})", "missing token"},
  };
  for (const Login& login : logins) {
    CAPTURE(login.body);
    const Result result = client.post(fmt::format("auth/{}/login", login.mount), login.body);
    CHECK(result.status == 400);
    CHECK_THAT(result.body, Contains(std::string(login.text)));
  }
  CHECK(client.told(R"("logins":0,"failed_logins":11)"));
}

TEST_CASE("vault's login tells the token and its life") {
  VaultClient client;
  const Result approle = client.log_in();
  CHECK(approle.status == 200);
  for (const char* part :
       {R"("data":null)", R"("auth":{"client_token":"hvs.sandbox-vault-token-1","accessor":")",
        R"("policies":["default","sandbox"])", R"("lease_duration":3600,"renewable":true)",
        R"("token_type":"service")"}) {
    CHECK_THAT(approle.body, Contains(part));
  }
  const Result jwt = client.post("auth/jwt/login", R"({"role":"sandbox","jwt":"sandbox-jwt"})");
  CHECK_THAT(jwt.body, Contains(R"("client_token":"hvs.sandbox-vault-token-2")"));
}

TEST_CASE("vault's secret id is used up") {
  VaultClient client;
  client.order(R"({"secret_id_uses":2})");
  client.log_in();
  client.log_in();
  CHECK_THAT(client.post("auth/approle/login", good_login).body, Contains("invalid secret id"));
}

TEST_CASE("a sealed or uninitialised vault answers 503 to everything but questions of its state") {
  VaultReader client;
  for (const char* order : {R"({"sealed":true})", R"({"sealed":false,"initialised":false})"}) {
    CAPTURE(order);
    client.order(order);
    const Result read = client.get(secret);
    CHECK(read.status == 503);
    CHECK(json_of(read) == "{\"errors\":[\"Vault is sealed\"]}\n");
    CHECK(client.post("auth/approle/login", good_login).status == 503);
    CHECK(client.get("sys/seal-status").status == 200);
    CHECK_THAT(client.get("sys/seal-status").body, Contains(R"("sealed":true)"));
  }
  client.order(R"({"sealed":true,"initialised":true})");
  CHECK(client.post("sys/unseal", R"({"key":"x"})").status == 400);
  CHECK(client.post("sys/unseal", R"({"key":"sandbox-unseal-key"})").status == 200);
  CHECK(client.get(secret).status == 200);
}

TEST_CASE("vault's ready-made errors are those of its cases") {
  struct Case {
    std::string_view name;
    int status;
    std::string_view text;
  };
  const Case cases[] = {{"sealed", 503, "Vault is sealed"},
                        {"standby", 500, "active cluster node not found"},
                        {"rate_limit", 429, "rate limit quota exceeded"},
                        {"denied", 403, R"(1 error occurred:\n\t* permission denied\n\n)"},
                        {"token", 403, R"(["permission denied"])"},
                        {"internal", 500, "internal error"},
                        {"malformed", 400, "error performing token check: "}};
  for (const Case& one : cases) {
    CAPTURE(one.name);
    const auto answer = vault_platform.ready_made(one.name, Judgement{});
    REQUIRE(answer);
    CHECK(answer->status == one.status);
    CHECK_THAT(answer->body, Contains(std::string(one.text)));
    for (const Header& header : answer->headers) CHECK(header.name != "Retry-After");
  }
  CHECK_FALSE(vault_platform.ready_made("other", Judgement{}));
}

TEST_CASE("vault keeps an answer back in a wrapping token, once") {
  VaultReader client;
  client.headers = {{"X-Vault-Wrap-TTL", "60s"}};
  const Result kept = client.get(secret);
  CHECK(kept.status == 200);
  CHECK_THAT(kept.body, Contains(R"("data":null,"wrap_info":{"token":"hvs.sandbox-wrapping-)"));
  CHECK(kept.body.find("sandbox-vault-meta") == std::string::npos);
  const std::string wrapping = text_in(kept.body, "token");
  client.headers.clear();
  client.token = wrapping;
  const Result unwrapped = client.post("sys/wrapping/unwrap", "");
  CHECK(unwrapped.status == 200);
  CHECK_THAT(unwrapped.body, Contains("sandbox-vault-meta"));
  const Result again = client.post("sys/wrapping/unwrap", "");
  CHECK(again.status == 400);
  CHECK_THAT(again.body, Contains("wrapping token is not valid or does not exist"));

  const std::string ordered = client.order(R"({"wrap_secret_id":true})");
  client.token = "sandbox-root";
  const std::string body = fmt::format(R"({{"token":"{}"}})", text_in(ordered, "token"));
  client.clock += 300;
  CHECK(client.post("sys/wrapping/unwrap", body).status == 400);
  client.clock -= 1;
  CHECK_THAT(client.post("sys/wrapping/unwrap", body).body,
             Contains(R"("secret_id":"sandbox-secret-id-)"));
}

TEST_CASE("vault's health tells its state by the status") {
  VaultClient client;
  CHECK(client.get("sys/health").status == 200);
  CHECK(client.ask("HEAD", "sys/health").status == 200);
  struct Case {
    std::string_view order;
    int status;
  };
  const Case cases[] = {{R"({"mode":"standby"})", 429},
                        {R"({"mode":"dr_secondary"})", 472},
                        {R"({"mode":"performance_standby"})", 473},
                        {R"({"mode":"cut_off"})", 474},
                        {R"({"mode":"removed"})", 530},
                        {R"({"sealed":true})", 503},
                        {R"({"initialised":false})", 501}};
  for (const Case& one : cases) {
    CAPTURE(one.order);
    client.order(one.order);
    CHECK(client.get("sys/health").status == one.status);
  }
  client.book.reset(now);
  client.order(R"({"mode":"standby"})");
  CHECK(client.get("sys/health?standbyok=true").status == 200);
  CHECK(client.get("sys/health?standbycode=204").status == 204);
  CHECK_THAT(client.get("sys/health").body, Contains(R"("sealed":false,"standby":true)"));
}

TEST_CASE("a standby sends to the active node") {
  VaultReader client;
  client.order(R"({"redirect":"https://active.example:8200"})");
  const Result result = client.get(std::string(secret) + "?version=1");
  CHECK(result.status == 307);
  CHECK_THAT(result.body, Contains("Location: https://active.example:8200/v1/secret/data/clients/"
                                   "demo/meta?version=1\n"));
  CHECK(client.get("sys/health").status == 429);
  client.order(R"({"redirect":""})");
  CHECK(client.get(secret).status == 200);
}

TEST_CASE("vault refuses a secret in the address") {
  VaultReader client;
  CHECK(client.get(std::string(secret) + "?token=" + client.token).reason == "secret_in_url");
  CHECK(client.get("secret/data/" + client.token).reason == "secret_in_url");
}

}  // namespace sandbox::test
