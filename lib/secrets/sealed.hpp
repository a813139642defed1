#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "secrets/key_ring.hpp"
#include "store/database.hpp"
#include "store/sealed_secrets.hpp"

// `sealed:NAME`: secrets kept in the store, readable with a key that is kept apart from it.
//
// A record is sealed with AES-256-GCM under a key of its own, HKDF-SHA256(key of the ring, 16
// random bytes of salt, info "pruuv-send/sealed/v1"), and a random nonce of 12 bytes; both are
// drawn anew at every write. The associated data are version, key id, store id, name and time of
// setting, each behind its length in 4 bytes, highest first: a record opens under no other name and
// in no other store.
namespace pruuv::secrets {

[[nodiscard]] store::SealedSecret seal(const SealingKey& key, std::string_view store_id,
                                       std::string_view name, const Secret& secret,
                                       std::int64_t set_at_s);

// Error config naming the secret where the record is not as it was sealed: a changed bit, another
// name, store or key.
Result<Secret> open_sealed(const store::SealedSecret& record, std::string_view store_id,
                           const SealingKey& key);

// The secret of that name. The ring is read when it has not been yet, and once more where it lacks
// the record's key: a rotation may be under way. Errors, all with what to do: config (there is no
// such secret, no key file, no such key in it, a record that does not open), permission (the key
// file), those of the store.
Result<Secret> read_sealed(store::Database& database, std::string_view store_id, KeyRing& ring,
                           std::string_view name);

// Error config where the ring lacks a key that secrets of the store are sealed with: then it is the
// wrong file, or an old one, and nothing is to be sealed with it. The ring is loaded.
Result<void> check_ring_fits(store::Database& database, const KeyRing& ring);

struct KeyForSealing {
  SealingKey key;
  bool is_new = false;  // made just now, and on disk
};

// The key for new secrets of the store: the newest of the ring. Makes one, and the file where there
// is none, while no secret of the store is sealed; a second key is never made in the place of one
// that is missing. Runs inside the caller's transaction, so that no other command seals meanwhile.
Result<KeyForSealing> key_for_sealing(store::Database& database, std::string_view store_id,
                                      KeyRing& ring);

}  // namespace pruuv::secrets
