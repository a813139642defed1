#include "platforms/version.hpp"

#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t ends_s = 1'817'078'400;  // 2027-08-01
constexpr Version versions[] = {{"v9", 0}, {"v8", ends_s}};

std::string warning_of(const std::string& version, std::int64_t now_s) {
  Platform adapter;
  adapter.name = "one";
  adapter.versions = versions;
  return version_warning(adapter, Endpoint{"", version, "", 0}, now_s);
}

TEST_CASE("60 days before a version ends every run says so, and after its end too") {
  CHECK(warning_of("v8", ends_s - 60 * day_s - 1).empty());
  CHECK(warning_of("v8", ends_s - 60 * day_s) ==
        "one: API version v8 ends on 2027-08-01, in 60 days; set --one-version v9 after a look at "
        "its changes, or update this program");
  CHECK(warning_of("v8", ends_s - 1).find("in 1 days") != std::string::npos);
  CHECK(warning_of("v8", ends_s).find("ended on 2027-08-01") != std::string::npos);
  CHECK(warning_of("v9", ends_s + day_s).empty());
  CHECK(warning_of("v10", ends_s + day_s).empty());
  CHECK(warning_of("", ends_s + day_s).empty());
}

TEST_CASE("where the newest version ends only an update helps") {
  constexpr Version only[] = {{"v8", ends_s}};
  Platform adapter;
  adapter.name = "one";
  adapter.versions = only;
  const std::string text = version_warning(adapter, Endpoint{"", "v8", "", 0}, ends_s - day_s);
  CHECK(text.find("update this program") != std::string::npos);
  CHECK(text.find("--one-version") == std::string::npos);
}

}  // namespace
}  // namespace pruuv::platforms
