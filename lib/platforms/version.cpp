#include "platforms/version.hpp"

#include <fmt/format.h>

#include "base/clock.hpp"

namespace pruuv::platforms {

namespace {

// As in its flags: "google-ads".
std::string flag_name(std::string_view adapter) {
  std::string name(adapter);
  for (char& c : name) c = c == '_' ? '-' : c;
  return name;
}

}  // namespace

std::string version_warning(const Platform& adapter, const Endpoint& endpoint, std::int64_t now_s) {
  constexpr std::int64_t day_s = 86'400;
  constexpr std::int64_t notice_s = 60 * day_s;
  for (const Version& version : adapter.versions) {
    if (version.name != endpoint.version || version.ends_s == 0) continue;
    if (now_s < version.ends_s - notice_s) return {};
    const std::string date = format_utc(version.ends_s).substr(0, 10);
    const std::string_view newest = adapter.versions.front().name;
    const std::string advice =
        newest == version.name
            ? std::string("update this program")
            : fmt::format("set --{}-version {} after a look at its changes, or update this program",
                          flag_name(adapter.name), newest);
    if (now_s >= version.ends_s) {
      return fmt::format("{}: API version {} ended on {}; {}", adapter.name, version.name, date,
                         advice);
    }
    return fmt::format("{}: API version {} ends on {}, in {} days; {}", adapter.name, version.name,
                       date, (version.ends_s - now_s + day_s - 1) / day_s, advice);
  }
  return {};
}

}  // namespace pruuv::platforms
