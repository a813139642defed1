#include "secrets/file_source.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/open_file.hpp"
#include "base/text.hpp"

namespace pruuv::secrets {
namespace {

Unexpected refuse(ErrorKind kind, const std::string& path, const std::string& cause,
                  std::string hint = {}) {
  return fail(kind, fmt::format("read the secret file:{}: {}", printable(path), cause),
              std::move(hint));
}

Unexpected not_opened(const std::string& path, int error) {
  switch (error) {
    case ELOOP:
      return refuse(ErrorKind::permission, path, "it is a symbolic link",
                    "name the file itself, so that nobody can point the link elsewhere");
    case EACCES:
    case EPERM:
      return refuse(ErrorKind::permission, path, "this user may not read it");
    case ENOENT:
    case ENOTDIR:
      return refuse(ErrorKind::config, path, "there is no such file");
    case ENAMETOOLONG:
      return refuse(ErrorKind::config, path, "the path is too long");
    case ENXIO:
      return refuse(ErrorKind::config, path, "it is not a regular file");
    default:
      return refuse(ErrorKind::io, path, fmt::format("it cannot be opened (error {})", error));
  }
}

// On the open file, so that what is checked is what is read.
Result<void> check(const std::string& path, const struct stat& file) {
  if (!S_ISREG(file.st_mode)) return refuse(ErrorKind::config, path, "it is not a regular file");
  if (file.st_uid != geteuid() && file.st_uid != 0) {
    return refuse(ErrorKind::permission, path, "it belongs to another user",
                  "make it the property of the user that runs pruuv-send");
  }
  const mode_t tolerated = is_systemd_credential(path) ? S_IRGRP : 0;
  if ((file.st_mode & 077 & ~tolerated) != 0) {
    return refuse(ErrorKind::permission, path, "people other than its owner may read or change it",
                  fmt::format("chmod 600 {}", printable(path)));
  }
  if (file.st_size > static_cast<off_t>(file_bytes_max)) {
    return refuse(ErrorKind::config, path, "it is over 64 KiB long");
  }
  return {};
}

}  // namespace

bool is_systemd_credential(const std::string& path) {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr || *folder != '/') return false;
  const auto within = std::filesystem::path(path).lexically_normal().parent_path();
  return within == (std::filesystem::path(folder) / "").lexically_normal().parent_path();
}

Result<Secret> read_file(const std::string& path) {
  // O_NONBLOCK: a pipe put in the file's place must not hold up the run.
  const OpenFile file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return not_opened(path, errno);
  struct stat found {};
  if (fstat(file.number(), &found) != 0) return not_opened(path, errno);
  PRUUV_TRY(check(path, found));

  // One byte more than allowed, to notice a file that grew since it was measured. Never resized
  // upwards: that would leave a copy in memory nobody wipes.
  std::string text(file_bytes_max + 1, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t n = ::read(file.number(), text.data() + length, text.size() - length);
    if (n < 0 && errno == EINTR) continue;
    const int error = errno;
    if (n < 0) {
      const Secret wiped(std::move(text));
      return refuse(ErrorKind::io, path, fmt::format("it cannot be read (error {})", error));
    }
    if (n == 0) break;
    length += static_cast<std::size_t>(n);
  }
  text.resize(length);
  Secret whole(std::move(text));
  if (length > file_bytes_max) return refuse(ErrorKind::config, path, "it is over 64 KiB long");
  return whole;
}

}  // namespace pruuv::secrets
