#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/database.hpp"

// Rows of sealed_secret. What their bytes mean is lib/secrets' business: nothing here can be read
// without the key. Writers run inside their caller's transaction.
namespace pruuv::store {

struct SealedSecret {
  std::string name;          // 1 to 64 of A-Z a-z 0-9 . _ -
  std::int64_t version = 0;  // of the way of sealing
  std::string key_id;
  std::string salt;    // bytes
  std::string nonce;   // bytes
  std::string sealed;  // ciphertext, then the tag
  std::int64_t set_at_s = 0;
};

[[nodiscard]] bool is_sealed_secret_name(std::string_view name);

Result<std::optional<SealedSecret>> load_sealed_secret(Database& database, std::string_view name);

// All, by name.
Result<std::vector<SealedSecret>> load_sealed_secrets(Database& database);

// Adds it, or replaces the one of that name. Whether there was one.
Result<bool> save_sealed_secret(Database& database, const SealedSecret& secret);

// Whether there was one.
Result<bool> remove_sealed_secret(Database& database, std::string_view name);

// How many secrets each key seals; a key that seals none is not in it.
Result<std::map<std::string, std::int64_t>> count_sealed_secrets_by_key(Database& database);

// In rollback-journal mode a commit is the removal of the journal, which a power failure soon after
// can undo. After this it cannot: to be called before a key goes away that the rows of before the
// last commit need.
Result<void> settle_sealed_secrets(Database& database);

}  // namespace pruuv::store
