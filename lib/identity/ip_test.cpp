#include "identity/identity.hpp"
#include "testing/testing.hpp"

namespace pruuv::identity {
namespace {

TEST_CASE("public addresses pass as written") {
  for (const char* address :
       {"8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.0",
        "223.255.255.255", "192.0.1.1", "198.17.255.255", "198.20.0.0", "192.167.0.1",
        "169.253.1.1", "11.0.0.1", "128.0.0.1", "2001:4860:4860::8888", "2a02:8108:1:2:3:4:5:6",
        "2001:DB8:1111:a:b0::200", "2000::", "3fff::1"}) {
    INFO(address);
    CHECK(normalize_ip(address) == address);
  }
}

TEST_CASE("documentation addresses pass: demos are made of them") {
  for (const char* address : {"192.0.2.1", "198.51.100.7", "203.0.113.255", "2001:db8::1"}) {
    INFO(address);
    CHECK(normalize_ip(address) == address);
  }
}

TEST_CASE("addresses that are never a visitor's do not pass") {
  for (const char* address : {"0.0.0.0",
                              "0.1.2.3",
                              "10.0.0.1",
                              "10.255.255.255",
                              "100.64.0.1",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.0.1",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.1",
                              "192.168.0.1",
                              "198.18.0.1",
                              "198.19.255.255",
                              "224.0.0.1",
                              "239.1.2.3",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "febf::1",
                              "fec0::1",
                              "fc00::1",
                              "fd12:3456::1",
                              "ff02::1",
                              "64:ff9b::1.2.3.4",
                              "::10.0.0.1"}) {
    INFO(address);
    CHECK_FALSE(normalize_ip(address).has_value());
  }
}

TEST_CASE("what is no address does not pass") {
  for (const char* text :
       {"", " ", "1.2.3", "1.2.3.4.5", "1.2.3.4.56", "1.2.3.256", "01.2.3.4", "1.2.3.4:80",
        "8.8.8.8, 1.1.1.1", "8.8.8.8/32", "[2001:db8::1]", "fe80::1%eth0", "2001:db8::1::2",
        "example.com", "8. 8.8.8", "0x8080808", "2001:db8::g", "8.8.8.8.abc", "8.8.8.8."}) {
    INFO(text);
    CHECK_FALSE(normalize_ip(text).has_value());
  }
  CHECK_FALSE(normalize_ip(std::string_view("8.8.8.8\0.evil", 13)).has_value());
}

TEST_CASE("spaces around it and the parameter builder's appendix go") {
  CHECK(normalize_ip(" 203.0.113.7\t") == "203.0.113.7");
  CHECK(normalize_ip("203.0.113.7.AQQAAQMC") == "203.0.113.7");
  CHECK(normalize_ip("203.0.113.7.BA") == "203.0.113.7");
  CHECK(normalize_ip("2001:db8::1.AQQAAQMC") == "2001:db8::1");
  CHECK(normalize_ip("203.0.113.42") == "203.0.113.42");
  CHECK_FALSE(normalize_ip("10.0.0.1.AQQAAQMC").has_value());
}

TEST_CASE("an IPv4 address inside IPv6 is the IPv4 address") {
  CHECK(normalize_ip("::ffff:203.0.113.7") == "203.0.113.7");
  CHECK(normalize_ip("::FFFF:cb00:7107") == "203.0.113.7");
  CHECK(normalize_ip("::ffff:203.0.113.7.BA") == "203.0.113.7");
  CHECK_FALSE(normalize_ip("::ffff:192.168.0.1").has_value());
}

}  // namespace
}  // namespace pruuv::identity
