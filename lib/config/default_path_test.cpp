#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "testing/testing.hpp"

namespace pruuv::config {
namespace {

// Sets or unsets a variable and puts back what was there.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    value != nullptr ? setenv(name, value, 1) : unsetenv(name);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

void write_config(const std::string& folder) {
  std::filesystem::create_directories(folder + "/pruuv-send");
  std::ofstream(folder + "/pruuv-send/config.toml") << "\n";
}

}  // namespace

TEST_CASE("the store is with the user's data, else with the machine's") {
  const Variable home("HOME", "/home/ada");
  {
    const Variable data("XDG_DATA_HOME", "/data");
    CHECK(default_store_path() == "/data/pruuv-send/store.db");
  }
  for (const auto* ignored : {static_cast<const char*>(nullptr), "", "relative"}) {
    const Variable data("XDG_DATA_HOME", ignored);
    CHECK(default_store_path() == "/home/ada/.local/share/pruuv-send/store.db");
    const Variable no_home("HOME", ignored);
    CHECK(default_store_path() == "/var/lib/pruuv-send/store.db");
  }
}

TEST_CASE("the configuration is the first file that exists") {
  const pruuv::testing::TempDir folder;
  const std::string xdg = folder.file("xdg");
  const std::string user = folder.file("home");
  const Variable home("HOME", user.c_str());
  const Variable config("XDG_CONFIG_HOME", xdg.c_str());
  const std::string system = "/etc/pruuv-send/config.toml";
  CHECK(default_config_path() == (std::filesystem::exists(system) ? system : ""));
  write_config(user + "/.config");
  CHECK(default_config_path() == user + "/.config/pruuv-send/config.toml");
  write_config(xdg);
  CHECK(default_config_path() == xdg + "/pruuv-send/config.toml");
}

TEST_CASE(
    "the sealing keys are systemd's, else those that exist first, else beside the configuration") {
  const pruuv::testing::TempDir folder;
  const std::string xdg = folder.file("xdg");
  const std::string user = folder.file("home");
  const Variable home("HOME", user.c_str());
  const Variable config("XDG_CONFIG_HOME", xdg.c_str());
  const Variable no_credentials("CREDENTIALS_DIRECTORY", nullptr);
  if (!default_config_path().empty() || std::filesystem::exists("/etc/pruuv-send/sealing.key"))
    return;  // a machine with a configuration of its own
  CHECK(default_sealing_key_path() == xdg + "/pruuv-send/sealing.key");
  write_config(user + "/.config");
  CHECK(default_sealing_key_path() == user + "/.config/pruuv-send/sealing.key");
  write_config(xdg);
  CHECK(default_sealing_key_path() == xdg + "/pruuv-send/sealing.key");
  std::ofstream(user + "/.config/pruuv-send/sealing.key") << "k";
  CHECK(default_sealing_key_path() == user + "/.config/pruuv-send/sealing.key");

  const Variable credentials("CREDENTIALS_DIRECTORY", folder.path().c_str());
  CHECK(default_sealing_key_path() == user + "/.config/pruuv-send/sealing.key");
  // A link counts too: it is refused where it is read, not passed over.
  std::filesystem::create_symlink("nowhere", folder.file("sealing.key"));
  CHECK(default_sealing_key_path() == folder.file("sealing.key"));
  CHECK(check(Settings{}).value().sealing_key_file == folder.file("sealing.key"));
  Settings named;
  named.sealing_key_file = "/srv/keys";
  CHECK(check(named).value().sealing_key_file == "/srv/keys");
}

TEST_CASE("the current folder is never looked into") {
  const pruuv::testing::TempDir folder;
  write_config(folder.path().string());
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  for (const auto* relative : {"", "."}) {
    const Variable home("HOME", relative);
    const Variable config("XDG_CONFIG_HOME", relative);
    CHECK(default_config_path().find(folder.path().string()) == std::string::npos);
    CHECK((default_config_path().empty() || default_config_path().starts_with("/etc/")));
  }
  std::filesystem::current_path(before);
}

}  // namespace pruuv::config
