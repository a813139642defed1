#include <catch2/catch.hpp>

#include "faults.hpp"
#include "vault_test_client.hpp"

namespace sandbox::test {
namespace {

using Catch::Contains;

constexpr std::string_view secret = "secret/data/clients/demo/meta";

}  // namespace

TEST_CASE("vault's tokens are renewed up to their longest life") {
  VaultClient client;
  client.order(R"({"token_ttl":60,"token_max_ttl":100})");
  client.log_in();
  client.clock += 50;
  CHECK_THAT(client.post("auth/token/renew-self", R"({"increment":"30s"})").body,
             Contains(R"("lease_duration":30)"));
  CHECK_THAT(client.post("auth/token/renew-self", R"({"increment":"1h"})").body,
             Contains(R"("lease_duration":50)"));
  client.clock += 40;
  CHECK_THAT(client.post("auth/token/renew-self", "").body, Contains(R"("lease_duration":10)"));
  CHECK_THAT(client.get("auth/token/lookup-self").body, Contains(R"("ttl":10,)"));
  CHECK(client.post("auth/token/renew-self", R"({"increment":"x"})").status == 400);
  client.order(R"({"renew_refused":true})");
  CHECK(client.post("auth/token/renew-self", "").status == 403);
  client.order(R"({"renew_refused":false,"renewable":false})");
  CHECK(client.told(R"("renewals":3)"));
  client.log_in();
  CHECK_THAT(client.post("auth/token/renew-self", "").body, Contains("lease is not renewable"));
}

TEST_CASE("a test can move vault's time") {
  VaultClient client;
  client.log_in();
  client.order(R"({"advance_s":3599})");
  CHECK(client.get(secret).status == 200);
  client.order(R"({"advance_s":1})");
  CHECK(client.get(secret).status == 403);
  CHECK(client.told(R"("live_tokens":0)"));
  client.log_in();
  client.order(R"({"expire_tokens":true})");
  CHECK(client.get(secret).status == 403);
  client.token = "sandbox-root";
  CHECK(client.get(secret).status == 200);
}

TEST_CASE("vault's counts tell one login a run, revoked at the end") {
  VaultClient client;
  client.log_in();
  for (int i = 0; i < 3; ++i) CHECK(client.get(secret).status == 200);
  CHECK(client.told(R"("live_tokens":1)"));
  CHECK(client.post("auth/token/revoke-self", "").status == 204);
  CHECK(client.told(
      R"({"logins":1,"failed_logins":0,"reads":3,"missing_reads":0,"writes":0,"renewals":0,)"
      R"("revocations":1,"lookups":0,"unwraps":0,"denied":0,"used_tokens":1,"live_tokens":0,)"
      R"("sealed":false})"));
}

TEST_CASE("nothing comes of a request to vault that a fault keeps from happening") {
  VaultClient client;
  client.executed = false;
  const Result lost = client.post("auth/approle/login", good_login);
  CHECK(lost.status == 200);
  client.executed = true;
  CHECK(client.told(R"("logins":0)"));
  client.token = text_in(lost.body, "client_token");
  CHECK(client.get(secret).status == 403);
}

TEST_CASE("a test can have a secret rotated during a run") {
  VaultClient client;
  client.order(R"({"put":{"mount":"secret","path":"clients/demo/meta","data":{"x":"new"},)"
               R"("after_reads":2}})");
  client.log_in();
  CHECK(client.get("secret/data/clients/demo/tiktok").status == 200);
  for (int i = 0; i < 2; ++i) CHECK_THAT(client.get(secret).body, Contains("sandbox-vault-meta"));
  for (int i = 0; i < 2; ++i) CHECK_THAT(client.get(secret).body, Contains(R"({"x":"new"})"));
  CHECK_THAT(client.get(secret).body, Contains(R"("version":2)"));
  client.order(R"({"put":{"mount":"kv1","path":"clients/demo/meta","data":{"x":"new"},)"
               R"("after_reads":1}})");
  CHECK_THAT(client.get("kv1/clients/demo/meta").body, Contains("sandbox-kv1-meta"));
  CHECK_THAT(client.get("kv1/clients/demo/meta").body, Contains(R"({"x":"new"})"));
}

TEST_CASE("vault's namespaces hold their own mounts and tokens") {
  VaultClient client;
  client.order(
      R"({"put":{"namespace":"/team/a/","mount":"secret","path":"x","data":{"y":"inside"}}})");
  client.log_in();
  CHECK(client.get("secret/data/x").status == 404);
  client.headers = {{"X-Vault-Namespace", "team/a/"}};
  CHECK_THAT(client.get("secret/data/x").body, Contains("inside"));
  CHECK(client.get(secret).status == 404);
  client.headers = {{"X-Vault-Namespace", "team/b"}};
  CHECK_THAT(client.get("secret/data/x").body, Contains("no handler for route"));

  client.order(R"({"login_namespace":"team/a"})");
  client.token.clear();
  CHECK(client.post("auth/approle/login", good_login).status == 400);
  client.headers = {{"X-Vault-Namespace", "team/a"}};
  client.log_in();
  CHECK(client.get("secret/data/x").status == 200);
  for (const char* other : {"", "team", "team/ab"}) {
    CAPTURE(other);
    client.headers = {{"X-Vault-Namespace", other}};
    CHECK(client.get("secret/data/x").status == 403);
  }
}

TEST_CASE("vault's role sees what a test allows it") {
  VaultClient client;
  client.order(R"({"deny":"clients/demo"})");
  client.log_in();
  CHECK(client.get(secret).status == 403);
  CHECK(client.get("secret/data/clients/demo2").status == 404);
  client.order(R"({"allow":"clients/demo","writable":true})");
  CHECK(client.get(secret).status == 200);
  CHECK(client.post(secret, R"({"data":{"x":"1"}})").status == 200);
  client.order(R"({"require_request_header":true})");
  CHECK(client.get(secret).status == 412);
  client.headers = {{"X-Vault-Request", "true"}};
  CHECK(client.get(secret).status == 200);
}

TEST_CASE("vault's logins can be mounted elsewhere") {
  VaultClient client;
  client.order(R"({"approle_mount":"cron/approle","jwt_mount":"gitlab"})");
  CHECK(client.post("auth/cron/approle/login", good_login).status == 200);
  CHECK(client.post("auth/gitlab/login", R"({"role":"sandbox","jwt":"sandbox-jwt"})").status ==
        200);
  CHECK(client.post("auth/approle/login", good_login).status == 400);
}

TEST_CASE("vault is given a new secret id by its own route") {
  VaultClient client;
  client.token = "sandbox-root";
  client.order(R"({"secret_id_uses":1})");
  const std::string id =
      text_in(client.post("auth/approle/role/sandbox/secret-id", "").body, "secret_id");
  const std::string login = replaced(good_login, "sandbox-secret-id", id);
  CHECK(client.post("auth/approle/login", login).status == 200);
  CHECK(client.post("auth/approle/login", login).status == 400);
}

TEST_CASE("a test's orders to vault are carried out together or not at all") {
  VaultClient client;
  for (const char* wrong :
       {"", "[]", "{}", R"({"x":1})", R"({"sealed":1})", R"({"token_ttl":-1})",
        R"({"token_ttl":"1"})", R"({"mode":"x"})", R"({"deny":""})", R"({"redirect":"x"})",
        R"({"expire_tokens":false})", R"({"put":{"mount":"secret","path":"x"}})",
        R"({"put":{"mount":"","path":"x","data":{}}})",
        R"({"put":{"mount":"m","path":"x","data":{},"y":1}})",
        R"({"put":{"mount":"secret","path":"not/there","data":{},"after_reads":1}})",
        R"({"put":{"mount":"secret","path":"clients/demo/meta","data":{},"after_reads":0}})",
        R"({"advance_s":-1})"}) {
    CAPTURE(wrong);
    CHECK_THROWS(client.order(wrong));
  }
  CHECK_THROWS(client.order(R"({"sealed":true,"x":1})"));
  CHECK(client.get("sys/health").status == 200);
}

TEST_CASE("after a reset vault is what it was at the start") {
  VaultClient client;
  client.log_in();
  client.order(R"({"put":{"mount":"secret","path":"x","data":{}},"approle_mount":"y"})");
  client.book.reset(now);
  CHECK(client.get(secret).status == 403);
  const std::string old = client.token;
  client.log_in();
  CHECK(client.token != old);
  CHECK(client.get("secret/data/x").status == 404);
  CHECK(client.told(R"("logins":1)"));
}

TEST_CASE("faults name vault and supabase") {
  FaultPlan plan;
  CHECK_FALSE(plan.add(R"([{"platform":"vault","platform_error":"sealed"},)"
                       R"({"platform":"supabase","platform_error":"denied"}])"));
  CHECK(plan.add(R"([{"platform":"vault","platform_error":"no_such"}])"));
  CHECK_FALSE(plan.next("meta"));
  CHECK(plan.next("vault"));
  CHECK(plan.next("supabase"));
}

TEST_CASE("vault's paths are told from google's") {
  for (const char* path : {"/v1/events:ingest", "/v1/requestStatus:retrieve", "/v1/events"}) {
    CHECK(platform_of(path).name.starts_with("data_manager"));
  }
  CHECK(platform_of("/v1/customers/1:uploadClickConversions").name == "google_ads");
  CHECK(platform_of("/v1/secret/data/customers/1/meta").name == "vault");
  CHECK(platform_of("/v1/secret/data/x/events").name == "vault");
}

}  // namespace sandbox::test
