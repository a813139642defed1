#include "store/lock.hpp"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "store/file.hpp"

namespace pruuv::store {
namespace {

// "12 s", "5 min", "3 h", "4 d".
std::string render_duration(std::int64_t duration_s) {
  constexpr std::int64_t minute_s = 60;
  constexpr std::int64_t hour_s = 3600;
  constexpr std::int64_t day_s = 86400;
  if (duration_s < minute_s) return fmt::format("{} s", duration_s);
  if (duration_s < hour_s) return fmt::format("{} min", duration_s / minute_s);
  if (duration_s < 2 * day_s) return fmt::format("{} h", duration_s / hour_s);
  return fmt::format("{} d", duration_s / day_s);
}

// When the holder took it: of "pid 4711 since 2026-11-22T03:00:00Z", with or without ", 3 h".
std::optional<std::int64_t> since_of(std::string_view holder, std::int64_t now_s) {
  constexpr std::string_view since = " since ";
  const std::size_t at = holder.find(since);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view time = holder.substr(at + since.size());
  return parse_time(trim(time.substr(0, time.find(','))), now_s);
}

// ", 3 h" for "pid 4711 since 2026-11-22T03:00:00Z"; "" where no time can be read, or one ahead.
std::string render_age(std::string_view holder) {
  const std::int64_t now_s = SystemClock().now_s();
  const auto start_s = since_of(holder, now_s);
  return start_s && *start_s <= now_s ? ", " + render_duration(now_s - *start_s) : "";
}

// "pid 4711 since 2026-11-22T03:00:00Z, 3 h" of the holder: as it wrote it, and for how long that
// has been. The file may hold anything.
std::string holder_of(const File& file) {
  const auto text = file.read_all();
  constexpr std::size_t length_max = 60;
  if (!text || !text->starts_with("pid ") || text->size() > length_max) return "another run";
  const std::string_view holder = trim(*text);
  return printable(holder) + render_age(holder);
}

// The field of a line of /proc/locks (proc(5)): "1: FLOCK ADVISORY WRITE 4711 08:01:131090 0 EOF".
std::string_view field_of(std::string_view line, std::size_t number) {
  for (const std::string_view field : split(line, ' ')) {
    if (!field.empty() && number-- == 0) return field;
  }
  return {};
}

bool is_flock_of(std::string_view line, const struct stat& file, std::string_view holder) {
  if (field_of(line, 1) != "FLOCK") return false;
  const auto place = split(field_of(line, 5), ':');
  if (place.size() != 3 || parse_int64(place[2]) != static_cast<std::int64_t>(file.st_ino))
    return false;
  const std::string device =
      fmt::format("{:02x}:{:02x}", ::major(file.st_dev), ::minor(file.st_dev));
  // Some file systems (btrfs) show another device there than to stat(2).
  return fmt::format("{}:{}", place[0], place[1]) == device ||
         holder.starts_with(fmt::format("pid {} ", field_of(line, 4)));
}

}  // namespace

Result<LockState> look_at_lock(const std::string& store_path) {
  PRUUV_TRY_ASSIGN(const std::string real, real_path(store_path));
  auto file = File::open(real + ".lock", O_RDONLY);
  if (!file && file.error().kind == ErrorKind::no_store) return LockState();
  if (!file) return Unexpected(std::move(file).error());
  struct stat status {};
  if (::fstat(file->number(), &status) != 0)
    return fail(ErrorKind::io, fmt::format("look at {}.lock", real));
  PRUUV_TRY_ASSIGN(const File table, File::open("/proc/locks", O_RDONLY));
  PRUUV_TRY_ASSIGN(const std::string locks, table.read_all());
  const std::string holder = holder_of(*file);
  LockState state;
  for (const std::string_view line : split(locks, '\n'))
    state.is_held = state.is_held || is_flock_of(line, status, holder);
  if (!state.is_held) return state;
  state.holder = holder;
  state.since_s = since_of(holder, SystemClock().now_s());
  return state;
}

Result<Lock> Lock::take(const std::string& store_path) {
  PRUUV_TRY_ASSIGN(const std::string real, real_path(store_path));
  PRUUV_TRY_ASSIGN(File file, File::open(real + ".lock", O_CREAT | O_RDWR));
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return fail(ErrorKind::io, fmt::format("lock {}.lock: the file system refuses it", real),
                  "the store must be on a local disk");
    }
    return fail(ErrorKind::try_again,
                fmt::format("lock the store {}: {} holds it", real, holder_of(file)),
                "wait until that run has ended");
  }
  PRUUV_TRY(file.truncate(0));
  PRUUV_TRY(
      file.write(fmt::format("pid {} since {}\n", ::getpid(), format_utc(SystemClock().now_s()))));
  return Lock(file.release());
}

Result<bool> is_locked_by_us(const std::string& store_path) {
  PRUUV_TRY_ASSIGN(const std::string real, real_path(store_path));
  const auto file = File::open(real + ".lock", O_RDWR);
  if (!file) return false;
  if (::flock(file->number(), LOCK_EX | LOCK_NB) == 0) return false;
  return holder_of(*file).starts_with(fmt::format("pid {} ", ::getpid()));
}

Lock::Lock(Lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

Lock::~Lock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace pruuv::store
