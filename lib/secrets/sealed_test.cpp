#include "secrets/sealed.hpp"

#include <string>
#include <vector>

#include "base/sha256.hpp"
#include "store/schema.hpp"
#include "store/store_fixture.hpp"

namespace pruuv::secrets {
namespace {

using pruuv::store::SealedSecret;
using namespace pruuv::store::testing;

const std::string token = "EAABcanary-of-some-length";
const std::string store_id = "0190a1b2-c3d4-4e5f-8a9b-000000000001";
const SealingKey key{"k1", Secret(std::string(32, 'a'))};

SealedSecret sample() { return seal(key, store_id, "acme.meta", Secret(token), now_s); }

Error refusal(const SealedSecret& record, const std::string& id = store_id,
              const SealingKey& with = key) {
  const auto opened = open_sealed(record, id, with);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == ErrorKind::config);
  CHECK(opened.error().message.starts_with("read the secret sealed:"));
  CHECK((opened.error().message + opened.error().hint).find("canary") == std::string::npos);
  CHECK(opened.error().hint.find("pruuv-send secrets set") != std::string::npos);
  return opened.error();
}

void flip(std::string& text, std::size_t bit) {
  text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
}

void save(store::Database& database, const SealedSecret& record) {
  (void)value_of(store::save_sealed_secret(database, record));
}

void write_ring(const std::string& path, std::vector<SealingKey> keys) {
  KeyRing ring(path);
  const auto lock = value_of(KeyFileLock::take(path));
  must(ring.load());
  must(ring.save(std::move(keys), lock));
}

}  // namespace

TEST_CASE("what is sealed opens again, and no two records are alike") {
  const SealedSecret one = sample();
  const SealedSecret two = sample();
  CHECK(value_of(open_sealed(one, store_id, key)).reveal() == token);
  CHECK(one.salt.size() == 16);
  CHECK(one.nonce.size() == 12);
  CHECK(one.sealed.size() == token.size() + 16);
  CHECK(one.version == 1);
  CHECK(one.key_id == "k1");
  CHECK(one.salt != two.salt);
  CHECK(one.nonce != two.nonce);
  CHECK(one.sealed != two.sealed);
  CHECK(one.sealed.find("canary") == std::string::npos);
}

// Made apart from this program, with Python's hmac and the cryptography package's AESGCM.
TEST_CASE("the format of a record does not change") {
  SealedSecret record;
  record.name = "acme.meta";
  record.version = 1;
  record.key_id = "k1";
  record.salt = std::string(16, 's');
  record.nonce = std::string(12, 'n');
  record.set_at_s = 1'790'000'000;
  for (const char* digits =
           "4fe502af1073218862583a4c946da3cb973fe5c72fc2152b0e231ba25e4d78c67faaec0673b78e53d2";
       *digits != '\0'; digits += 2) {
    record.sealed.push_back(
        static_cast<char>(std::stoi(std::string(digits, digits + 2), nullptr, 16)));
  }
  CHECK(value_of(open_sealed(record, store_id, key)).reveal() == token);
}

TEST_CASE("no record opens with a bit of it, of its store's id or of its key changed") {
  const SealedSecret good = sample();
  int flips = 0;
  for (std::string SealedSecret::*part :
       {&SealedSecret::name, &SealedSecret::key_id, &SealedSecret::salt, &SealedSecret::nonce,
        &SealedSecret::sealed}) {
    for (std::size_t bit = 0; bit < (good.*part).size() * 8; ++bit, ++flips) {
      SealedSecret changed = good;
      flip(changed.*part, bit);
      refusal(changed);
      // The one who changed the record's key id may have changed the key's, too.
      if (part == &SealedSecret::key_id) refusal(changed, store_id, {changed.key_id, key.key});
    }
  }
  for (int bit = 0; bit < 63; ++bit, ++flips) {
    SealedSecret changed = good;
    changed.version ^= std::int64_t{1} << bit;
    refusal(changed);
    changed = good;
    changed.set_at_s ^= std::int64_t{1} << bit;
    refusal(changed);
  }
  for (std::size_t bit = 0; bit < store_id.size() * 8; ++bit, ++flips) {
    std::string changed = store_id;
    flip(changed, bit);
    refusal(good, changed);
  }
  for (std::size_t bit = 0; bit < std::size_t{32} * 8; ++bit, ++flips) {
    std::string changed(key.key.reveal());
    flip(changed, bit);
    refusal(good, store_id, {key.id, Secret(changed)});
  }
  CHECK(flips > 1000);
}

TEST_CASE("parts of another length do not open") {
  const SealedSecret good = sample();
  for (std::string SealedSecret::*part :
       {&SealedSecret::name, &SealedSecret::key_id, &SealedSecret::salt, &SealedSecret::nonce,
        &SealedSecret::sealed}) {
    for (std::size_t length = 0; length < (good.*part).size(); ++length) {
      SealedSecret changed = good;
      (changed.*part).resize(length);
      refusal(changed);
    }
    SealedSecret changed = good;
    (changed.*part).push_back('\0');
    refusal(changed);
  }
}

TEST_CASE("a record opens under no other name, store or place") {
  const SealedSecret one = sample();
  const SealedSecret two = seal(key, store_id, "globex.meta", Secret("other"), now_s);
  SealedSecret swapped = two;
  swapped.name = one.name;
  refusal(swapped);
  SealedSecret mixed = one;
  mixed.sealed = two.sealed;
  refusal(mixed);
  refusal(one, "0190a1b2-c3d4-4e5f-8a9b-000000000002");
  refusal(one, store_id, {"k2", key.key});
  // What ends one part and begins the next cannot be moved.
  SealedSecret moved = seal({"k1a", key.key}, "b", "c", Secret(token), now_s);
  moved.key_id = "k1";
  CHECK(refusal(moved, "ab").message ==
        "read the secret sealed:c: its record does not open with key k1: it was changed, or "
        "belongs to another name, store or key");
}

TEST_CASE("a secret is read from the store by its name") {
  const Store store;
  KeyRing ring(store.folder.file("sealing.key"));
  write_ring(ring.path(), {key});
  save(*store, sample());
  CHECK(value_of(read_sealed(*store, store_id, ring, "acme.meta")).reveal() == token);

  const auto absent = read_sealed(*store, store_id, ring, "acme.tiktok");
  REQUIRE_FALSE(absent);
  CHECK(absent.error().kind == ErrorKind::config);
  CHECK(absent.error().message == "read the secret sealed:acme.tiktok: there is no such secret");
  CHECK(absent.error().hint == "pruuv-send secrets set acme.tiktok");
  const auto no_name = read_sealed(*store, store_id, ring, "EAAB canary");
  REQUIRE_FALSE(no_name);
  CHECK((no_name.error().message + no_name.error().hint).find("canary") == std::string::npos);
  CHECK_FALSE(read_sealed(*store, "another store", ring, "acme.meta"));
}

TEST_CASE("a ring that lacks the record's key is read once more, and the record with it") {
  const Store store;
  KeyRing ring(store.folder.file("sealing.key"));
  const SealingKey newer{"k2", Secret(std::string(32, 'b'))};
  write_ring(ring.path(), {key});
  save(*store, sample());
  CHECK(read_sealed(*store, store_id, ring, "acme.meta"));
  save(*store, seal(newer, store_id, "acme.meta", Secret("renewed"), now_s));
  write_ring(ring.path(), {newer});
  CHECK(value_of(read_sealed(*store, store_id, ring, "acme.meta")).reveal() == "renewed");

  save(*store, sample());
  const auto unknown = read_sealed(*store, store_id, ring, "acme.meta");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().kind == ErrorKind::config);
  CHECK(unknown.error().message ==
        "read the secret sealed:acme.meta: the key file " + ring.path() + " does not have key k1");
  CHECK(unknown.error().hint.find("backup") != std::string::npos);
}

TEST_CASE("without its key file a secret is not read, and a bad key file is a fault of its own") {
  const Store store;
  KeyRing ring(store.folder.file("sealing.key"));
  save(*store, sample());
  const auto absent = read_sealed(*store, store_id, ring, "acme.meta");
  REQUIRE_FALSE(absent);
  CHECK(absent.error().kind == ErrorKind::config);
  CHECK(absent.error().message ==
        "read the secret sealed:acme.meta: there is no key file " + ring.path());
  write_ring(ring.path(), {key});
  std::filesystem::permissions(ring.path(), std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  const auto open_to_others = read_sealed(*store, store_id, ring, "acme.meta");
  REQUIRE_FALSE(open_to_others);
  CHECK(open_to_others.error().kind == ErrorKind::permission);
}

TEST_CASE("the first key is made with the first secret, later ones use the newest") {
  const Store store;
  KeyRing ring(store.folder.file("new/sealing.key"));
  const KeyForSealing first = value_of(key_for_sealing(*store, store_id, ring));
  CHECK(first.is_new);
  CHECK(std::filesystem::exists(ring.path()));
  const KeyForSealing again = value_of(key_for_sealing(*store, store_id, ring));
  CHECK_FALSE(again.is_new);
  CHECK(again.key.id == first.key.id);
  CHECK(again.key.key.reveal() == first.key.key.reveal());

  // Another store that shares the file has a key of its own.
  const KeyForSealing other = value_of(key_for_sealing(*store, "other store", ring));
  CHECK(other.is_new);
  CHECK(ring.keys().size() == 2);
  CHECK(value_of(key_for_sealing(*store, store_id, ring)).key.id == first.key.id);
}

TEST_CASE("a key that is missing is never made again in silence") {
  const Store store;
  KeyRing ring(store.folder.file("sealing.key"));
  save(*store, sample());
  const auto refused = key_for_sealing(*store, store_id, ring);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::config);
  CHECK(refused.error().hint.find("backup") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(ring.path()));
  // Nor is anything sealed with the wrong file.
  write_ring(ring.path(), {{"k2", Secret(std::string(32, 'b'))}});
  CHECK_FALSE(key_for_sealing(*store, store_id, ring));
  write_ring(ring.path(), {key});
  CHECK(value_of(key_for_sealing(*store, store_id, ring)).key.id == "k1");
}

}  // namespace pruuv::secrets
