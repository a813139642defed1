#pragma once

#include <cstdint>
#include <optional>
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

// Who holds the lock, told from /proc/locks and the lock's file: the lock itself is not touched, so
// that no run finds it taken by somebody who only looks. Runs in other containers are not seen.
struct LockState {
  bool is_held = false;
  std::string holder;                   // "pid 4711 since 2026-11-22T03:00:00Z, 3 h"
  std::optional<std::int64_t> since_s;  // as far as known
};
Result<LockState> look_at_lock(const std::string& store_path);

// Whether this process holds the lock. For open_store, whose caller may or may not have taken it.
Result<bool> is_locked_by_us(const std::string& store_path);

}  // namespace pruuv::store
