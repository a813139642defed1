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

// Where a configuration may be, the first to be looked at first.
std::vector<std::string> config_folders() {
  const std::string name = "/pruuv-send";
  std::vector<std::string> folders;
  if (const auto config = folder_in("XDG_CONFIG_HOME"); !config.empty())
    folders.push_back(config + name);
  if (const auto home = folder_in("HOME"); !home.empty())
    folders.push_back(home + "/.config" + name);
  folders.push_back("/etc" + name);
  return folders;
}

bool is_there(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

}  // namespace

std::string default_store_path() {
  const std::string name = "/pruuv-send/store.db";
  if (const auto data = folder_in("XDG_DATA_HOME"); !data.empty()) return data + name;
  if (const auto home = folder_in("HOME"); !home.empty()) return home + "/.local/share" + name;
  return "/var/lib" + name;
}

std::string default_config_path() {
  const std::string name = "/config.toml";
  // The link itself counts, so that one to nowhere is an error and not a night with other settings.
  const auto folders = config_folders();
  for (const auto& folder : folders) {
    std::error_code fault;
    const auto status = std::filesystem::symlink_status(folder + name, fault);
    const bool is_system = &folder == &folders.back();
    const bool is_hidden = is_system && fault == std::errc::permission_denied;
    if (std::filesystem::exists(status) || is_hidden) return folder + name;
  }
  return {};
}

std::string default_sealing_key_path() {
  const std::string name = "/sealing.key";
  if (const auto handed_out = folder_in("CREDENTIALS_DIRECTORY"); !handed_out.empty()) {
    if (is_there(handed_out + name)) return handed_out + name;
  }
  const auto folders = config_folders();
  for (const auto& folder : folders) {
    if (is_there(folder + name)) return folder + name;
  }
  const std::string config = default_config_path();
  if (!config.empty()) return std::filesystem::path(config).parent_path().string() + name;
  return folders.front() + name;
}

}  // namespace pruuv::config
