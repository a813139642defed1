#include "base/sha256.hpp"
#include "identity/identity.hpp"
#include "testing/testing.hpp"

namespace pruuv::identity {
namespace {

std::optional<std::string> meta(std::string_view raw) {
  return normalize_name(raw, NameRule::meta);
}
std::optional<std::string> tiktok(std::string_view raw) {
  return normalize_name(raw, NameRule::tiktok);
}

TEST_CASE("Meta: lower case without white space and ASCII punctuation") {
  CHECK(meta(" Mary-Jane ") == "maryjane");
  CHECK(meta("van der Berg") == "vanderberg");
  CHECK(meta("O'Connor") == "oconnor");
  CHECK(meta("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~a1") == "a1");
  CHECK(meta("d\u2019Arc") == "d\u2019arc");
}

TEST_CASE("TikTok: inner spaces stay") {
  CHECK(tiktok(" van der Berg ") == "van der berg");
  CHECK(tiktok("O'Connor") == "oconnor");
  CHECK(tiktok("- Jane -") == "jane");
}

TEST_CASE("lower case of every script, as JavaScript does it") {
  CHECK(meta("VAL\u00C9RY") == "val\u00E9ry");
  CHECK(meta("\u0418\u0412\u0410\u041D\u041E\u0412") == "\u0438\u0432\u0430\u043D\u043E\u0432");
  CHECK(meta("\u03A3\u039F\u03A6\u039F\u03A3") == "\u03C3\u03BF\u03C6\u03BF\u03C2");
  CHECK(meta("\u0130") == "i\u0307");
  CHECK(meta("I\u015EIK") == "i\u015Fik");
  CHECK(meta("Gro\u00DFmann") == "gro\u00DFmann");
  CHECK(meta("\uC815") == "\uC815");
}

TEST_CASE("composed and decomposed letters stay what they are") {
  CHECK(meta("Vale\u0301ry") == "vale\u0301ry");
  CHECK(meta("Vale\u0301ry") != meta("Val\u00E9ry"));
}

TEST_CASE("nothing comes of nothing and of text that is no UTF-8") {
  for (const char* raw : {"", "  ", "-", " . "}) {
    INFO(raw);
    CHECK_FALSE(meta(raw).has_value());
    CHECK_FALSE(tiktok(raw).has_value());
  }
  for (const char* raw : {"M\xFCller", "\xC3", "\xED\xA0\x80", "a\xC0\xAF"}) {
    CHECK_FALSE(meta(raw).has_value());
    CHECK_FALSE(tiktok(raw).has_value());
    CHECK_FALSE(normalize_given_name_google(raw).has_value());
    CHECK_FALSE(normalize_family_name_google(raw).has_value());
  }
}

TEST_CASE("Google: given names lose a title") {
  CHECK(normalize_given_name_google(" Mr. Alex   ") == "alex");
  CHECK(normalize_given_name_google("MRS. Alex") == "alex");
  CHECK(normalize_given_name_google("Ms.Alex") == "alex");
  CHECK(normalize_given_name_google("Dr. Dr. Alex") == "alex");
  CHECK(normalize_given_name_google("Mralex") == "mralex");
  CHECK(normalize_given_name_google("Alex Dr.") == "alex dr.");
  CHECK(normalize_given_name_google("Mary-Jane O'Neil") == "mary-jane o'neil");
  CHECK_FALSE(normalize_given_name_google(" Mr. ").has_value());
  CHECK_FALSE(normalize_given_name_google("").has_value());
}

TEST_CASE("Google: family names lose a suffix") {
  for (const char* raw : {" Quinn, Jr.   ", "Quinn,Jr.", "Quinn Jr", "QUINN SR.", "Quinn, Sr",
                          "Quinn II", "Quinn, III", "Quinn  IV"}) {
    INFO(raw);
    CHECK(normalize_family_name_google(raw) == "quinn");
  }
  CHECK(normalize_family_name_google("Hawaii") == "hawaii");
  CHECK(normalize_family_name_google("Quinnjr.") == "quinnjr.");
  CHECK(normalize_family_name_google("II") == "ii");
  CHECK(normalize_family_name_google(", Jr.") == ", jr.");
  CHECK_FALSE(normalize_family_name_google(" ").has_value());
}

TEST_CASE("a name that is a digest is passed on") {
  const std::string digest = sha256_hex("mary");
  CHECK(meta(digest) == digest);
  CHECK(tiktok(digest + ".AQQCAQMC") == digest);
  CHECK(normalize_given_name_google(digest) == digest);
  CHECK(normalize_family_name_google(digest) == digest);
  CHECK(hash(meta(digest)) == digest);
}

}  // namespace
}  // namespace pruuv::identity
