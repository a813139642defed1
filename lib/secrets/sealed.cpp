#include "secrets/sealed.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/aead.hpp"
#include "base/text.hpp"

namespace pruuv::secrets {
namespace {

constexpr std::int64_t record_version = 1;
constexpr std::string_view key_info = "pruuv-send/sealed/v1";
constexpr std::size_t salt_bytes = 16;

void append_part(std::string& out, std::string_view part) {
  for (unsigned shift = 32; shift > 0; shift -= 8) {
    out.push_back(static_cast<char>(part.size() >> (shift - 8) & 255U));
  }
  out.append(part);
}

std::string associated_data(const store::SealedSecret& record, std::string_view store_id) {
  std::string out;
  append_part(out, std::string(1, static_cast<char>(record.version)));
  append_part(out, record.key_id);
  append_part(out, store_id);
  append_part(out, record.name);
  append_part(out, std::to_string(record.set_at_s));
  return out;
}

Unexpected refuse(std::string_view name, std::string cause, std::string hint) {
  return fail(ErrorKind::config,
              fmt::format("read the secret sealed:{}: {}", printable(name), cause),
              std::move(hint));
}

Unexpected refuse_ring(const KeyRing& ring, const std::string& doing, std::string_view key_id) {
  const std::string path = printable(ring.path());
  return fail(ErrorKind::config,
              ring.is_there() ? fmt::format("{}: the key file {} does not have key {}", doing, path,
                                            printable(key_id))
                              : fmt::format("{}: there is no key file {}", doing, path),
              "put the key file back from its backup, or name the right one with "
              "--sealing-key-file; without it the secrets are lost: then remove each with "
              "`pruuv-send secrets rm --force` and set it again");
}

}  // namespace

store::SealedSecret seal(const SealingKey& key, std::string_view store_id, std::string_view name,
                         const Secret& secret, std::int64_t set_at_s) {
  store::SealedSecret record;
  record.name = name;
  record.version = record_version;
  record.key_id = key.id;
  record.salt = random_bytes(salt_bytes);
  record.nonce = random_bytes(aead_nonce_bytes);
  record.set_at_s = set_at_s;
  const Secret own = hkdf_sha256(key.key, record.salt, key_info, aead_key_bytes);
  record.sealed =
      seal_aes_256_gcm(own, record.nonce, secret.reveal(), associated_data(record, store_id));
  return record;
}

Result<Secret> open_sealed(const store::SealedSecret& record, std::string_view store_id,
                           const SealingKey& key) {
  const std::string hint =
      fmt::format("set it again with `pruuv-send secrets set {}`", printable(record.name));
  if (record.version != record_version) {
    return refuse(record.name, fmt::format("its record is of version {}", record.version), hint);
  }
  // A row may hold anything; the cipher below takes these lengths only.
  std::optional<Secret> opened;
  if (record.key_id == key.id && record.salt.size() == salt_bytes &&
      record.nonce.size() == aead_nonce_bytes) {
    const Secret own = hkdf_sha256(key.key, record.salt, key_info, aead_key_bytes);
    opened = open_aes_256_gcm(own, record.nonce, record.sealed, associated_data(record, store_id));
  }
  if (!opened) {
    return refuse(record.name,
                  fmt::format("its record does not open with key {}: it was changed, or belongs to "
                              "another name, store or key",
                              printable(key.id)),
                  hint);
  }
  return std::move(*opened);
}

Result<Secret> read_sealed(store::Database& database, std::string_view store_id, KeyRing& ring,
                           std::string_view name) {
  // Not repeated: it may be the token itself.
  if (!store::is_sealed_secret_name(name)) {
    return fail(ErrorKind::config, "read a sealed secret: its name is none",
                "names have 1 to 64 letters, digits, dots, underscores and dashes");
  }
  std::string key_id;
  // A rotation moves records to a new key and then drops the old one: a ring read before it lacks
  // the record's key, and so does one read after it where the record was read before.
  for (const bool is_second : {false, true}) {
    PRUUV_TRY_ASSIGN(const auto record, store::load_sealed_secret(database, name));
    if (!record) {
      return refuse(name, "there is no such secret",
                    fmt::format("pruuv-send secrets set {}", name));
    }
    if (is_second || !ring.is_loaded()) PRUUV_TRY(ring.load());
    if (const SealingKey* key = ring.find(record->key_id)) {
      return open_sealed(*record, store_id, *key);
    }
    key_id = record->key_id;
  }
  return refuse_ring(ring, fmt::format("read the secret sealed:{}", printable(name)), key_id);
}

Result<void> check_ring_fits(store::Database& database, const KeyRing& ring) {
  PRUUV_TRY_ASSIGN(const auto counts, store::count_sealed_secrets_by_key(database));
  for (const auto& [key_id, count] : counts) {
    if (ring.find(key_id) != nullptr) continue;
    return refuse_ring(
        ring, fmt::format("check the sealing keys, which {} of the store's secrets need", count),
        key_id);
  }
  return {};
}

Result<KeyForSealing> key_for_sealing(store::Database& database, std::string_view store_id,
                                      KeyRing& ring) {
  PRUUV_TRY(ring.load());
  PRUUV_TRY(check_ring_fits(database, ring));
  if (const SealingKey* newest = ring.newest_for(store_id)) return KeyForSealing{*newest, false};
  PRUUV_TRY_ASSIGN(const KeyFileLock lock, KeyFileLock::take(ring.path()));
  PRUUV_TRY(ring.load());  // the command of another store may have made the file meanwhile
  std::vector<SealingKey> keys = ring.keys();
  KeyForSealing made{make_sealing_key(store_id), true};
  keys.push_back(made.key);
  PRUUV_TRY(ring.save(std::move(keys), lock));
  return made;
}

}  // namespace pruuv::secrets
