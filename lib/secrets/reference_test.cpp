#include "secrets/reference.hpp"

#include <string>
#include <vector>

#include "testing/testing.hpp"

namespace pruuv::secrets {
namespace {

constexpr const char* canary = "EAABcanary";

struct Parts {
  Scheme scheme;
  std::string text, mount, name, field;
};

void check_refused(const std::string& text) {
  INFO(text);
  const auto refused = parse_reference(text);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::config);
  const std::string words = refused.error().message + refused.error().hint;
  CHECK(words.find(canary) == std::string::npos);
  CHECK(words.find("vault:mount/path#field") != std::string::npos);
  CHECK_FALSE(check_reference(text));
}

}  // namespace

TEST_CASE("every scheme is taken apart") {
  const std::vector<Parts> cases = {
      {Scheme::env, "env:META_TOKEN", "", "META_TOKEN", ""},
      {Scheme::file, "file:/run/a b", "", "/run/a b", ""},
      {Scheme::cred, "cred:meta.token_1-a", "", "meta.token_1-a", ""},
      {Scheme::sealed, "sealed:acme.meta", "", "acme.meta", ""},
      {Scheme::supabase, "supabase:acme/meta", "", "acme/meta", ""},
      {Scheme::supabase, "supabase:0190a1b2-c3d4-4e5f-8a9b-000000000001", "",
       "0190a1b2-c3d4-4e5f-8a9b-000000000001", ""},
      {Scheme::vault, "vault:kv/acme#token", "kv", "acme", "token"},
      {Scheme::vault, "vault:kv/clients/acme/meta#access token", "kv", "clients/acme/meta",
       "access token"},
      {Scheme::vault, "vault:team%2Fkv/a%20b%23c#f", "team/kv", "a b#c", "f"},
      {Scheme::vault, "vault:kv/a%2fb/c#f", "kv", "a/b/c", "f"},
      {Scheme::vault, "vault:kv/a#b#f", "kv", "a#b", "f"},
      {Scheme::vault, "vault:kv/.a/..b#f", "kv", ".a/..b", "f"},
      {Scheme::vault, "vault:kv/%C3%A9?x=%25#f", "kv", "\xc3\xa9?x=%", "f"},
  };
  for (const Parts& expected : cases) {
    INFO(expected.text);
    const auto parsed = parse_reference(expected.text);
    REQUIRE(parsed);
    CHECK(parsed->scheme == expected.scheme);
    CHECK(parsed->mount == expected.mount);
    CHECK(parsed->name == expected.name);
    CHECK(parsed->field == expected.field);
    CHECK(parsed->text == expected.text);
  }
}

TEST_CASE("what is no reference is refused, and never quoted") {
  for (const std::string text :
       {"", "EAABcanary", "EAABcanary:EAABcanary", "VAULT:kv/EAABcanary#f", " env:A",
        "vault :a/b#c", "cred:", "cred:.", "cred:..", "cred:a/EAABcanary", "cred:EAABcanary b",
        "cred:\xc3\xa9", "sealed:", "sealed:a/b", "sealed:EAABcanary ",
        "supabase:", "supabase:EAABcanary'--", "supabase:a b"}) {
    check_refused(text);
  }
  check_refused("env:" + std::string(256, 'A'));
  check_refused("cred:" + std::string(256, 'a'));
  check_refused("sealed:" + std::string(65, 'a'));
  check_refused("supabase:" + std::string(201, 'a'));
  CHECK(check_reference("env:" + std::string(255, 'A')));
  CHECK(check_reference("cred:" + std::string(255, 'a')));
  CHECK(check_reference("sealed:" + std::string(64, 'a')));
  CHECK(check_reference("supabase:" + std::string(200, 'a')));
}

TEST_CASE("a part of a path that Vault could take for another is refused") {
  for (const std::string text :
       {"vault:EAABcanary", "vault:#f", "vault:kv#EAABcanary", "vault:kv/EAABcanary",
        "vault:kv/EAABcanary#",
        // empty parts
        "vault:/kv/a#f", "vault:kv//a#f", "vault:kv/a/#f", "vault:kv/#f", "vault:%2F/a#f",
        "vault:kv/a%2F%2Fb#f", "vault:kv/%2Fa#f", "vault:kv%2F/a#f",
        // the way up, and a period at the end
        "vault:kv/..#f", "vault:kv/../a#f", "vault:kv/a/.#f", "vault:kv/a.#f", "vault:kv/a./b#f",
        "vault:../a#f", "vault:kv/%2e%2e#f", "vault:kv/a%2F..%2Fb#f", "vault:kv/%2E/b#f",
        // half an escape
        "vault:kv/a%#f", "vault:kv/a%2#f", "vault:kv/a%zz#f", "vault:kv/a%2g#f",
        // control characters, and what is no text
        "vault:kv/a\nb#f", "vault:kv/a%0Ab#f", "vault:kv/a%00#f", "vault:kv/a%7F#f",
        "vault:kv/a#f\n", "vault:kv/%FF#f", "vault:kv/\xff#f", "vault:kv/%C3#f",
        "vault:kv/%C0%AE%C0%AE#f", "vault:kv/a#\xff"}) {
    check_refused(text);
  }
}

TEST_CASE("only an environment variable is warned of") {
  for (const auto* text : {"env:A", "file:/a", "cred:a", "sealed:a", "vault:a/b#c", "supabase:a"}) {
    const auto parsed = parse_reference(text);
    REQUIRE(parsed);
    CHECK(warning_of(*parsed).empty() == (parsed->scheme != Scheme::env));
  }
}

}  // namespace pruuv::secrets
