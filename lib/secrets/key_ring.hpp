#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "secrets/key_file.hpp"

// The keys under which the store's secrets are sealed: a text file apart from the store, one key a
// line, `key-id base64(32 bytes)`, the newest last.
namespace pruuv::secrets {

struct SealingKey {
  std::string id;  // 1 to 64 of A-Z a-z 0-9 . _ -
  Secret key;      // 32 bytes
};

// Error config naming the line, never its text. No key at all and the same id twice are faults.
Result<std::vector<SealingKey>> parse_sealing_keys(const Secret& text);
Secret render_sealing_keys(const std::vector<SealingKey>& keys);

// A new one. Its id says for which store it was made, since stores may share a key file: what seals
// the secrets of one must not be thrown away because another needs it no longer.
SealingKey make_sealing_key(std::string_view store_id);

enum class KeyOrigin {
  this_store,
  other_store,
  by_hand,  // perhaps for several stores
};
[[nodiscard]] KeyOrigin origin_of(std::string_view key_id, std::string_view store_id);

class KeyRing {
 public:
  // Reads nothing yet.
  explicit KeyRing(std::string path) : path_(std::move(path)) {}

  // Reads the file, or reads it again. That there is none is no error: see is_there(). Errors as
  // read_file() and parse_sealing_keys().
  Result<void> load();
  [[nodiscard]] bool is_loaded() const { return is_loaded_; }
  [[nodiscard]] bool is_there() const { return is_there_; }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::vector<SealingKey>& keys() const { return keys_; }

  // Null where there is none; valid until the next load() or save().
  [[nodiscard]] const SealingKey* find(std::string_view id) const;
  // The last key that was not made for another store.
  [[nodiscard]] const SealingKey* newest_for(std::string_view store_id) const;

  // Puts these keys, at least one, in the place of what load() found under the same lock. On disk
  // when it gives success, and never half there.
  Result<void> save(std::vector<SealingKey> keys, const KeyFileLock& lock);

 private:
  std::string path_;
  std::vector<SealingKey> keys_;
  bool is_loaded_ = false;
  bool is_there_ = false;
};

}  // namespace pruuv::secrets
