#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace pruuv::store {

// The path with every symlink resolved: what the store, its lock and its journal are named by, so
// that two ways to one store meet. Error no_store (hint: init) where nothing is there, permission
// where it cannot be looked at.
[[nodiscard]] Result<std::string> real_path(const std::string& path);

// Makes an empty file of mode 0600 and gives its real path. Error cannot_create where it is there
// already or its folder is not.
[[nodiscard]] Result<std::string> create_file(const std::string& path);

// An open file of ours beside the store (lock, run journal). Never follows a symlink, never
// inherited by a child process; created with mode 0600.
class File {
 public:
  // `flags` of open(2). Error of what errno says: permission, no_store (not there), io.
  static Result<File> open(const std::string& path, int flags);
  // A file in that folder that has no name and is gone when it is closed, however that comes.
  static Result<File> without_name(const std::string& folder);
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] Result<std::string> read_all() const;
  // The first bytes; fewer where the file is shorter.
  [[nodiscard]] Result<std::string> read_head(std::size_t bytes) const;
  // So many bytes from there on, into `out`; error io where the file is shorter.
  Result<void> read_at(std::int64_t offset, std::size_t bytes, std::string& out) const;
  // In one write(2): other readers see all of it or, after a crash, a torn end.
  Result<void> write(std::string_view bytes) const;
  // The same for many parts, one behind the other, in as few calls as the system allows.
  Result<void> write(std::span<const std::string_view> parts) const;
  Result<void> truncate(std::size_t bytes) const;
  // What the file system has left for us; 0 where it does not say.
  [[nodiscard]] std::int64_t free_bytes() const;
  Result<void> sync() const;

  // Gives the number away: the caller closes it.
  [[nodiscard]] int release();

 private:
  File(int number, std::string path) : number_(number), path_(std::move(path)) {}
  int number_;
  std::string path_;
};

// fsync of the folder a file is in: until then a crash can take the new file's name away.
[[nodiscard]] Result<void> sync_folder_of(const std::string& path);

}  // namespace pruuv::store
