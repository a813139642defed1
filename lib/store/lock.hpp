#pragma once

#include <string>

#include "base/result.hpp"

namespace pruuv::store {

// The one lock of a store: flock on <real path of the store>.lock, held for the object's life; the
// kernel frees it at any death. Taken by send, retry, replay, accept-restore and migrations.
// The file holds "pid 4711 since 2026-11-22T03:00:00Z" for the message to others, and
// stays when the lock goes: to remove it would let two runs lock two files.
class Lock {
 public:
  // Error try_again, at once, naming the holder's pid, its start and its age as far as known, when
  // another run holds it;
  // permission when the lock file is a symlink or not ours to write.
  static Result<Lock> take(const std::string& store_path);
  Lock(Lock&& other) noexcept;
  Lock& operator=(Lock&&) = delete;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock();

 private:
  explicit Lock(int file) : file_(file) {}
  int file_;
};

// Whether this process holds the lock. For open_store, whose caller may or may not have taken it.
Result<bool> is_locked_by_us(const std::string& store_path);

}  // namespace pruuv::store
