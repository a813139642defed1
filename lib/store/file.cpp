#include "store/file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <limits>
#include <memory>
#include <stdlib.h>  // realpath
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"

namespace pruuv::store {
namespace {

constexpr mode_t owner_only = 0600;

ErrorKind kind_of_errno(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorKind::no_store;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:
      return ErrorKind::permission;
    default:
      return ErrorKind::io;
  }
}

std::string words_of_errno(int number) {
  if (number == ELOOP) return "it is a symlink";
  return ascii_lower(std::generic_category().message(number));
}

Unexpected fail_errno(std::string_view doing, const std::string& path, int number) {
  const bool is_full = number == ENOSPC || number == EDQUOT;
  return fail(kind_of_errno(number), fmt::format("{} {}: {}", doing, path, words_of_errno(number)),
              is_full ? "free some disk space, then run again" : "");
}

// realpath(3), or "" with errno.
std::string resolve(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), &::free);
  return real == nullptr ? std::string() : std::string(real.get());
}

}  // namespace

Result<std::string> real_path(const std::string& path) {
  std::string real = resolve(path);
  if (!real.empty()) return real;
  const int number = errno;
  if (kind_of_errno(number) != ErrorKind::no_store)
    return fail_errno("open the store", path, number);
  return fail(ErrorKind::no_store,
              fmt::format("open the store {}: {}", path, words_of_errno(number)),
              "make a store with: pruuv-send init");
}

Result<std::string> create_file(const std::string& path) {
  const std::filesystem::path whole(path);
  const std::string folder =
      whole.has_parent_path() ? whole.parent_path().string() : std::string(".");
  const std::string doing = fmt::format("create the store {}", path);
  const std::string real_folder = resolve(folder);
  if (real_folder.empty()) {
    return fail(ErrorKind::cannot_create,
                fmt::format("{}: its folder: {}", doing, words_of_errno(errno)));
  }
  std::string real = (std::filesystem::path(real_folder) / whole.filename()).string();
  const int number =
      ::open(real.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, owner_only);
  if (number >= 0) {
    ::close(number);
    return real;
  }
  const int fault = errno;
  return fail(ErrorKind::cannot_create, fmt::format("{}: {}", doing, words_of_errno(fault)),
              fault == EEXIST ? "if it is a store already, there is nothing to do" : "");
}

Result<File> File::open(const std::string& path, int flags) {
  const int number = ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, owner_only);
  if (number < 0) return fail_errno("open", path, errno);
  return File(number, path);
}

Result<File> File::without_name(const std::string& folder) {
  const int number = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, owner_only);
  if (number >= 0) return File(number, folder);
  // Not every file system makes such files: one with a name, which it loses at once.
  std::string path = folder + "/.pruuv-send-XXXXXX";
  const int named = ::mkostemp(path.data(), O_CLOEXEC);
  if (named < 0) return fail_errno("make a file in", folder, errno);
  File file(named, folder);
  if (::unlink(path.c_str()) != 0) return fail_errno("remove", path, errno);
  return file;
}

File::File(File&& other) noexcept
    : number_(std::exchange(other.number_, -1)), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(number_, other.number_);
  std::swap(path_, other.path_);
  return *this;
}

File::~File() {
  if (number_ >= 0) ::close(number_);
}

Result<std::string> File::read_all() const {
  return read_head(std::numeric_limits<std::size_t>::max());
}

Result<std::string> File::read_head(std::size_t bytes) const {
  std::string out;
  std::array<char, 16384> buffer{};
  while (out.size() < bytes) {
    const std::size_t wanted = std::min(buffer.size(), bytes - out.size());
    const ssize_t count = ::pread(number_, buffer.data(), wanted, static_cast<off_t>(out.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno("read", path_, errno);
    if (count == 0) break;
    out.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return out;
}

Result<void> File::read_at(std::int64_t offset, std::size_t bytes, std::string& out) const {
  out.resize(bytes);
  for (std::size_t done = 0; done < bytes;) {
    const ssize_t count = ::pread(number_, out.data() + done, bytes - done,
                                  static_cast<off_t>(offset) + static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail_errno("read", path_, count < 0 ? errno : EIO);
    done += static_cast<std::size_t>(count);
  }
  return {};
}

Result<void> File::write(std::string_view bytes) const {
  ssize_t count = 0;
  do {
    count = ::write(number_, bytes.data(), bytes.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) return fail_errno("write", path_, errno);
  // A short write to a disk file means that the disk has just become full.
  if (static_cast<std::size_t>(count) != bytes.size()) return fail_errno("write", path_, ENOSPC);
  return {};
}

Result<void> File::write(std::span<const std::string_view> parts) const {
  constexpr std::size_t call_parts_max = 1024;  // IOV_MAX
  std::vector<iovec> call;
  call.reserve(std::min(parts.size(), call_parts_max));
  while (!parts.empty()) {
    call.clear();
    std::size_t bytes = 0;
    for (const std::string_view part : parts.first(std::min(parts.size(), call_parts_max))) {
      call.push_back({const_cast<char*>(part.data()), part.size()});
      bytes += part.size();
    }
    ssize_t count = 0;
    do {
      count = ::writev(number_, call.data(), static_cast<int>(call.size()));
    } while (count < 0 && errno == EINTR);
    if (count < 0) return fail_errno("write", path_, errno);
    if (static_cast<std::size_t>(count) != bytes) return fail_errno("write", path_, ENOSPC);
    parts = parts.subspan(call.size());
  }
  return {};
}

Result<void> File::truncate(std::size_t bytes) const {
  if (::ftruncate(number_, static_cast<off_t>(bytes)) != 0)
    return fail_errno("truncate", path_, errno);
  return {};
}

std::int64_t File::free_bytes() const {
  struct statvfs room {};
  if (::fstatvfs(number_, &room) != 0) return 0;
  return static_cast<std::int64_t>(room.f_bavail) * static_cast<std::int64_t>(room.f_frsize);
}

Result<void> File::sync() const {
  if (::fsync(number_) != 0) return fail_errno("sync", path_, errno);
  return {};
}

int File::release() { return std::exchange(number_, -1); }

Result<void> sync_folder_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  PRUUV_TRY_ASSIGN(
      const File folder,
      File::open(parent.empty() ? std::string(".") : parent.string(), O_RDONLY | O_DIRECTORY));
  return folder.sync();
}

}  // namespace pruuv::store
