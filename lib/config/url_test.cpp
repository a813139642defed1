#include <string>

#include "config/config.hpp"
#include "testing/testing.hpp"

namespace pruuv::config {

TEST_CASE("https goes anywhere, plain http to this machine") {
  for (const auto* url :
       {"https://graph.facebook.com", "https://graph.facebook.com/", "https://localhost:8443",
        "https://10.0.0.1:65535/meta/v1", "https://[2001:db8::1]:443/a%20b",
        "http://127.0.0.1:8080", "http://127.255.0.3/x", "http://localhost", "http://LocalHost:80/",
        "http://[::1]:9000/"}) {
    INFO(url);
    CHECK(check_url(url, "--meta-url"));
  }
  for (const auto* url :
       {"http://graph.facebook.com", "http://128.0.0.1", "http://127.0.0.1.nip.io",
        "http://localhost.example.com", "http://[::2]", "http://0.0.0.0", "http://127.1",
        "http://2130706433", "http://0x7f.0.0.1"}) {
    INFO(url);
    const auto refused = check_url(url, "--meta-url");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::config);
    CHECK(refused.error().message ==
          "read --meta-url: plain http to a host that is not this machine");
  }
}

TEST_CASE("a URL with anything but host, port and path is refused and not repeated") {
  for (const auto* url : {"",
                          "graph.facebook.com",
                          "https://",
                          "https:///x",
                          "https:/x",
                          "ftp://a",
                          "file:///etc/passwd",
                          "HTTPS://a",
                          "https://canary@a",
                          "https://user:canary@a",
                          "http://canary@localhost",
                          "https://a/?access_token=canary",
                          "https://a/#canary",
                          "https://a?canary",
                          "https://a b",
                          "https://a/b c",
                          "https://a\\canary",
                          "https://a/\n",
                          "https://a:0",
                          "https://a:65536",
                          "https://a:",
                          "https://a:8o",
                          "https://a:-1",
                          "https://a:080000",
                          "https://[::1",
                          "https://[::g]",
                          "https://[::1]x",
                          "https://[fe80::1%25eth0]",
                          "https://a/@canary",
                          "https://\xc3\xa4.example",
                          " https://a",
                          "https://a "}) {
    INFO(url);
    const auto refused = check_url(url, "--meta-url (PRUUV_META_URL)");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::config);
    CHECK(refused.error().message ==
          "read --meta-url (PRUUV_META_URL): it is not a url that can be sent to");
    CHECK(refused.error().hint.find("https://host") != std::string::npos);
  }
  CHECK_FALSE(check_url(std::string("https://a/\0b", 12), "--meta-url"));
}

}  // namespace pruuv::config
