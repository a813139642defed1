#include "files.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace sandbox {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

void write_file(const std::filesystem::path& path, std::string_view content, mode_t mode) {
  const std::string draft = path.string() + ".new." + std::to_string(::getpid());
  ::unlink(draft.c_str());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) fail("creating " + draft);
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int cause = errno;
      ::close(file);
      ::unlink(draft.c_str());
      errno = cause;
      fail("writing " + draft);
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::close(file) != 0) fail("closing " + draft);
  if (::rename(draft.c_str(), path.c_str()) != 0) fail("renaming " + draft);
}

}  // namespace sandbox
