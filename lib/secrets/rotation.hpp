#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "secrets/key_ring.hpp"
#include "store/database.hpp"

// A new sealing key in the place of the old one, in steps that may end anywhere: a new key is on
// disk before a record is sealed with it, and an old one goes only when no record names it. Each
// step runs inside a transaction of its caller's, which makes the next one wait.
namespace pruuv::secrets {

struct Rotation {
  std::string key_id;   // the newest key, that all are to be sealed with; "" = no secrets
  bool is_new = false;  // false: an earlier rotation is to be finished
  std::vector<std::string> names;  // not sealed with it yet
};

// Adds a key to the ring, unless an earlier rotation has not come to its end: a record is sealed
// with an older key, or the ring holds one of this store's that seals nothing. Error config where
// the ring lacks a key that records need.
Result<Rotation> begin_rotation(store::Database& database, std::string_view store_id,
                                KeyRing& ring);

// Seals one record again; the time of setting stays. Nothing where the record has gone meanwhile.
// Errors as open_sealed: the record is then as it was, and its key stays.
Result<void> seal_again(store::Database& database, std::string_view store_id, const KeyRing& ring,
                        const std::string& key_id, std::string_view name);

struct OldKeys {
  std::vector<std::string> removed;
  std::vector<std::string>
      kept;  // seal nothing here, but were made by hand: another store may need them
};

// Takes the keys out of the file that were made for this store and seal nothing.
Result<OldKeys> remove_old_keys(store::Database& database, std::string_view store_id,
                                KeyRing& ring);

}  // namespace pruuv::secrets
