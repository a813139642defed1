#include "platforms/platform.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

TEST_CASE("adapters by name") {
  for (const std::string_view name : {"meta", "google_ads", "data_manager", "tiktok"}) {
    INFO(name);
    const Platform* const adapter = find_adapter(name);
    REQUIRE(adapter != nullptr);
    CHECK(adapter->name == name);
  }
  CHECK(find_adapter("google") == nullptr);
  CHECK(find_adapter("") == nullptr);
  CHECK(find_adapter("meta") == find_adapter("meta"));
}

TEST_CASE("the words for platforms, each once") {
  CHECK(platform_names() == std::vector<std::string_view>{"meta", "google", "tiktok"});
}

TEST_CASE("a connection's platform and api pick the adapter") {
  const auto name_of = [](std::string_view platform, std::string_view api) {
    const auto adapter = pick_adapter(platform, api);
    return adapter ? (*adapter)->name : std::string_view();
  };
  CHECK(name_of("meta", "") == "meta");
  CHECK(name_of("tiktok", "") == "tiktok");
  CHECK(name_of("google", "google_ads") == "google_ads");
  CHECK(name_of("google", "data_manager") == "data_manager");
  REQUIRE(pick_adapter("google", ""));
  CHECK((*pick_adapter("google", ""))->is_default_api);
}

TEST_CASE("what cannot be picked says what can be written instead") {
  const auto platform = pick_adapter("face\x1b[book", "");
  REQUIRE(!platform);
  CHECK(platform.error().kind == ErrorKind::config);
  CHECK(platform.error().message.find('\x1b') == std::string::npos);
  CHECK(platform.error().hint == "write one of: meta, google, tiktok");
  const auto api = pick_adapter("google", "adwords");
  REQUIRE(!api);
  CHECK(api.error().hint == "write one of: google_ads, data_manager");
  const auto no_choice = pick_adapter("meta", "graph");
  REQUIRE(!no_choice);
  CHECK(no_choice.error().hint == "leave api out");
}

}  // namespace
}  // namespace pruuv::platforms
