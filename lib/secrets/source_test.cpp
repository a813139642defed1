#include "secrets/source.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "testing/testing.hpp"

namespace pruuv::secrets {
namespace {

constexpr const char* canary = "EAABcanary";

class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    setenv(name_.c_str(), value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { unsetenv(name_.c_str()); }

 private:
  std::string name_;
};

Result<Secret> read(const std::string& reference) {
  PRUUV_TRY_ASSIGN(const Reference parsed, parse_reference(reference));
  return secrets::read(parsed);
}

std::string write_file(const std::string& path, const std::string& text, mode_t mode = 0600) {
  std::ofstream(path, std::ios::binary) << text;
  REQUIRE(chmod(path.c_str(), mode) == 0);
  return "file:" + path;
}

void check_refused(const std::string& reference, ErrorKind kind, const std::string& cause) {
  const auto refused = read(reference);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == kind);
  CHECK(refused.error().message == "read the secret " + reference + ": " + cause);
  CHECK(refused.error().hint.find(canary) == std::string::npos);
}

}  // namespace

TEST_CASE("what is no reference is refused and not quoted") {
  for (const auto* good :
       {"env:META_TOKEN", "env:_a9", "env:x", "file:/run/secrets/meta", "file:/a b"}) {
    INFO(good);
    CHECK(check_reference(good));
  }
  for (const std::string bad :
       {"", "env:", "env:9A", "env:A-B", "env:A B", "env:A=B", "env: A", "ENV:A", "file:", "file:/",
        "file:relative", "file:~/token", "file:/a\nb", "EAABcanary", "vault:EAABcanary",
        "env:EAABcanary.x", "env:EAABcanary|x"}) {
    INFO(bad);
    const auto refused = check_reference(bad);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::config);
    CHECK(refused.error().hint.find("file:/") != std::string::npos);
    CHECK(refused.error().hint.find("env:") != std::string::npos);
    CHECK((refused.error().message + refused.error().hint).find(canary) == std::string::npos);
    CHECK_FALSE(read(bad));
  }
  std::string with_nul = "file:/a";
  with_nul.push_back('\0');
  CHECK_FALSE(check_reference(with_nul));
}

TEST_CASE("a variable is read without the white space around it") {
  const Variable token("PRUUV_TEST_SECRET", " \tEAABcanary\r\n");
  const auto secret = read("env:PRUUV_TEST_SECRET");
  REQUIRE(secret);
  CHECK(secret->reveal() == canary);
}

TEST_CASE("a variable that is not set, or empty, is a fault of the configuration") {
  unsetenv("PRUUV_TEST_SECRET");
  check_refused("env:PRUUV_TEST_SECRET", ErrorKind::config, "the variable is not set");
  const Variable blank("PRUUV_TEST_SECRET", " \n ");
  check_refused("env:PRUUV_TEST_SECRET", ErrorKind::config, "there is nothing in it");
}

TEST_CASE("a control character inside is refused; the white space of JSON is not") {
  const Variable broken("PRUUV_TEST_SECRET", std::string(canary) + "\x1b[2J" + canary);
  check_refused("env:PRUUV_TEST_SECRET", ErrorKind::config, "it holds a control character");
  const std::string json = "{\r\n\t\"refresh_token\": \"1//x\"\n}";
  const Variable object("PRUUV_TEST_JSON", json + "\n");
  CHECK(read("env:PRUUV_TEST_JSON").value().reveal() == json);

  const pruuv::testing::TempDir folder;
  std::string with_nul = canary;
  with_nul.push_back('\0');
  check_refused(write_file(folder.file("t"), with_nul + "x"), ErrorKind::config,
                "it holds a control character");
  check_refused(write_file(folder.file("d"),
                           "a\x7f"
                           "b"),
                ErrorKind::config, "it holds a control character");
}

TEST_CASE("a file is read without the white space around it") {
  const pruuv::testing::TempDir folder;
  for (const mode_t mode : {0600U, 0400U}) {
    const auto secret =
        read(write_file(folder.file("token" + std::to_string(mode)), "EAABcanary\n", mode));
    REQUIRE(secret);
    CHECK(secret->reveal() == canary);
  }
  // A byte order mark, as some editors put in front.
  CHECK(read(write_file(folder.file("bom"),
                        "\xEF\xBB\xBF"
                        "EAABcanary\r\n"))
            .value()
            .reveal() == canary);
}

TEST_CASE("a file that others may read or change is refused, with the cure") {
  const pruuv::testing::TempDir folder;
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0644U, 0666U}) {
    INFO(mode);
    const std::string path = folder.file("token" + std::to_string(mode));
    check_refused(write_file(path, canary, mode), ErrorKind::permission,
                  "people other than its owner may read or change it");
    CHECK(read("file:" + path).error().hint == "chmod 600 " + path);
  }
}

TEST_CASE("a link is refused, whatever it points to") {
  const pruuv::testing::TempDir folder;
  write_file(folder.file("token"), canary);
  std::filesystem::create_symlink(folder.file("token"), folder.file("link"));
  check_refused("file:" + folder.file("link"), ErrorKind::permission, "it is a symbolic link");
}

TEST_CASE("what is no regular file is refused at once") {
  const pruuv::testing::TempDir folder;
  REQUIRE(mkfifo(folder.file("pipe").c_str(), 0600) == 0);
  check_refused("file:" + folder.file("pipe"), ErrorKind::config, "it is not a regular file");
  check_refused("file:" + folder.path().string(), ErrorKind::config, "it is not a regular file");
  check_refused("file:/dev/null", ErrorKind::config, "it is not a regular file");
}

TEST_CASE("a file that is not there, empty or too long is refused") {
  const pruuv::testing::TempDir folder;
  check_refused("file:" + folder.file("absent"), ErrorKind::config, "there is no such file");
  check_refused("file:" + folder.file("absent") + "/x", ErrorKind::config, "there is no such file");
  check_refused(write_file(folder.file("empty"), "\n"), ErrorKind::config,
                "there is nothing in it");
  const std::string largest(std::size_t{64} << 10, 'x');
  CHECK(read(write_file(folder.file("largest"), largest)).value().reveal() == largest);
  check_refused(write_file(folder.file("larger"), largest + "x"), ErrorKind::config,
                "it is over 64 KiB long");
}

TEST_CASE("a file of another user is refused, one of root's is not") {
  if (geteuid() != 0) return;  // only root can give a file away
  const pruuv::testing::TempDir folder;
  const std::string reference = write_file(folder.file("token"), canary);
  CHECK(read(reference));
  REQUIRE(chown(folder.file("token").c_str(), 65534, 65534) == 0);
  check_refused(reference, ErrorKind::permission, "it belongs to another user");
}

}  // namespace pruuv::secrets
