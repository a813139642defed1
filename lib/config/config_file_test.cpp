#include "config/config_file.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "testing/testing.hpp"

namespace pruuv::config {
namespace {

using Kind = FileEntry::Kind;

std::string write(const pruuv::testing::TempDir& folder, const std::string& text, mode_t mode) {
  const std::string path = folder.file("config.toml");
  std::ofstream(path) << text;
  REQUIRE(::chmod(path.c_str(), mode) == 0);
  return path;
}

}  // namespace

TEST_CASE("keys, values and comments") {
  const auto file = parse_config_file(
      "# the shop's machine\n"
      "\n"
      "store = \"/srv/a b, #1.db\"  # not the default\r\n"
      "\tca-file='/etc/ssl/\\own.pem'\n"
      "quoted = \"a \\\"b\\\" \\\\\"\n"
      "max-in-flight = 16# in flight\n"
      "on = true\n"
      "off=false",
      "/etc/x.toml");
  REQUIRE(file);
  CHECK(file->path == "/etc/x.toml");
  const std::vector<FileEntry> expected = {{"store", "/srv/a b, #1.db", Kind::text, 3},
                                           {"ca-file", "/etc/ssl/\\own.pem", Kind::text, 4},
                                           {"quoted", "a \"b\" \\", Kind::text, 5},
                                           {"max-in-flight", "16", Kind::number, 6},
                                           {"on", "true", Kind::boolean, 7},
                                           {"off", "false", Kind::boolean, 8}};
  REQUIRE(file->entries.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO(expected[i].key);
    CHECK(file->entries[i].key == expected[i].key);
    CHECK(file->entries[i].value == expected[i].value);
    CHECK(file->entries[i].kind == expected[i].kind);
    CHECK(file->entries[i].line == expected[i].line);
  }
}

TEST_CASE("what is no setting is refused by line and key, its value not shown") {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"[meta]", "there are no sections"},
      {"[[meta]]", "there are no sections"},
      {"store", "it is not `key = value`"},
      {"= \"canary\"", "it is not `key = value`"},
      {"\"store\" = \"canary\"", "it is not `key = value`"},
      {"meta.url = \"canary\"", "it is not `key = value`"},
      {"store: canary", "it is not `key = value`"},
      {"canary", "it is not `key = value`"},
      {"store =", "store: there is no value"},
      {"can-ary", "it is not `key = value`"},
      {"store = # canary", "store: there is no value"},
      {"store = \"\"", "store: an empty text"},
      {"store = '  '", "store: an empty text"},
      {"store = \"canary", "store: the text has no end"},
      {"store = 'canary\"", "store: the text has no end"},
      {"store = \"canary\\\"", "store: the text has no end"},
      {"store = \"can\\nary\"", "store: an escape other than"},
      {"store = \"canary\" \"b\"", "store: something stands behind the value"},
      {"store = \"\"\"canary", "store: a text of several lines"},
      {"store = '''canary", "store: a text of several lines"},
      {"store = [\"canary\"]", "store: a list where one value is expected"},
      {"store = {a = \"canary\"}", "store: a list where one value is expected"},
      {"store = /srv/canary", "store: neither a text in quotes"},
      {"store = 1.5", "store: neither a text in quotes"},
      {"store = -1", "store: neither a text in quotes"},
      {"store = True", "store: neither a text in quotes"},
      {"store = \"can\x1b[31mary\"", "it is not plain text"},
      {"store = \"\xff\"", "it is not plain text"}};
  for (const auto& [line, cause] : wrong) {
    INFO(line);
    const auto refused = parse_config_file("deadline = \"2h\"\n" + line + "\n", "/c.toml");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::config);
    INFO(refused.error().message);
    CHECK(refused.error().message.starts_with("read the configuration /c.toml, line 2: " + cause));
    CHECK(refused.error().message.find("canary") == std::string::npos);
  }
}

TEST_CASE("a key stands once") {
  const auto refused = parse_config_file("store = 'a'\n\nstore = 'b'\n", "/c.toml");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message ==
        "read the configuration /c.toml, line 3: store: the key stands in line 1 already");
}

TEST_CASE("only its owner may change the file") {
  const pruuv::testing::TempDir folder;
  for (const mode_t good : {0600U, 0644U, 0444U, 0640U}) {
    const auto file = read_config_file(write(folder, "store = 'a'\n", good));
    REQUIRE(file);
    CHECK(file->entries.size() == 1);
  }
  for (const mode_t bad : {0620U, 0602U, 0666U, 0777U}) {
    const std::string path = write(folder, "store = 'a'\n", bad);
    const auto refused = read_config_file(path);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::permission);
    CHECK(refused.error().hint == "chmod go-w " + path);
  }
}

TEST_CASE("somebody else's file is refused") {
  if (::geteuid() != 0) return;  // only root can give a file away
  const pruuv::testing::TempDir folder;
  const std::string path = write(folder, "store = 'a'\n", 0600);
  REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
  const auto refused = read_config_file(path);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::permission);
  CHECK(refused.error().message.ends_with("it belongs to another user"));
}

TEST_CASE("a file that is none") {
  const pruuv::testing::TempDir folder;
  CHECK(read_config_file(folder.file("none.toml")).error().kind == ErrorKind::config);
  CHECK(read_config_file(folder.path().string())
            .error()
            .message.ends_with("it is not a regular file"));
  REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
  CHECK(
      read_config_file(folder.file("pipe")).error().message.ends_with("it is not a regular file"));
  CHECK(read_config_file(write(folder, std::string(70'000, '#'), 0600))
            .error()
            .message.ends_with("it is over 64 KiB long"));
  const auto none = read_config_file("");
  REQUIRE(none);
  CHECK(none->entries.empty());
}

TEST_CASE("a link to a file is followed, and that file looked at") {
  const pruuv::testing::TempDir folder;
  const std::string path = write(folder, "store = 'a'\n", 0600);
  std::filesystem::create_symlink(path, folder.file("link"));
  CHECK(read_config_file(folder.file("link")));
  REQUIRE(::chmod(path.c_str(), 0666) == 0);
  CHECK(read_config_file(folder.file("link")).error().kind == ErrorKind::permission);
}

}  // namespace pruuv::config
