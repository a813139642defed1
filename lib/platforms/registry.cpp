#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "platforms/google/google.hpp"
#include "platforms/meta/meta.hpp"
#include "platforms/platform.hpp"
#include "platforms/tiktok/tiktok.hpp"

namespace pruuv::platforms {
namespace {

std::string comma_list(const std::vector<std::string_view>& words) {
  std::string out;
  for (const std::string_view word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

}  // namespace

std::span<const Platform> registry() {
  // Copied at the first call, when the adapters' own constants are surely there.
  static const std::array<Platform, 4> adapters = {
      meta::conversions_api,
      google::google_ads,
      google::data_manager,
      tiktok::events_api,
  };
  return adapters;
}

const Platform* find_adapter(std::string_view name) {
  const auto adapters = registry();
  const auto found = std::ranges::find(adapters, name, &Platform::name);
  return found == adapters.end() ? nullptr : &*found;
}

Result<const Platform*> pick_adapter(std::string_view platform, std::string_view api) {
  std::vector<std::string_view> apis;
  bool is_platform = false;
  for (const Platform& adapter : registry()) {
    if (adapter.platform != platform) continue;
    is_platform = true;
    if (api.empty() ? adapter.is_default_api : adapter.api == api) return &adapter;
    if (!adapter.api.empty()) apis.push_back(adapter.api);
  }
  if (!is_platform) {
    return fail(ErrorKind::config, "pick adapter: unknown platform " + printable(platform),
                "write one of: " + comma_list(platform_names()));
  }
  if (apis.empty()) {
    return fail(ErrorKind::config, fmt::format("pick adapter: {} has one api only", platform),
                "leave api out");
  }
  return fail(ErrorKind::config,
              fmt::format("pick adapter: {} has no api {}", platform, printable(api)),
              "write one of: " + comma_list(apis));
}

const std::vector<std::string_view>& platform_names() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> names;
    for (const Platform& adapter : registry()) {
      if (std::ranges::find(names, adapter.platform) == names.end())
        names.push_back(adapter.platform);
    }
    return names;
  }();
  return all;
}

}  // namespace pruuv::platforms
