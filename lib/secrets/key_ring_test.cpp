#include "secrets/key_ring.hpp"

#include <string>

#include "base/base64.hpp"
#include "testing/testing.hpp"

namespace pruuv::secrets {
namespace {

const std::string key_a = to_base64(std::string(32, 'a'));
const std::string key_b = to_base64(std::string(32, 'b'));

void check_refused(const std::string& text, const std::string& message) {
  INFO(message);
  const auto keys = parse_sealing_keys(Secret(text));
  REQUIRE_FALSE(keys);
  CHECK(keys.error().kind == ErrorKind::config);
  CHECK(keys.error().message == message);
  // As much of a key as anybody could take for it.
  CHECK((keys.error().message + keys.error().hint).find(key_a.substr(0, 8)) == std::string::npos);
}

}  // namespace

TEST_CASE("a key file is one key a line, and written as it is read") {
  const std::string text = "k1 " + key_a + "\nK.2_x-y " + key_b + "\n";
  const auto keys = parse_sealing_keys(Secret(text)).value();
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].id == "k1");
  CHECK(keys[0].key.reveal() == std::string(32, 'a'));
  CHECK(keys[1].id == "K.2_x-y");
  CHECK(keys[1].key.reveal() == std::string(32, 'b'));
  CHECK(render_sealing_keys(keys).reveal() == text);
  // As an editor may leave it.
  CHECK(parse_sealing_keys(Secret("\r\nk1   " + key_a + " \r\n\n")).value().size() == 1);
}

TEST_CASE("what is no key file is refused by line, without being quoted") {
  check_refused("", "line 1: there is no key in it");
  check_refused("\n \n", "line 1: there is no key in it");
  check_refused("k1 " + key_a + "\n" + key_a, "line 2: it is not a key");
  check_refused("k1" + key_a, "line 1: it is not a key");
  check_refused("k1\t" + key_a, "line 1: it is not a key");
  check_refused("k/1 " + key_a, "line 1: it is not a key");
  check_refused(std::string(65, 'k') + " " + key_a, "line 1: it is not a key");
  check_refused("k1 " + key_a.substr(1), "line 1: it is not a key");
  check_refused("k1 " + key_a + " " + key_b, "line 1: it is not a key");
  check_refused("k1 " + to_base64(std::string(31, 'a')), "line 1: it is not a key");
  check_refused("k1 " + to_base64(std::string(33, 'a')), "line 1: it is not a key");
  check_refused("k1 " + key_a + "\nk1 " + key_b, "line 2: an earlier line has the same key id");
}

TEST_CASE("a key that is made is for one store, and new each time") {
  const SealingKey made = make_sealing_key("store a");
  CHECK(made.key.reveal().size() == 32);
  CHECK(make_sealing_key("store a").id != made.id);
  CHECK(make_sealing_key("store a").key.reveal() != made.key.reveal());
  CHECK(origin_of(made.id, "store a") == KeyOrigin::this_store);
  CHECK(origin_of(made.id, "store b") == KeyOrigin::other_store);
  CHECK(parse_sealing_keys(render_sealing_keys({made})).value()[0].key.reveal() ==
        made.key.reveal());
  for (const std::string& by_hand :
       {std::string("k1"), made.id + "0", made.id.substr(1), std::string("store-2026-a"),
        "store-" + made.id.substr(6, 8), made.id + "-" + made.id.substr(15)}) {
    INFO(by_hand);
    CHECK(origin_of(by_hand, "store a") == KeyOrigin::by_hand);
  }
}

TEST_CASE("a store's newest key is the last that is not another's") {
  const pruuv::testing::TempDir folder;
  KeyRing ring(folder.file("sealing.key"));
  const SealingKey own = make_sealing_key("own");
  const SealingKey other = make_sealing_key("other");
  const SealingKey hand{"by-hand", Secret(std::string(32, 'h'))};
  const auto newest_of = [&](std::vector<SealingKey> keys) {
    auto lock = KeyFileLock::take(ring.path());
    REQUIRE(lock);
    REQUIRE(ring.load());
    REQUIRE(ring.save(std::move(keys), *lock));
    const SealingKey* newest = ring.newest_for("own");
    return newest == nullptr ? std::string() : newest->id;
  };
  CHECK(newest_of({hand, own, other}) == own.id);
  CHECK(newest_of({own, hand, other}) == "by-hand");
  CHECK(newest_of({other}).empty());
}

TEST_CASE("a ring is what the file holds when it is read, and none is no error") {
  const pruuv::testing::TempDir folder;
  KeyRing ring(folder.file("sealing.key"));
  CHECK_FALSE(ring.is_loaded());
  REQUIRE(ring.load());
  CHECK(ring.is_loaded());
  CHECK_FALSE(ring.is_there());
  KeyRing writer(ring.path());
  {
    const auto lock = KeyFileLock::take(ring.path());
    REQUIRE(lock);
    REQUIRE(writer.load());
    REQUIRE(writer.save({{"k1", Secret(std::string(32, 'a'))}}, *lock));
  }
  CHECK(ring.find("k1") == nullptr);
  REQUIRE(ring.load());
  CHECK(ring.is_there());
  REQUIRE(ring.find("k1") != nullptr);
  CHECK(ring.find("k1")->key.reveal() == std::string(32, 'a'));
  CHECK(ring.find("k2") == nullptr);
}

TEST_CASE("a file that could not be read again is not written") {
  const pruuv::testing::TempDir folder;
  KeyRing ring(folder.file("sealing.key"));
  const auto lock = KeyFileLock::take(ring.path());
  REQUIRE(lock);
  REQUIRE(ring.load());
  std::vector<SealingKey> keys;
  for (int i = 0; i < 1100; ++i) {
    keys.push_back({std::string(20, 'k') + std::to_string(i), Secret(std::string(32, 'a'))});
  }
  CHECK_FALSE(ring.save(keys, *lock));
  keys.resize(900);
  CHECK(ring.save(keys, *lock));
  CHECK(ring.load());
}

}  // namespace pruuv::secrets
