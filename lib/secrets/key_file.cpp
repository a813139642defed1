#include "secrets/key_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/open_file.hpp"
#include "base/text.hpp"
#include "secrets/file_source.hpp"

namespace pruuv::secrets {
namespace {

constexpr mode_t owner_only = 0600;
constexpr mode_t owner_only_folder = 0700;

Unexpected fail_errno(std::string_view doing, const std::string& path, int number) {
  ErrorKind kind = ErrorKind::io;
  if (number == EACCES || number == EPERM || number == EROFS) kind = ErrorKind::permission;
  if (number == ENOSPC || number == EDQUOT) kind = ErrorKind::disk_full;
  if (number == EEXIST || number == ENOENT || number == ENOTDIR) kind = ErrorKind::cannot_create;
  return fail(kind, fmt::format("{} {}: {}", doing, printable(path),
                                ascii_lower(std::generic_category().message(number))));
}

std::filesystem::path folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

int open_folder(const std::filesystem::path& path) {
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

// With its parents, each on disk: a new folder that a power failure takes away takes the key along.
Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (std::filesystem::exists(folder, ignored)) return {};
  const std::filesystem::path parent = folder_of(folder.string());
  PRUUV_TRY(make_folder(parent));
  constexpr std::string_view doing = "make the folder of the sealing keys";
  if (::mkdir(folder.c_str(), owner_only_folder) != 0 && errno != EEXIST)
    return fail_errno(doing, folder.string(), errno);
  const OpenFile above(open_folder(parent));
  if (above.number() < 0 || ::fsync(above.number()) != 0)
    return fail_errno(doing, folder.string(), errno);
  return {};
}

Result<void> write_whole(const OpenFile& file, const std::string& path, std::string_view text) {
  constexpr std::string_view doing = "write the sealing keys to";
  while (!text.empty()) {
    const ssize_t count = ::write(file.number(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno(doing, path, errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file.number()) != 0) return fail_errno(doing, path, errno);
  return {};
}

}  // namespace

Result<bool> is_key_file(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return fail_errno("look for the sealing keys", path, errno);
}

Result<KeyFileLock> KeyFileLock::take(const std::string& path) {
  const std::filesystem::path folder = folder_of(path);
  PRUUV_TRY(make_folder(folder));
  KeyFileLock lock(open_folder(folder));
  if (lock.folder_ < 0)
    return fail_errno("open the folder of the sealing keys", folder.string(), errno);
  int code = 0;
  do {
    code = ::flock(lock.folder_, LOCK_EX);
  } while (code != 0 && errno == EINTR);
  if (code != 0) {
    return fail(
        ErrorKind::io,
        fmt::format("lock the folder of the sealing keys {}: {}", printable(folder.string()),
                    ascii_lower(std::generic_category().message(errno))),
        "keep the key file on a local disk, and name it with --sealing-key-file");
  }
  return lock;
}

KeyFileLock::KeyFileLock(KeyFileLock&& other) noexcept
    : folder_(std::exchange(other.folder_, -1)) {}

KeyFileLock::~KeyFileLock() {
  if (folder_ >= 0) ::close(folder_);
}

Result<void> KeyFileLock::sync_folder() const {
  if (::fsync(folder_) == 0) return {};
  return fail(ErrorKind::io, fmt::format("sync the folder of the sealing keys: {}",
                                         ascii_lower(std::generic_category().message(errno))));
}

Result<void> write_key_file(const std::string& path, const Secret& text, KeyFileWrite how,
                            const KeyFileLock& lock) {
  if (is_systemd_credential(path)) {
    return fail(
        ErrorKind::permission,
        fmt::format("write the sealing keys to {}: systemd hands that file out", printable(path)),
        "run the command outside of the service with --sealing-key-file on the file that "
        "its LoadCredential= names");
  }
  const std::string fresh = path + ".new";
  // Left by a program that died; the lock is ours, so nobody is writing it.
  ::unlink(fresh.c_str());
  const OpenFile file(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, owner_only));
  if (file.number() < 0) return fail_errno("make the file of sealing keys", fresh, errno);
  Result<void> done = write_whole(file, fresh, text.reveal());
  if (done) {
    const int code = how == KeyFileWrite::creates ? ::link(fresh.c_str(), path.c_str())
                                                  : ::rename(fresh.c_str(), path.c_str());
    if (code != 0) done = fail_errno("put the sealing keys at", path, errno);
  }
  if (!done || how == KeyFileWrite::creates) ::unlink(fresh.c_str());
  if (!done) return done;
  return lock.sync_folder();
}

}  // namespace pruuv::secrets
