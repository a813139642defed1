#include "platforms/tiktok/user.hpp"

#include "testing/testing.hpp"

namespace pruuv::platforms::tiktok {
namespace {

User user_of(const FunnelEvent& event, std::vector<Warning>& warnings,
             const std::map<std::string, std::string>& settings = {}) {
  Connection connection;
  connection.settings = settings;
  return read_user(event, Phone{}, connection, Details(event), Person(event), warnings);
}

std::string locale_of(const std::string& locale, bool is_left_out = false) {
  FunnelEvent event;
  event.extra = R"({"locale": ")" + locale + "\"}";
  std::vector<Warning> warnings;
  std::string out = user_of(event, warnings).locale;
  CHECK(warnings.size() == (is_left_out ? 1 : 0));
  if (is_left_out) CHECK(warnings.at(0).reason == Reason::detail_left_out);
  return out;
}

TEST_CASE("a locale goes as it is written, in the shape of BCP 47") {
  for (const std::string locale :
       {"en", "en-US", "en_US", "zh-Hans-CN", "es-419", "deu", "sl-rozaj-biske-1994"}) {
    CAPTURE(locale);
    CHECK(locale_of(locale) == locale);
  }
  CHECK(locale_of(" en-GB ") == "en-GB");
  for (const std::string locale : {"e", "english", "en-", "en--US", "-US", "en-U", "419-es",
                                   "en-US-x1-x2-x3", "en-verylongpart", "en US", "en.US"}) {
    CAPTURE(locale);
    CHECK(locale_of(locale, true).empty());
  }
}

TEST_CASE("a click id of another platform, or one that is an address, does not go") {
  FunnelEvent event;
  std::vector<Warning> warnings;
  event.ttclid = "fb.1.1790000000123.IwAR2F4";
  CHECK(user_of(event, warnings).ttclid.empty());
  event.ttclid = "jane@example.com";
  CHECK(user_of(event, warnings).ttclid.empty());
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].reason == Reason::click_id_of_another_platform);
  CHECK(warnings[1].reason == Reason::personal_data_left_out);
}

TEST_CASE("denied consent leaves the click alone only where the connection sends such events") {
  FunnelEvent event;
  event.ttclid = "E.C.P.abc";
  event.email = "jane@example.com";
  event.ip = "8.8.8.8";
  event.user_agent = "Mozilla/5.0";
  event.consent_ad_user_data = "denied";
  std::vector<Warning> warnings;
  const User alone = user_of(event, warnings, {{"tiktok.denied_consent", "send"}});
  CHECK(alone.ttclid == "E.C.P.abc");
  CHECK((alone.email.empty() && alone.ip.empty() && alone.user_agent.empty()));
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].reason == Reason::consent_denied_identifiers);
  event.consent_ad_user_data = "granted";
  warnings.clear();
  const User whole = user_of(event, warnings, {{"tiktok.denied_consent", "send"}});
  CHECK((!whole.email.empty() && !whole.ip.empty() && !whole.user_agent.empty()));
  CHECK(warnings.empty());
}

}  // namespace
}  // namespace pruuv::platforms::tiktok
