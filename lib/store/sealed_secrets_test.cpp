#include "store/sealed_secrets.hpp"

#include <string>

#include "store/store_fixture.hpp"

namespace pruuv::store {
namespace {

using namespace pruuv::store::testing;

SealedSecret sample(const std::string& name, const std::string& key_id = "k1") {
  SealedSecret secret;
  secret.name = name;
  secret.version = 1;
  secret.key_id = key_id;
  secret.salt = std::string("salt\0", 5);
  secret.nonce = "nonce";
  secret.sealed = std::string("\0\xff sealed", 9);
  secret.set_at_s = now_s;
  return secret;
}

}  // namespace

TEST_CASE("a sealed secret is kept byte for byte, and replaced by name") {
  const Store store;
  CHECK_FALSE(value_of(load_sealed_secret(*store, "acme")));
  CHECK_FALSE(value_of(save_sealed_secret(*store, sample("acme"))));
  const auto first = value_of(load_sealed_secret(*store, "acme"));
  REQUIRE(first);
  CHECK(first->name == "acme");
  CHECK(first->version == 1);
  CHECK(first->key_id == "k1");
  CHECK(first->salt == sample("").salt);
  CHECK(first->nonce == "nonce");
  CHECK(first->sealed == sample("").sealed);
  CHECK(first->set_at_s == now_s);

  SealedSecret other = sample("acme", "k2");
  other.version = 2;
  other.salt = "s";
  other.nonce = "n";
  other.sealed = "x";
  other.set_at_s = now_s + 1;
  CHECK(value_of(save_sealed_secret(*store, other)));
  const auto second = value_of(load_sealed_secret(*store, "acme"));
  REQUIRE(second);
  CHECK(second->version == 2);
  CHECK(second->key_id == "k2");
  CHECK(second->salt == "s");
  CHECK(second->nonce == "n");
  CHECK(second->sealed == "x");
  CHECK(second->set_at_s == now_s + 1);
  CHECK(value_of(load_sealed_secrets(*store)).size() == 1);
}

TEST_CASE("sealed secrets are listed by name, counted by key and removed one by one") {
  const Store store;
  for (const std::string name : {"b", "a", "c"}) {
    CHECK_FALSE(value_of(save_sealed_secret(*store, sample(name, name == "c" ? "k2" : "k1"))));
  }
  const auto all = value_of(load_sealed_secrets(*store));
  REQUIRE(all.size() == 3);
  CHECK(all[0].name == "a");
  CHECK(all[2].name == "c");
  CHECK(value_of(count_sealed_secrets_by_key(*store)) ==
        std::map<std::string, std::int64_t>{{"k1", 2}, {"k2", 1}});
  CHECK(value_of(remove_sealed_secret(*store, "c")));
  CHECK_FALSE(value_of(remove_sealed_secret(*store, "c")));
  CHECK(value_of(count_sealed_secrets_by_key(*store)).size() == 1);
  must(settle_sealed_secrets(*store));
}

TEST_CASE("names are 1 to 64 letters, digits, dots, underscores and dashes, in the table too") {
  const Store store;
  for (const std::string& good :
       {std::string("a"), std::string("Acme.meta_2-x"), std::string(64, 'a'), std::string("..")}) {
    INFO(good);
    CHECK(is_sealed_secret_name(good));
    CHECK(save_sealed_secret(*store, sample(good)));
  }
  for (const std::string& bad :
       {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a/b"),
        std::string("\xc3\xa4"), std::string("a\nb"), std::string("a:b")}) {
    INFO(bad);
    CHECK_FALSE(is_sealed_secret_name(bad));
    CHECK_FALSE(save_sealed_secret(*store, sample(bad)));
  }
}

TEST_CASE("one secret is found without reading the others") {
  Store store;
  (void)value_of(load_sealed_secret(*store, "acme"));
  CHECK(scans(store).count("SCAN sealed_secret") == 0);
}

}  // namespace pruuv::store
