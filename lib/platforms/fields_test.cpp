#include "platforms/fields.hpp"

#include "base/sha256.hpp"
#include "identity/identity.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

bool only(const std::vector<Warning>& warnings, std::string_view field, Reason reason) {
  return warnings.size() == 1 && warnings[0].field == field && warnings[0].reason == reason;
}

TEST_CASE("text that is not UTF-8 is left out") {
  std::vector<Warning> warnings;
  CHECK(sendable_text(" Mozilla/5.0 ", "user_agent", warnings) == "Mozilla/5.0");
  CHECK(sendable_text("", "user_agent", warnings).empty());
  CHECK(warnings.empty());
  CHECK(sendable_text("bad \xff", "user_agent", warnings).empty());
  CHECK(only(warnings, "user_agent", Reason::text_not_utf8));
}

TEST_CASE("a hashed field: hashed once, a digest passed on, nothing for nothing") {
  std::vector<Warning> warnings;
  const auto field = [&](const std::string& raw) {
    return hashed_field(raw, "country", identity::normalize_country, Reason::country_invalid,
                        warnings);
  };
  CHECK(field("") == "");
  CHECK(field("  ") == "");
  CHECK(field("GB") == sha256_hex("gb"));
  CHECK(field(" " + std::string(64, 'A')) == std::string(64, 'a'));
  CHECK(warnings.empty());
  CHECK(field(sha256_hex("")) == "");
  CHECK(only(warnings, "country", Reason::country_invalid));
  warnings.clear();
  CHECK(field("Atlantis") == "");
  CHECK(only(warnings, "country", Reason::country_invalid));
}

TEST_CASE("a digest of a city is not stripped of its digits") {
  std::vector<Warning> warnings;
  const std::string digest = sha256_hex("berlin");
  CHECK(hashed_field(digest, "city", identity::normalize_city, Reason::none, warnings) == digest);
}

TEST_CASE("e-mail, IP and phone say why they are missing") {
  std::vector<Warning> warnings;
  FunnelEvent event;
  CHECK(hashed_email(event, identity::EmailRule::plain, warnings).empty());
  CHECK(sendable_ip(event, warnings).empty());
  warn_of_phone(event, Phone{}, warnings);
  CHECK(warnings.empty());
  event.email = " Joe@X.example ";
  CHECK(hashed_email(event, identity::EmailRule::plain, warnings) == sha256_hex("joe@x.example"));
  event.ip = "8.8.8.8";
  CHECK(sendable_ip(event, warnings) == "8.8.8.8");
  CHECK(warnings.empty());

  event.email = "joe";
  CHECK(hashed_email(event, identity::EmailRule::plain, warnings).empty());
  CHECK(only(warnings, "email", Reason::email_invalid));
  warnings.clear();
  event.ip = "127.0.0.1";
  CHECK(sendable_ip(event, warnings).empty());
  CHECK(only(warnings, "ip", Reason::ip_invalid));
  warnings.clear();
  event.phone = "020";
  warn_of_phone(event, Phone{"", "", Reason::phone_without_country}, warnings);
  CHECK(only(warnings, "phone", Reason::phone_without_country));
  warnings.clear();
  warn_of_phone(event, Phone{"+442070313000", "", Reason::none}, warnings);
  CHECK(warnings.empty());
}

TEST_CASE("a URL says when parameters were dropped") {
  std::vector<Warning> warnings;
  CHECK(sendable_url("https://x.example/?a=1", "page_url", warnings) == "https://x.example/?a=1");
  CHECK(sendable_url("no url", "page_url", warnings).empty());
  CHECK(warnings.empty());
  CHECK(sendable_url("https://x.example/?email=a", "referrer", warnings) == "https://x.example/");
  CHECK(only(warnings, "referrer", Reason::url_parameters_dropped));
}

}  // namespace
}  // namespace pruuv::platforms
