#include "base/sha256.hpp"
#include "identity/identity.hpp"
#include "testing/testing.hpp"

namespace pruuv::identity {
namespace {

std::optional<std::string> plain(std::string_view raw) {
  return normalize_email(raw, EmailRule::plain);
}
std::optional<std::string> google(std::string_view raw) {
  return normalize_email(raw, EmailRule::google);
}

TEST_CASE("an address is trimmed and in lower case") {
  CHECK(plain("  John_Smith@GMAIL.com\t\n") == "john_smith@gmail.com");
  CHECK(plain("\u00A0a@b.co\uFEFF") == "a@b.co");
  CHECK(plain("First.Last+Tag@GMail.com") == "first.last+tag@gmail.com");
}

TEST_CASE("addresses that pass") {
  for (const char* address : {"a@b.c", "o'brien@example.co.uk", "a.b.c@d.e.f", "x+y=z@1-2.example",
                              "!#$%&*/?^`{|}~-_@a.b", "a@xn--bcher-kva.example", "1@2.3"}) {
    INFO(address);
    CHECK(plain(address) == address);
  }
}

TEST_CASE("addresses that do not pass") {
  for (const char* address : {"",
                              "  ",
                              "@",
                              "a@",
                              "@b.c",
                              "a@b",
                              "user@localhost",
                              "a b@c.d",
                              "a@b c.d",
                              "a@@b.c",
                              "a@b@c.d",
                              ".a@b.c",
                              "a.@b.c",
                              "a..b@c.d",
                              "a@.b.c",
                              "a@b..c",
                              "a@b.c.",
                              "a@-b.c",
                              "a@b-.c",
                              "a@b.c-",
                              "a@b_c.d",
                              "a\"b@c.d",
                              "(a)@b.c",
                              "a,b@c.d",
                              "a@b.c, d@e.f",
                              "<a@b.c>",
                              "a@[127.0.0.1]",
                              "mailto:a@b.c",
                              "\u200Ba@b.c",
                              "a\u00AD@b.c",
                              "a\u202E@b.c",
                              "a@b\uFEFF.c",
                              "a@b.c\xFF",
                              "9e26b7cbd4a1d4f8ec1e0a0c7b9ab2bd"}) {
    INFO(address);
    CHECK_FALSE(plain(address).has_value());
    CHECK_FALSE(google(address).has_value());
    CHECK_FALSE(hash_email(address, EmailRule::plain).has_value());
  }
}

TEST_CASE("a NUL byte is no part of an address") {
  CHECK_FALSE(plain(std::string_view("a\0b@c.d", 7)).has_value());
}

TEST_CASE("Google reads gmail without dots and suffix, and nothing else so") {
  CHECK(google("Cloudy.San+shop@gmail.com") == "cloudysan@gmail.com");
  CHECK(google("Cloudy.San+shop+more@GoogleMail.com") == "cloudysan@googlemail.com");
  CHECK(google("a.b+c@example.com") == "a.b+c@example.com");
  CHECK(google("a.b+c@mail.gmail.com") == "a.b+c@mail.gmail.com");
  CHECK(google("a.b+c@notgmail.com") == "a.b+c@notgmail.com");
  CHECK(google("a.b+c@gmail.com.example") == "a.b+c@gmail.com.example");
}

TEST_CASE("nothing is left of a gmail address that is only a suffix") {
  CHECK_FALSE(google("+shop@gmail.com").has_value());
  CHECK(plain("+shop@gmail.com") == "+shop@gmail.com");
}

TEST_CASE("a very long address costs no stack") {
  const std::string local(1'000'000, 'a');
  CHECK(plain(local + "@example.com").has_value());
  CHECK_FALSE(plain(local + "@example").has_value());
}

TEST_CASE("letters outside ASCII: refused for Meta, kept for TikTok, in lower case for Google") {
  const std::string address = "J\u00D6rg@M\u00FCller.DE";
  CHECK_FALSE(normalize_email(address, EmailRule::plain).has_value());
  CHECK(normalize_email(address, EmailRule::tiktok) == "j\u00D6rg@m\u00FCller.de");
  CHECK(normalize_email(address, EmailRule::google) == "j\u00F6rg@m\u00FCller.de");
  for (const EmailRule rule : {EmailRule::plain, EmailRule::tiktok, EmailRule::google}) {
    CHECK_FALSE(normalize_email("j\u00A0\u00F6rg@example.com", rule).has_value());
    CHECK_FALSE(normalize_email("\xF6@example.com", rule).has_value());
    CHECK_FALSE(normalize_email("@m\u00FCller.de", rule).has_value());
    CHECK_FALSE(normalize_email("j\u00F6rg@m\u00FCller", rule).has_value());
  }
}

TEST_CASE("a digest is passed on and is no address") {
  const std::string digest = sha256_hex("john_smith@gmail.com");
  CHECK(hash_email(" John_Smith@gmail.com ", EmailRule::plain) == digest);
  CHECK(hash_email(digest, EmailRule::plain) == digest);
  CHECK(hash_email("62A14E44F765419D10FEA99367361A727C12365E2520F32218D505ED9AA0F62F",
                   EmailRule::google) == digest);
  CHECK(hash_email(digest + ".AQQCAQMC", EmailRule::plain) == digest);
  CHECK_FALSE(normalize_email(digest, EmailRule::plain).has_value());
  CHECK_FALSE(hash_email(digest.substr(1), EmailRule::plain).has_value());
  CHECK_FALSE(hash_email(digest + ".AQQ", EmailRule::plain).has_value());
}

}  // namespace
}  // namespace pruuv::identity
