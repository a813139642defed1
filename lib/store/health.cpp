#include "store/health.hpp"

#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <system_error>

#include <fmt/format.h>

#include "base/text.hpp"
#include "store/file.hpp"

namespace pruuv::store {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

Result<bool> has_last_run_ended(Database& database) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT ended_at FROM run ORDER BY id DESC LIMIT 1"));
  bool has_ended = true;
  PRUUV_TRY(read->first([&](const Statement& row) { has_ended = !row.is_null(0); }));
  return has_ended;
}

}  // namespace

Result<void> check_room(const std::string& path) {
  constexpr std::uint64_t room_min = 4 * mebibyte;
  PRUUV_TRY_ASSIGN(const std::string real, real_path(path));
  const std::string folder = std::filesystem::path(real).parent_path().string();
  struct statvfs status {};
  int done = -1;
  do {
    done = ::statvfs(folder.c_str(), &status);
  } while (done != 0 && errno == EINTR);
  if (done != 0) {
    const int number = errno;
    return fail(ErrorKind::io, fmt::format("look at the disk of {}: {}", real,
                                           ascii_lower(std::generic_category().message(number))));
  }
  const std::uint64_t room = std::uint64_t{status.f_bavail} * status.f_frsize;
  if (room >= room_min) return {};
  return fail(
      ErrorKind::io,
      fmt::format("look at the disk of {}: {} KiB are free, a run needs {} MiB for its records",
                  real, room / 1024, room_min / mebibyte),
      "free some disk space, then run again");
}

Result<std::string> network_file_system(const std::string& path) {
  PRUUV_TRY_ASSIGN(const std::string real, real_path(path));
  struct statfs status {};
  if (::statfs(real.c_str(), &status) != 0) {
    const int number = errno;
    return fail(ErrorKind::io, fmt::format("look at the file system of {}: {}", real,
                                           ascii_lower(std::generic_category().message(number))));
  }
  // statfs(2).
  switch (static_cast<std::uint32_t>(status.f_type)) {
    case 0x6969:
      return std::string("NFS");
    case 0x517B:
    case 0xFF534D42:
    case 0xFE534D42:
      return std::string("SMB");
    case 0x65735546:
      return std::string("FUSE");
    case 0x01021997:
      return std::string("9P");
    case 0x00C36400:
      return std::string("Ceph");
    case 0x01161970:
      return std::string("GFS2");
    default:
      return std::string();
  }
}

Result<void> check_private(const std::string& path) {
  PRUUV_TRY_ASSIGN(const std::string real, real_path(path));
  struct stat status {};
  if (::stat(real.c_str(), &status) != 0) {
    const int number = errno;
    return fail(ErrorKind::io, fmt::format("look at {}: {}", real,
                                           ascii_lower(std::generic_category().message(number))));
  }
  if ((status.st_mode & S_IRWXO) == 0) return {};
  return fail(
      ErrorKind::permission,
      fmt::format("open the store {}: everybody on this machine may read or change it", real),
      fmt::format("chmod o-rwx {}", real));
}

Result<void> check_after_crash(Database& database) {
  PRUUV_TRY_ASSIGN(const bool has_ended, has_last_run_ended(database));
  if (has_ended) return {};
  PRUUV_TRY_ASSIGN(Statement* const check, database.prepare("PRAGMA quick_check(1)"));
  std::string finding;
  PRUUV_TRY(check->for_each([&](const Statement& row) { finding = row.text(0); }));
  if (finding == "ok") return {};
  constexpr std::size_t length_max = 200;
  return fail(ErrorKind::store_content,
              fmt::format("check {} after a run that did not end: {}", database.path(),
                          cut(printable(finding), length_max)),
              "nothing was sent; keep a copy of the file, then restore a backup");
}

Result<std::string> wal_warning(const Database& database, std::int64_t bytes_max) {
  std::error_code absent;
  const std::uintmax_t bytes = std::filesystem::file_size(database.path() + "-wal", absent);
  if (absent || bytes <= static_cast<std::uintmax_t>(bytes_max)) return std::string();
  PRUUV_TRY_ASSIGN(const bool is_whole, database.checkpoint());
  if (is_whole) return std::string();
  return fmt::format(
      "the store's WAL file has {} MiB and cannot be taken into the store: some program has been "
      "reading it for long",
      bytes / mebibyte);
}

}  // namespace pruuv::store
