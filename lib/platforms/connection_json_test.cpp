#include "platforms/connection_json.hpp"

#include <algorithm>
#include <string_view>

#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

Result<Connection> parse(const std::string& text) {
  PRUUV_TRY_ASSIGN(const auto document, json::parse(text, json::Numbers::as_text));
  return parse_connection(document.root());
}

constexpr const char* google = R"({"client_id":"acme","platform":"google","name":"second",
  "api":"google_ads","customer_id":"123-456-7890","conversion_action_id":987,
  "login_customer_id":"111-222-3333","conversion_actions":{"purchase":"5"},"default_country":"uk",
  "currency":"eur","credential":"env:G","paused":true,"on_unknown":"hold",
  "match":{"event_names":["lead"],"hosts":["shop.example"]}})";

TEST_CASE("a connection written out reads as the same connection") {
  for (const std::string& text :
       {std::string(google),
        std::string(R"({"client_id":"acme","platform":"meta","pixel_id":"12","credential":"env:M",
           "event_names":{"viewing":"Schedule"},"test_event_code":"T","meta.partner_agent":"p"})"),
        std::string(
            R"({"client_id":"acme","platform":"tiktok","pixel_code":"C9","credential":"env:T",
           "tiktok":{"page_url":"https://a.example/"}})")}) {
    INFO(text);
    const auto first = parse(text);
    REQUIRE(first);
    const std::string written = render_connection(*first, {});
    const auto second = parse(written);
    REQUIRE(second);
    CHECK(render_connection(*second, {}) == written);
    CHECK(second->destination == first->destination);
    CHECK(second->settings == first->settings);
    CHECK(second->paused == first->paused);
    CHECK(second->on_unknown == first->on_unknown);
    CHECK(second->match_hosts == first->match_hosts);
    CHECK(second->conversion_actions == first->conversion_actions);
    CHECK(second->event_names == first->event_names);
  }
}

TEST_CASE("changes take the place of members, and empty ones take them away") {
  const auto connection = parse(google);
  REQUIRE(connection);
  const auto changed = parse(render_connection(
      *connection, {{"api", "data_manager"}, {"currency", "USD"}, {"login_customer_id", ""}}));
  REQUIRE(changed);
  CHECK(changed->adapter == "data_manager");
  CHECK(changed->currency == "USD");
  CHECK(changed->login_customer_id.empty());
  CHECK(changed->conversion_action_id == "987");
}

TEST_CASE("a setting nobody knows, or a word it does not take, is refused by name") {
  for (const std::string setting :
       {R"("meta.partner_agnet":"p")", R"("tiktok.page_url":"https://x/")",
        R"("meta":{"nonsense":"p"})"}) {
    INFO(setting);
    const auto refused =
        parse(R"({"client_id":"acme","platform":"meta","pixel_id":"12","credential":"env:M",)" +
              setting + "}");
    REQUIRE(!refused);
    CHECK(refused.error().message.find("is no setting of a meta connection") != std::string::npos);
    CHECK(refused.error().hint.find("meta.partner_agent") != std::string::npos);
  }
}

TEST_CASE("the keys of a platform: those of all, its destination's and its settings, each once") {
  const auto keys = connection_keys("google");
  const auto count = [&](std::string_view key) { return std::ranges::count(keys, key); };
  CHECK(count("currency") == 1);
  CHECK(count("customer_id") == 1);
  CHECK(count("google.merchant_id") == 1);
  CHECK(count("pixel_id") == 0);
  CHECK(count("meta.partner_agent") == 0);
}

}  // namespace
}  // namespace pruuv::platforms
