#include "platforms/page_url.hpp"

#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

std::string cleaned(const std::string& raw) {
  const auto out = clean_url(raw);
  return out ? out->url : "none";
}

TEST_CASE("a harmless URL keeps its bytes") {
  const std::string url =
      "https://shop.example:8443/a/b?utm_source=x&page=2&color=red%20blue&empty=&flag";
  const auto out = clean_url(" " + url + "\n");
  REQUIRE(out);
  CHECK(out->url == url);
  CHECK(!out->parameters_dropped);
  CHECK(cleaned("HTTPS://Shop.Example/") == "https://Shop.Example/");
  CHECK(cleaned("https://shop.example?a=1") == "https://shop.example?a=1");
  CHECK(cleaned("https://b\xc3\xbc"
                "cher.example/\xc3\xa4") ==
        "https://b\xc3\xbc"
        "cher.example/\xc3\xa4");
  CHECK(cleaned("https://[2001:db8::1]/x") == "https://[2001:db8::1]/x");
}

TEST_CASE("user, password and fragment go, without a warning") {
  const auto out = clean_url("https://joe:pw@shop.example/x#email=joe@x.com");
  REQUIRE(out);
  CHECK(out->url == "https://shop.example/x");
  CHECK(!out->parameters_dropped);
  CHECK(cleaned("https://a@b@shop.example/p") == "https://shop.example/p");
  CHECK(cleaned("https://shop.example/@joe") == "https://shop.example/@joe");
}

TEST_CASE("parameters whose name promises personal data or secrets go") {
  for (const std::string name : {"email",     "E-Mail",       "user%5Bemail%5D", "user[email]",
                                 "mail",      "phone",        "phoneNumber",     "tel",
                                 "name",      "first_name",   "lastName",        "password",
                                 "token",     "access_token", "accessToken",     "auth",
                                 "key",       "api_key",      "secret",          "ssn",
                                 "dob",       "address",      "address1",        "billing-address",
                                 "id%5Ftoken"}) {
    INFO(name);
    const auto out = clean_url("https://x.example/?a=1&" + name + "=v&b=2");
    REQUIRE(out);
    CHECK(out->url == "https://x.example/?a=1&b=2");
    CHECK(out->parameters_dropped);
  }
}

TEST_CASE("parameters whose value looks like personal data go") {
  for (const std::string value :
       {"joe@x.com", "joe%40x.com", "joe%2540x.com", "%2B442070313000", "+44+20+7031+3000",
        "(650)%20555-1212", "0207.031.3000", "4420703130001"}) {
    INFO(value);
    CHECK(cleaned("https://x.example/?q=" + value) == "https://x.example/");
    CHECK(clean_url("https://x.example/?q=" + value)->parameters_dropped);
  }
  CHECK(cleaned("https://x.example/?joe@x.com") == "https://x.example/");
}

TEST_CASE("numbers that are no phone numbers stay") {
  for (const std::string value :
       {"12345678", "2026-11-22", "12345.67", "1234567890123456", "7", "A4420703130001"}) {
    INFO(value);
    CHECK(cleaned("https://x.example/?q=" + value) == "https://x.example/?q=" + value);
  }
}

TEST_CASE("click ids and campaign parameters stay") {
  const std::string url =
      "https://x.example/"
      "?fbclid=IwAR0&ttclid=E.C.P.1&gclid=C-1&gbraid=0A&wbraid=1234567890&utm_name=n"
      "&utm_id=120210000000&gad_campaignid=22345678901";
  CHECK(cleaned(url) == url);
  CHECK(!clean_url(url)->parameters_dropped);
  CHECK(cleaned("https://x.example/?utm_term=joe%40x.com&fbclid=I") ==
        "https://x.example/?fbclid=I");
}

TEST_CASE("names that only contain a sensitive word stay") {
  const std::string url = "https://x.example/?keyword=shoes&hotel=ritz&monkey=1&mailing=2";
  CHECK(cleaned(url) == url);
}

TEST_CASE("a space becomes %20; nothing else that is no web address passes") {
  CHECK(cleaned("https://x.example/a b?utm_campaign=Spring Sale") ==
        "https://x.example/a%20b?utm_campaign=Spring%20Sale");
  for (const std::string raw :
       {"", "shop.example/x", "ftp://x.example/", "javascript:alert(1)", "https://", "https:///x",
        "https://:80/", "https://joe@/x", "https://a b/", "http://x.example\\@y/",
        "https://x.example/\x01", "https://x.example/a\nb", "//x.example/"}) {
    INFO(raw);
    CHECK(!clean_url(raw));
  }
}

}  // namespace
}  // namespace pruuv::platforms
