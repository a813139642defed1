#include "store/backup.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/text.hpp"
#include "store/file.hpp"

namespace pruuv::store {
namespace {

bool is_there(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 || errno != ENOENT;
}

Result<std::string> free_name(const std::string& store_path, int number) {
  constexpr int copies_max = 9;
  const std::string name = fmt::format("{}.before-{:04}", store_path, number);
  if (!is_there(name)) return name;
  for (int copy = 1; copy <= copies_max; ++copy) {
    std::string numbered = fmt::format("{}.{}", name, copy);
    if (!is_there(numbered)) return numbered;
  }
  return fail(
      ErrorKind::cannot_create,
      fmt::format("back up {} before its migration: there are {} copies already", store_path,
                  copies_max + 1),
      fmt::format("look why the migration does not come to its end, then remove {}*", name));
}

Result<void> fill(const Database& database, const std::string& path) {
  PRUUV_TRY(create_file(path));
  PRUUV_TRY(database.copy_to(path));
  PRUUV_TRY_ASSIGN(const File file, File::open(path, O_RDONLY));
  return file.sync();
}

}  // namespace

Result<std::string> make_backup(Database& database, int number) {
  PRUUV_TRY_ASSIGN(std::string name, free_name(database.path(), number));
  const std::string part = database.path() + ".before.part";
  ::unlink(part.c_str());  // of a run that died over it
  if (auto filled = fill(database, part); !filled) {
    ::unlink(part.c_str());
    return Unexpected(std::move(filled).error().during("back up the store before its migration"));
  }
  if (std::rename(part.c_str(), name.c_str()) != 0) {
    const int fault = errno;
    ::unlink(part.c_str());
    return fail(ErrorKind::cannot_create,
                fmt::format("back up the store before its migration: name {}: {}", name,
                            ascii_lower(std::generic_category().message(fault))));
  }
  PRUUV_TRY(sync_folder_of(name));
  return name;
}

}  // namespace pruuv::store
