#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

// The file of the sealing keys, as a file. A key that is lost takes the secrets with it, so a
// change is on disk, whole, before anybody builds on it.
namespace pruuv::secrets {

// Whether anything has that name, a link that leads nowhere included. Error permission where nobody
// can say.
Result<bool> is_key_file(const std::string& path);

// One program changes the keys at a time, whichever store it works for. Readers need no lock. The
// lock is on the folder, which goes on being the same when the file is replaced.
class KeyFileLock {
 public:
  // Waits for the one who has it: he only writes a file. Makes the folder, mode 0700, where there
  // is none. Errors: cannot_create, permission, io (a file system without such locks).
  static Result<KeyFileLock> take(const std::string& path);
  KeyFileLock(KeyFileLock&& other) noexcept;
  KeyFileLock& operator=(KeyFileLock&&) = delete;
  KeyFileLock(const KeyFileLock&) = delete;
  KeyFileLock& operator=(const KeyFileLock&) = delete;
  ~KeyFileLock();

  [[nodiscard]] Result<void> sync_folder() const;

 private:
  explicit KeyFileLock(int folder) : folder_(folder) {}
  int folder_;
};

enum class KeyFileWrite {
  creates,   // nothing of that name may be there
  replaces,  // readers see the old text or the new one
};

// Mode 0600. Errors: cannot_create, permission (a file that systemd hands out included), io,
// disk_full.
Result<void> write_key_file(const std::string& path, const Secret& text, KeyFileWrite how,
                            const KeyFileLock& lock);

}  // namespace pruuv::secrets
