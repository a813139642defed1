#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/nearest_word.hpp"
#include "base/text.hpp"
#include "connections.hpp"
#include "platforms/connection_json.hpp"
#include "platforms/platform.hpp"

namespace pruuv::app {
namespace {

constexpr std::array<std::string_view, 6> not_here = {"client_id",   "platform",           "name",
                                                      "event_names", "conversion_actions", "match"};

constexpr std::string_view form_hint =
    "write KEY=VALUE with a key of the connection's file, such as currency=EUR; "
    "event_names, conversion_actions and match are changed by `connections import`";

Unexpected refuse(std::size_t number, std::string_view what, std::string hint) {
  return fail(ErrorKind::usage, fmt::format("read change {}: {}", number, what), std::move(hint));
}

Result<void> check_key(const std::string& key, const std::string& platform, std::size_t number) {
  if (std::ranges::find(not_here, key) != not_here.end())
    return refuse(number, "this key is not changed here", std::string(form_hint));
  std::vector<std::string> known = platforms::connection_keys(platform);
  std::erase_if(known, [](const std::string& one) {
    return std::ranges::find(not_here, one) != not_here.end();
  });
  if (std::ranges::find(known, key) != known.end()) return {};
  const std::string meant = did_you_mean(key, known);
  return refuse(number, fmt::format("not a key of a {} connection", platform),
                meant.empty() ? std::string(form_hint) : meant);
}

Result<void> check_api(const std::string& platform, const std::string& api, std::size_t number) {
  const auto adapter = platforms::pick_adapter(platform, api);
  if (adapter) return {};
  return refuse(number, fmt::format("{} has no such api", platform), adapter.error().hint);
}

}  // namespace

Result<void> check_platform(const std::string& platform) {
  const auto words = platforms::platform_names();
  if (std::ranges::find(words, platform) != words.end()) return {};
  const std::vector<std::string> names(words.begin(), words.end());
  const std::string meant = did_you_mean(platform, names);
  return fail(ErrorKind::usage, "read PLATFORM: there is no such platform",
              meant.empty() ? fmt::format("write {}", fmt::join(names, ", ")) : meant);
}

Result<std::map<std::string, std::string>> read_changes(const ConnectionOptions& options) {
  std::map<std::string, std::string> changes;
  if (!options.api.empty()) changes["api"] = options.api;
  std::size_t number = 0;
  for (const std::string& word : options.changes) {
    ++number;
    const auto equals = word.find('=');
    const std::string key(trim(std::string_view(word).substr(0, equals)));
    if (equals == std::string::npos || key.empty())
      return refuse(number, "not one of a connection", std::string(form_hint));
    PRUUV_TRY(check_key(key, options.platform, number));
    changes[key] = word.substr(equals + 1);
    if (key == "api") PRUUV_TRY(check_api(options.platform, changes[key], number));
  }
  return changes;
}

}  // namespace pruuv::app
