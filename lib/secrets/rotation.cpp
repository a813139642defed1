#include "secrets/rotation.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "secrets/sealed.hpp"

namespace pruuv::secrets {
namespace {

using Counts = std::map<std::string, std::int64_t>;  // secrets by key id

bool has_idle_key(const KeyRing& ring, std::string_view store_id, const Counts& counts) {
  return std::ranges::any_of(ring.keys(), [&](const SealingKey& key) {
    return origin_of(key.id, store_id) == KeyOrigin::this_store && !counts.contains(key.id);
  });
}

Result<std::string> add_key(std::string_view store_id, KeyRing& ring) {
  PRUUV_TRY_ASSIGN(const KeyFileLock lock, KeyFileLock::take(ring.path()));
  PRUUV_TRY(ring.load());
  std::vector<SealingKey> keys = ring.keys();
  keys.push_back(make_sealing_key(store_id));
  std::string id = keys.back().id;
  PRUUV_TRY(ring.save(std::move(keys), lock));
  return id;
}

}  // namespace

Result<Rotation> begin_rotation(store::Database& database, std::string_view store_id,
                                KeyRing& ring) {
  PRUUV_TRY(ring.load());
  PRUUV_TRY(check_ring_fits(database, ring));
  PRUUV_TRY_ASSIGN(const Counts counts, store::count_sealed_secrets_by_key(database));
  Rotation rotation;
  if (counts.empty()) return rotation;
  const SealingKey* const newest = ring.newest_for(store_id);
  const std::string newest_id = newest == nullptr ? std::string() : newest->id;
  const bool is_at_end =
      counts.size() == 1 && counts.contains(newest_id) && !has_idle_key(ring, store_id, counts);
  rotation.is_new = newest == nullptr || is_at_end;
  rotation.key_id = newest_id;
  if (rotation.is_new) {
    PRUUV_TRY_ASSIGN(rotation.key_id, add_key(store_id, ring));
  }
  PRUUV_TRY_ASSIGN(const auto records, store::load_sealed_secrets(database));
  for (const store::SealedSecret& record : records) {
    if (record.key_id != rotation.key_id) rotation.names.push_back(record.name);
  }
  return rotation;
}

Result<void> seal_again(store::Database& database, std::string_view store_id, const KeyRing& ring,
                        const std::string& key_id, std::string_view name) {
  PRUUV_TRY_ASSIGN(const auto record, store::load_sealed_secret(database, name));
  if (!record || record->key_id == key_id) return {};
  const SealingKey* const before = ring.find(record->key_id);
  const SealingKey* const after = ring.find(key_id);
  if (before == nullptr || after == nullptr) {
    return fail(
        ErrorKind::try_again,
        fmt::format("seal the secret {} again: another command has changed the sealing keys",
                    printable(name)),
        "run `pruuv-send secrets rotate` again");
  }
  PRUUV_TRY_ASSIGN(const Secret secret, open_sealed(*record, store_id, *before));
  PRUUV_TRY(store::save_sealed_secret(
      database, seal(*after, store_id, record->name, secret, record->set_at_s)));
  return {};
}

Result<OldKeys> remove_old_keys(store::Database& database, std::string_view store_id,
                                KeyRing& ring) {
  PRUUV_TRY_ASSIGN(const Counts counts, store::count_sealed_secrets_by_key(database));
  PRUUV_TRY_ASSIGN(const KeyFileLock lock, KeyFileLock::take(ring.path()));
  PRUUV_TRY(ring.load());
  const SealingKey* const newest = ring.newest_for(store_id);
  OldKeys old;
  std::vector<SealingKey> keys;
  for (const SealingKey& key : ring.keys()) {
    const bool is_idle = &key != newest && !counts.contains(key.id);
    const KeyOrigin origin = origin_of(key.id, store_id);
    if (is_idle && origin == KeyOrigin::this_store) {
      old.removed.push_back(key.id);
      continue;
    }
    if (is_idle && origin == KeyOrigin::by_hand) old.kept.push_back(key.id);
    keys.push_back(key);
  }
  if (old.removed.empty()) return old;
  PRUUV_TRY(store::settle_sealed_secrets(database));
  PRUUV_TRY(ring.save(std::move(keys), lock));
  return old;
}

}  // namespace pruuv::secrets
