#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "config/config.hpp"

namespace pruuv::config {
namespace {

// The variable's folder, or "" where it names none. The XDG base directory specification says that
// a relative path is to be ignored; cron jobs may have no HOME at all.
std::string folder_in(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value != '/') return {};
  return value;
}

}  // namespace

std::string default_store_path() {
  const std::string name = "/pruuv-send/store.db";
  if (const auto data = folder_in("XDG_DATA_HOME"); !data.empty()) return data + name;
  if (const auto home = folder_in("HOME"); !home.empty()) return home + "/.local/share" + name;
  return "/var/lib" + name;
}

std::string default_config_path() {
  const std::string name = "/pruuv-send/config.toml";
  std::vector<std::string> paths;
  if (const auto config = folder_in("XDG_CONFIG_HOME"); !config.empty())
    paths.push_back(config + name);
  if (const auto home = folder_in("HOME"); !home.empty()) paths.push_back(home + "/.config" + name);
  // The link itself counts, so that one to nowhere is an error and not a night with other settings.
  for (const auto& path : paths) {
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) return path;
  }
  const std::string system = "/etc" + name;
  std::error_code fault;
  const auto status = std::filesystem::symlink_status(system, fault);
  const bool is_hidden = fault == std::errc::permission_denied;
  return std::filesystem::exists(status) || is_hidden ? system : std::string();
}

}  // namespace pruuv::config
