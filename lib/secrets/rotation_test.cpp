#include "secrets/rotation.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "secrets/sealed.hpp"
#include "store/store_fixture.hpp"

namespace pruuv::secrets {
namespace {

using pruuv::store::SealedSecret;
using namespace pruuv::store::testing;

const std::string store_id = "0190a1b2-c3d4-4e5f-8a9b-000000000001";
const std::vector<std::string> names = {"acme.google", "acme.meta", "globex.meta"};

// A store with three secrets and the ring that opens them. Each command starts with a ring of its
// own, as a program that was started anew.
struct Kept {
  Store store;
  std::string key_path = store.folder.file("sealing.key");

  Kept() {
    for (const std::string& name : names) set(name, "token of " + name);
  }

  [[nodiscard]] KeyRing ring() const { return KeyRing(key_path); }

  void set(const std::string& name, const std::string& secret) const {
    KeyRing opened = ring();
    const KeyForSealing sealing = value_of(key_for_sealing(*store, store_id, opened));
    (void)value_of(store::save_sealed_secret(
        *store, seal(sealing.key, store_id, name, Secret(secret), now_s)));
  }

  [[nodiscard]] std::vector<std::string> key_ids() const {
    KeyRing opened = ring();
    must(opened.load());
    std::vector<std::string> ids;
    for (const SealingKey& key : opened.keys()) ids.push_back(key.id);
    return ids;
  }

  [[nodiscard]] std::string key_id_of(const std::string& name) const {
    return value_of(store::load_sealed_secret(*store, name)).value().key_id;
  }

  void check_readable() const {
    KeyRing opened = ring();
    for (const std::string& name : names) {
      INFO(name);
      CHECK(value_of(read_sealed(*store, store_id, opened, name)).reveal() == "token of " + name);
    }
  }

  // The whole of it, or the first `steps` of its five: the new key, three records, the old key.
  Rotation rotate(std::size_t steps = 5) const {
    KeyRing opened = ring();
    Rotation rotation = value_of(begin_rotation(*store, store_id, opened));
    for (std::size_t i = 0; i < rotation.names.size() && i + 1 < steps; ++i) {
      must(seal_again(*store, store_id, opened, rotation.key_id, rotation.names[i]));
    }
    if (steps == 5) (void)value_of(remove_old_keys(*store, store_id, opened));
    return rotation;
  }
};

void add_by_hand(const std::string& path, const SealingKey& key) {
  KeyRing ring(path);
  const auto lock = value_of(KeyFileLock::take(path));
  must(ring.load());
  auto keys = ring.keys();
  keys.push_back(key);
  must(ring.save(keys, lock));
}

}  // namespace

TEST_CASE("after a rotation one new key seals everything, and the old one is gone") {
  const Kept kept;
  const std::string old_id = kept.key_ids().front();
  const auto before = value_of(store::load_sealed_secret(*kept.store, "acme.meta"));
  const Rotation rotation = kept.rotate();
  CHECK(rotation.is_new);
  CHECK(rotation.names == names);
  CHECK(rotation.key_id != old_id);
  CHECK(kept.key_ids() == std::vector<std::string>{rotation.key_id});
  for (const std::string& name : names) CHECK(kept.key_id_of(name) == rotation.key_id);
  const auto after = value_of(store::load_sealed_secret(*kept.store, "acme.meta"));
  CHECK(after->salt != before->salt);
  CHECK(after->nonce != before->nonce);
  CHECK(after->set_at_s == before->set_at_s);
  kept.check_readable();

  const Rotation second = kept.rotate();
  CHECK(second.is_new);
  CHECK(second.key_id != rotation.key_id);
  kept.check_readable();
}

TEST_CASE("a rotation that ended after any step loses nothing, and the next one finishes it") {
  for (std::size_t steps = 1; steps <= 4; ++steps) {
    INFO(steps);
    const Kept kept;
    const std::string new_id = kept.rotate(steps).key_id;
    CHECK(kept.key_ids().size() == 2);
    kept.check_readable();
    // A secret that is set meanwhile is sealed with the newer key.
    kept.set("acme.google", "token of acme.google");
    CHECK(kept.key_id_of("acme.google") == new_id);

    const Rotation finishing = kept.rotate();
    CHECK_FALSE(finishing.is_new);
    CHECK(finishing.key_id == new_id);
    CHECK(kept.key_ids() == std::vector<std::string>{new_id});
    kept.check_readable();
    CHECK(kept.rotate().is_new);
  }
}

TEST_CASE("a reader with the ring of before sees every secret all the way") {
  const Kept kept;
  KeyRing reader = kept.ring();
  const auto check = [&] {
    for (const std::string& name : names)
      CHECK(value_of(read_sealed(*kept.store, store_id, reader, name)).reveal() ==
            "token of " + name);
  };
  check();
  for (std::size_t steps = 1; steps <= 5; ++steps) {
    kept.rotate(steps);
    check();
  }
}

TEST_CASE("the record of before a rotation does not open afterwards") {
  const Kept kept;
  const auto before = value_of(store::load_sealed_secret(*kept.store, "acme.meta"));
  kept.rotate();
  (void)value_of(store::save_sealed_secret(*kept.store, *before));
  KeyRing ring = kept.ring();
  const auto refused = read_sealed(*kept.store, store_id, ring, "acme.meta");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::config);
  CHECK(refused.error().message.find(before->key_id) != std::string::npos);
  // It is known before anything is done with the rest.
  const auto rotation = begin_rotation(*kept.store, store_id, ring);
  REQUIRE_FALSE(rotation);
  CHECK(rotation.error().kind == ErrorKind::config);
  CHECK(kept.key_ids().size() == 1);
}

TEST_CASE("a record that does not open keeps its key; the others go on") {
  const Kept kept;
  const std::string old_id = kept.key_ids().front();
  SealedSecret damaged = value_of(store::load_sealed_secret(*kept.store, "acme.meta")).value();
  damaged.sealed[0] = static_cast<char>(damaged.sealed[0] ^ 1);
  (void)value_of(store::save_sealed_secret(*kept.store, damaged));
  KeyRing ring = kept.ring();
  const Rotation rotation = value_of(begin_rotation(*kept.store, store_id, ring));
  for (const std::string& name : names) {
    const auto done = seal_again(*kept.store, store_id, ring, rotation.key_id, name);
    CHECK(done.has_value() == (name != "acme.meta"));
  }
  CHECK(value_of(remove_old_keys(*kept.store, store_id, ring)).removed.empty());
  CHECK(kept.key_ids() == std::vector<std::string>{old_id, rotation.key_id});
  CHECK(value_of(store::load_sealed_secret(*kept.store, "acme.meta"))->sealed == damaged.sealed);
  kept.set("acme.meta", "token of acme.meta");
  CHECK_FALSE(kept.rotate().is_new);
  CHECK(kept.key_ids() == std::vector<std::string>{rotation.key_id});
  kept.check_readable();
}

TEST_CASE("the new key stays, also while it seals nothing") {
  const Kept kept;
  kept.rotate(1);
  KeyRing ring = kept.ring();
  CHECK(value_of(remove_old_keys(*kept.store, store_id, ring)).removed.empty());
  CHECK(kept.key_ids().size() == 2);
  CHECK_FALSE(kept.rotate().is_new);
  kept.check_readable();
}

TEST_CASE("what is removed while a rotation is under way stays removed") {
  const Kept kept;
  KeyRing ring = kept.ring();
  const Rotation rotation = value_of(begin_rotation(*kept.store, store_id, ring));
  (void)value_of(store::remove_sealed_secret(*kept.store, "acme.meta"));
  must(seal_again(*kept.store, store_id, ring, rotation.key_id, "acme.meta"));
  CHECK_FALSE(value_of(store::load_sealed_secret(*kept.store, "acme.meta")));
}

TEST_CASE("keys that another store may need stay in the file") {
  const Kept kept;
  const SealingKey other = make_sealing_key("another store");
  const SealingKey hand{"by-hand", Secret(std::string(32, 'h'))};
  add_by_hand(kept.key_path, other);
  kept.rotate();
  CHECK(kept.key_ids().size() == 2);
  CHECK(kept.key_ids().front() == other.id);

  // A key that is added by hand is the one to go over to.
  add_by_hand(kept.key_path, hand);
  const Rotation over = kept.rotate();
  CHECK_FALSE(over.is_new);
  CHECK(over.key_id == "by-hand");
  CHECK(kept.key_ids() == std::vector<std::string>{other.id, "by-hand"});
  KeyRing ring = kept.ring();
  const Rotation back = value_of(begin_rotation(*kept.store, store_id, ring));
  CHECK(back.is_new);
  for (const std::string& name : back.names)
    must(seal_again(*kept.store, store_id, ring, back.key_id, name));
  const OldKeys old = value_of(remove_old_keys(*kept.store, store_id, ring));
  CHECK(old.removed.empty());
  CHECK(old.kept == std::vector<std::string>{"by-hand"});
  CHECK(kept.key_ids() == std::vector<std::string>{other.id, "by-hand", back.key_id});
  kept.check_readable();
  CHECK(kept.rotate().is_new);  // a key that stays is not taken for an unfinished rotation
}

TEST_CASE("nothing is rotated where nothing is sealed") {
  const Store store;
  KeyRing ring(store.folder.file("sealing.key"));
  CHECK(value_of(begin_rotation(*store, store_id, ring)).key_id.empty());
  CHECK_FALSE(std::filesystem::exists(ring.path()));
}

TEST_CASE("a ring that cannot be written leaves everything as it was") {
  const Kept kept;
  const auto ids = kept.key_ids();
  std::filesystem::create_directories(kept.key_path + ".new/in the way");
  KeyRing ring = kept.ring();
  CHECK_FALSE(begin_rotation(*kept.store, store_id, ring));
  CHECK(kept.key_ids() == ids);
  kept.check_readable();
  std::filesystem::remove_all(kept.key_path + ".new");

  const std::string new_id = kept.rotate(4).key_id;
  std::filesystem::create_directories(kept.key_path + ".new/in the way");
  CHECK_FALSE(remove_old_keys(*kept.store, store_id, ring));
  CHECK(kept.key_ids().size() == 2);
  kept.check_readable();
  std::filesystem::remove_all(kept.key_path + ".new");
  kept.rotate();
  CHECK(kept.key_ids() == std::vector<std::string>{new_id});
}

}  // namespace pruuv::secrets
