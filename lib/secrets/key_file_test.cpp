#include "secrets/key_file.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.hpp"
#include "secrets/key_ring.hpp"
#include "testing/testing.hpp"

namespace pruuv::secrets {
namespace {

namespace fs = std::filesystem;

const std::string line = "k1 " + to_base64(std::string(32, 'a')) + "\n";

mode_t mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::lstat(path.c_str(), &found) == 0);
  return found.st_mode & 07777;
}

void place(const std::string& path, mode_t mode) {
  fs::remove(path);
  std::ofstream(path, std::ios::binary) << line;
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Result<void> write(const std::string& path, const std::string& text, KeyFileWrite how) {
  auto lock = KeyFileLock::take(path);
  if (!lock) return Unexpected(lock.error());
  return write_key_file(path, Secret(text), how, *lock);
}

class Credentials {
 public:
  explicit Credentials(const std::string& folder) {
    setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
  }
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;
  ~Credentials() { unsetenv("CREDENTIALS_DIRECTORY"); }
};

}  // namespace

TEST_CASE("a key file is made for its owner alone, with its folders") {
  const pruuv::testing::TempDir folder;
  const std::string path = folder.file("config/pruuv-send/sealing.key");
  const mode_t before = ::umask(0);
  const auto written = write(path, line, KeyFileWrite::creates);
  ::umask(before);
  REQUIRE(written);
  CHECK(read(path) == line);
  CHECK(mode_of(path) == 0600);
  CHECK(mode_of(folder.file("config/pruuv-send")) == 0700);
  CHECK(mode_of(folder.file("config")) == 0700);
  CHECK_FALSE(fs::exists(path + ".new"));
}

TEST_CASE("a key file is replaced whole, and never made over another") {
  const pruuv::testing::TempDir folder;
  const std::string path = folder.file("sealing.key");
  place(path, 0600);
  std::ofstream(path + ".new") << "left by a program that died";
  const auto refused = write(path, "other\n", KeyFileWrite::creates);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::cannot_create);
  CHECK(read(path) == line);
  CHECK_FALSE(fs::exists(path + ".new"));

  std::ofstream(path + ".new") << "left by a program that died";
  fs::create_hard_link(path, folder.file("old"));
  REQUIRE(write(path, "other\n", KeyFileWrite::replaces));
  CHECK(read(path) == "other\n");
  CHECK(read(folder.file("old")) == line);  // another file took the name: no reader sees a half
  CHECK(mode_of(path) == 0600);
  CHECK_FALSE(fs::exists(path + ".new"));
}

TEST_CASE("what cannot be written leaves the keys as they were") {
  const pruuv::testing::TempDir folder;
  const std::string path = folder.file("sealing.key");
  place(path, 0600);
  fs::create_directory(path + ".new");
  std::ofstream(path + ".new/in the way") << "x";
  CHECK_FALSE(write(path, "other\n", KeyFileWrite::replaces));
  CHECK(read(path) == line);
  CHECK_FALSE(write(path + "/x/sealing.key", "other\n", KeyFileWrite::creates));
}

TEST_CASE("one command changes the keys at a time") {
  const pruuv::testing::TempDir folder;
  const std::string path = folder.file("sealing.key");
  auto lock = KeyFileLock::take(path);
  REQUIRE(lock);
  const int another = ::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY);
  REQUIRE(another >= 0);
  CHECK(::flock(another, LOCK_EX | LOCK_NB) != 0);
  { const KeyFileLock gone = std::move(*lock); }
  CHECK(::flock(another, LOCK_EX | LOCK_NB) == 0);
  ::close(another);
}

TEST_CASE("a key file that others may touch, of another user, or a link, is refused") {
  const pruuv::testing::TempDir folder;
  const std::string path = folder.file("sealing.key");
  KeyRing ring(path);
  const auto refusal = [&] {
    const auto loaded = ring.load();
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().kind == ErrorKind::permission);
    return loaded.error().message;
  };
  for (const mode_t mode : {0600U, 0400U}) {
    place(path, mode);
    CHECK(ring.load());
  }
  for (const mode_t mode : {0640U, 0644U, 0660U, 0606U, 0610U, 0440U}) {
    INFO(mode);
    place(path, mode);
    CHECK(refusal().find("people other than its owner") != std::string::npos);
  }
  place(folder.file("elsewhere"), 0600);
  fs::remove(path);
  fs::create_symlink("elsewhere", path);
  CHECK(refusal().find("it is a symbolic link") != std::string::npos);
  fs::remove(path);
  fs::create_symlink("nowhere", path);
  CHECK(refusal().find("it is a symbolic link") != std::string::npos);
  if (geteuid() != 0) return;  // only root can give a file away
  place(path, 0600);
  REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
  CHECK(refusal().find("it belongs to another user") != std::string::npos);
}

TEST_CASE("the group may read what systemd hands out, and nobody writes there") {
  const pruuv::testing::TempDir folder;
  const std::string path = folder.file("sealing.key");
  fs::create_directory(folder.file("below"));
  place(path, 0440);
  place(folder.file("below/sealing.key"), 0440);
  CHECK_FALSE(KeyRing(path).load());
  for (const std::string& name : {folder.path().string(), folder.path().string() + "/"}) {
    const Credentials credentials(name);
    CHECK(KeyRing(path).load());
    CHECK_FALSE(KeyRing(folder.file("below/sealing.key")).load());
    CHECK_FALSE(KeyRing(folder.file("below/../below/sealing.key")).load());
    for (const mode_t mode : {0444U, 0460U, 0450U, 0644U, 0641U}) {
      INFO(mode);
      place(path, mode);
      CHECK_FALSE(KeyRing(path).load());
    }
    place(path, 0440);
    const auto refused = write(path, "other\n", KeyFileWrite::replaces);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::permission);
    CHECK(read(path) == line);
  }
}

}  // namespace pruuv::secrets
