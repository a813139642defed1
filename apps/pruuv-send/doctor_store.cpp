#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "doctor.hpp"
#include "store/health.hpp"
#include "store/lock.hpp"
#include "store/runs.hpp"
#include "store/schema.hpp"

namespace pruuv::app {
namespace {

constexpr std::int64_t hour_s = 3600;

// Gives whether it may be looked at further.
bool check_file(const std::string& path, Findings& findings) {
  if (auto is_store = store::check_is_store(path); !is_store) {
    findings.fail("store", is_store.error());
    return false;
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return false;
  if (auto is_private = store::check_private(path); !is_private) {
    findings.fail("store permissions", is_private.error());
  } else if (status.st_uid != ::geteuid() && ::geteuid() != 0) {
    findings.warn("store permissions", "the store belongs to another user",
                  "run doctor as the user who sends");
  } else if ((status.st_mode & S_IRWXG) != 0) {
    findings.ok("store permissions", "its owner and its group may use it");
  } else {
    findings.ok("store permissions", "for its owner alone");
  }
  return true;
}

void check_last_run(const Context& context, store::Database& database, bool is_locked,
                    Findings& findings) {
  constexpr std::int64_t nightly_s = 26 * hour_s;
  const auto last = store::load_last_run(database);
  if (!last) return findings.fail("last run", last.error());
  if (!*last) return findings.warn("last run", "there has been none", "pruuv-send send");
  const store::LastRun& run = **last;
  const std::int64_t age_s = context.clock->now_s() - run.started_at_s;
  std::string words = fmt::format("{} at {}", run.command, format_utc(run.started_at_s));
  if (!run.ended_at_s && is_locked) return findings.ok("last run", words + ", under way");
  if (!run.ended_at_s) {
    return findings.warn("last run", words + ", did not come to its end",
                         "the next run picks up what it left; see why it died");
  }
  words += fmt::format(", ended with {}", run.exit_code);
  constexpr int partly = 3;
  if (age_s > nightly_s) {
    findings.warn("last run", fmt::format("{}: {} hours ago", words, age_s / hour_s),
                  "see whether cron or the timer starts it");
  } else if (run.exit_code != 0 && run.exit_code != partly) {
    findings.warn("last run", words, "`pruuv-send send --verbose` shows why");
  } else {
    findings.ok("last run", words);
  }
}

bool check_lock(const Context& context, Findings& findings) {
  constexpr std::int64_t long_s = 6 * hour_s;
  const auto lock = store::look_at_lock(context.config.store);
  if (!lock) {
    findings.warn("lock", lock.error().message);
    return false;
  }
  if (!lock->is_held) {
    findings.ok("lock", "free");
  } else if (lock->since_s && SystemClock().now_s() - *lock->since_s > long_s) {
    findings.warn("lock", lock->holder + " holds it",
                  "if that run hangs, end it: the next one picks up what it left");
  } else {
    findings.ok("lock", lock->holder + " holds it: a run is under way");
  }
  return lock->is_held;
}

void check_disk(const std::string& path, Findings& findings) {
  if (auto room = store::check_room(path); !room) {
    findings.fail("disk", room.error());
  } else {
    std::error_code unknown;
    const auto space = std::filesystem::space(std::filesystem::path(path).parent_path(), unknown);
    constexpr std::uintmax_t mebibyte = std::uintmax_t{1} << 20;
    findings.ok("disk", unknown ? std::string("room enough")
                                : fmt::format("{} MiB free", space.available / mebibyte));
  }
  const auto network = store::network_file_system(path);
  if (network && !network->empty()) {
    findings.warn("file system", "the store is on " + *network,
                  "move it to a local disk: locks and confirmed writes must hold");
  }
}

void check_journal(store::Database& database, const std::string& store_id, Findings& findings) {
  const auto missing = store::runs_missing_from_store(database, store_id);
  if (!missing) return findings.fail("run journal", missing.error());
  if (missing->empty()) return findings.ok("run journal", "in step with the store");
  findings.fail("run journal",
                Error{ErrorKind::store_content,
                      fmt::format("it knows of {} later runs; the store is an older copy of itself",
                                  missing->size()),
                      "`pruuv-send accept-restore` holds what may have been sent since"});
}

}  // namespace

std::unique_ptr<store::Database> check_store(const Context& context, Findings& findings) {
  const std::string& path = context.config.store;
  if (!check_file(path, findings)) return nullptr;
  check_disk(path, findings);
  const bool is_locked = check_lock(context, findings);
  auto opened = open_store(context, store::OpenMode::read_only);
  if (!opened) {
    findings.fail("store", opened.error());
    return nullptr;
  }
  store::Database& database = **opened;
  const auto info = store::load_store_info(database);
  if (!info) {
    findings.fail("store", info.error());
    return nullptr;
  }
  findings.ok("store",
              fmt::format("{}, schema {}, SQLite {}, journal mode {}", database.path(),
                          store::newest_version(), store::sqlite_version(), info->journal_mode));
  if (!info->warning.empty())
    findings.warn("SQLite", info->warning, "use SQLite 3.51.3 or newer, or journal mode DELETE");
  check_journal(database, info->store_id, findings);
  check_last_run(context, database, is_locked, findings);
  return std::move(*opened);
}

}  // namespace pruuv::app
