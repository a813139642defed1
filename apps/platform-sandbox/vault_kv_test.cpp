#include <catch2/catch.hpp>

#include "vault_test_client.hpp"

/// What a real Vault 1.8 was seen to answer to who reads and writes secrets, case by case.
namespace sandbox::test {
namespace {

using Catch::Contains;

constexpr std::string_view secret = "secret/data/clients/demo/meta";

}  // namespace

TEST_CASE("vault reads the latest and any earlier version") {
  VaultClient client;
  client.token = "sandbox-root";
  CHECK(client.ask("PUT", secret, R"({"data":{"access_token":"second"},"options":{"cas":1}})")
            .status == 200);
  client.log_in();
  const Result latest = client.get(secret);
  CHECK(latest.status == 200);
  CHECK_THAT(latest.body, Contains(R"("data":{"data":{"access_token":"second"},"metadata":{)"));
  CHECK_THAT(latest.body, Contains(R"("created_time":"2026-11-23T02:13:20.000000000Z")"));
  CHECK_THAT(latest.body, Contains(R"("deletion_time":"","destroyed":false,"version":2}})"));
  CHECK_THAT(client.get(std::string(secret) + "?version=1").body, Contains("sandbox-vault-meta"));
  CHECK_THAT(client.get(std::string(secret) + "?version=0").body, Contains("second"));
  CHECK(client.get(std::string(secret) + "?version=x").status == 400);
}

TEST_CASE("vault answers a missing path or version with an empty list of errors") {
  VaultReader client;
  for (const char* path :
       {"secret/data/clients/nobody/meta", "secret/data/clients/demo/meta?version=2",
        "secret/data/clients/demo", "kv1/clients/nobody/meta", "kv1/data/clients/demo/meta"}) {
    CAPTURE(path);
    const Result result = client.get(path);
    CHECK(result.status == 404);
    CHECK(json_of(result) == "{\"errors\":[]}\n");
  }
  CHECK(client.told(R"("missing_reads":5)"));
}

TEST_CASE("vault answers a deleted version with a body") {
  VaultClient client;
  client.token = "sandbox-root";
  CHECK(client.ask("DELETE", secret).status == 204);
  const Result deleted = client.get(secret);
  CHECK(deleted.status == 404);
  CHECK_THAT(deleted.body, Contains(R"("data":{"data":null,"metadata":{)"));
  CHECK_THAT(deleted.body, Contains(R"("deletion_time":"2026-11-23T02:13:20.000000000Z")"));
  CHECK(deleted.body.find("errors") == std::string::npos);

  CHECK(client.post("secret/undelete/clients/demo/meta", R"({"versions":[1]})").status == 204);
  CHECK(client.get(secret).status == 200);
  CHECK(client.post("secret/delete/clients/demo/meta", R"({"versions":[1,7]})").status == 204);
  CHECK(client.get(secret).status == 404);
  CHECK(client.post("secret/undelete/clients/demo/meta", R"({"versions":[1]})").status == 204);
  CHECK(client.post("secret/destroy/clients/demo/meta", R"({"versions":[1]})").status == 204);
  CHECK_THAT(client.get(secret).body, Contains(R"("destroyed":true)"));
  CHECK(client.post("secret/delete/clients/demo/meta", "{}").status == 400);
}

TEST_CASE("vault warns of a versioned mount that is read as another") {
  VaultReader client;
  const Result result = client.get("secret/clients/demo/meta");
  CHECK(result.status == 404);
  CHECK_THAT(result.body,
             Contains(R"("warnings":["Invalid path for a versioned K/V secrets engine.)"));
  CHECK_THAT(client.get("kv1/clients/demo/meta").body,
             Contains(R"("data":{"access_token":"sandbox-kv1-meta"})"));
}

TEST_CASE("vault has no handler for a mount that is not there") {
  VaultReader client;
  for (const char* path : {"nowhere/data/x", "secretx/data/x", "kv/data/x", "secret"}) {
    CAPTURE(path);
    const Result result = client.get(path);
    CHECK(result.status == 404);
    CHECK_THAT(result.body, Contains("no handler for route"));
  }
}

TEST_CASE("vault decodes paths, and knows mounts with a slash in their name") {
  VaultReader client;
  client.order(R"({"put":{"mount":"kv/team-a","path":"a b/ü+","data":{"x":"found"}}})");
  CHECK_THAT(client.get("kv/team-a/data/a%20b/%C3%BC+").body, Contains("found"));
  CHECK_THAT(client.get("kv%2Fteam-a/data/a%20b%2F%c3%bc%2B").body, Contains("found"));
  CHECK(client.get("kv/team-a/data/a%2").status == 400);
  client.order(R"({"put":{"mount":"kv","path":"team-a/x","data":{"x":"outer"}}})");
  client.order(R"({"put":{"mount":"kv/team-a","path":"x","data":{"x":"inner"}}})");
  CHECK_THAT(client.get("kv/team-a/data/x").body, Contains("inner"));
  CHECK_THAT(client.get("kv/data/team-a/x").body, Contains("outer"));
  client.order(R"({"put":{"mount":"secret","path":"a.","data":{"x":"found"}}})");
  const Result period = client.get("secret/data/a.");
  CHECK(period.status == 404);
  CHECK_THAT(period.body, Contains("unsupported path"));
}

TEST_CASE("vault writes only over the version that was read") {
  VaultClient client;
  client.token = "sandbox-root";
  for (const char* body :
       {R"({"data":{"x":"1"},"options":{"cas":0}})", R"({"data":{"x":"1"},"options":{"cas":2}})"}) {
    const Result result = client.post(secret, body);
    CHECK(result.status == 400);
    CHECK_THAT(result.body, Contains("check-and-set parameter did not match the current version"));
  }
  CHECK(client.post("secret/data/new", R"({"data":{"x":"1"},"options":{"cas":0}})").status == 200);
  CHECK(client.post(secret, R"({"x":"1"})").status == 400);
  for (int i = 0; i < 10; ++i) CHECK(client.post(secret, R"({"data":{"x":"1"}})").status == 200);
  CHECK(client.get(std::string(secret) + "?version=1").status == 404);
  CHECK(client.get(std::string(secret) + "?version=2").status == 200);
}

}  // namespace sandbox::test
