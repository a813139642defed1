#include "base/sha256.hpp"
#include "base/text.hpp"
#include "identity/identity.hpp"
#include "testing/testing.hpp"

namespace pruuv::identity {
namespace {

TEST_CASE("a city keeps letters of every script only") {
  CHECK(normalize_city("New York") == "newyork");
  CHECK(normalize_city("Washington D.C.") == "washingtondc");
  CHECK(normalize_city("Saint-\u00C9tienne 42") == "saint\u00E9tienne");
  CHECK(normalize_city("\u6771\u4EAC") == "\u6771\u4EAC");
  CHECK_FALSE(normalize_city("12 - 34").has_value());
  CHECK_FALSE(normalize_city("").has_value());
  CHECK_FALSE(normalize_city("M\xFCnchen").has_value());
}

TEST_CASE("states of the US and Canada become two letters") {
  CHECK(normalize_state("CA") == "ca");
  CHECK(normalize_state("California") == "ca");
  CHECK(normalize_state(" new  york ") == "ny");
  CHECK(normalize_state("West Virginia") == "wv");
  CHECK(normalize_state("District of Columbia") == "dc");
  CHECK(normalize_state("British Columbia") == "bc");
  CHECK(normalize_state("Qu\u00E9bec") == "qc");
  CHECK(normalize_state("Newfoundland and Labrador") == "nl");
  CHECK(normalize_state("Bayern") == "bayern");
  CHECK(normalize_state("N.S.W.") == "nsw");
  CHECK_FALSE(normalize_state(" ").has_value());
}

TEST_CASE("a zip loses spaces and what follows a dash") {
  CHECK(normalize_zip("94035-1234") == "94035");
  CHECK(normalize_zip_tiktok("94035-1234") == "94035");
  CHECK(normalize_zip_tiktok("00-950") == "00950");
  CHECK(normalize_zip_tiktok("100-0001") == "1000001");
  CHECK(normalize_zip_tiktok(" D-10115 ") == "d10115");
  CHECK(normalize_zip_tiktok("01310-100") == "01310100");
  CHECK_FALSE(normalize_zip_tiktok("-1").has_value());
  CHECK(normalize_zip("M1 1AE") == "m11ae");
  CHECK(normalize_zip(" 75018\u00A0") == "75018");
  CHECK(normalize_zip("01310-100") == "01310");
  CHECK_FALSE(normalize_zip("1").has_value());
  CHECK_FALSE(normalize_zip("1-2345").has_value());
  CHECK_FALSE(normalize_zip("-12345").has_value());
  CHECK_FALSE(normalize_zip("").has_value());
  CHECK_FALSE(normalize_zip("12\xFF").has_value());
}

TEST_CASE("Google's postal code keeps dash and inner space") {
  CHECK(normalize_postal_code_google("1229-076") == "1229-076");
  CHECK(normalize_postal_code_google(" m1 1ae ") == "M1 1AE");
  CHECK_FALSE(normalize_postal_code_google(" ").has_value());
  CHECK_FALSE(normalize_postal_code_google("12\xFF").has_value());
}

TEST_CASE("a country is its ISO code or one of a few names") {
  CHECK(normalize_country("US") == "us");
  CHECK(normalize_country(" uS ") == "us");
  CHECK(normalize_country("United States") == "us");
  CHECK(normalize_country("USA") == "us");
  CHECK(normalize_country("UK") == "gb");
  CHECK(normalize_country("united kingdom") == "gb");
  CHECK(normalize_country("ad") == "ad");
  CHECK(normalize_country("ZW") == "zw");
  for (const char* raw :
       {"", "u", "u s", "xx", "eu", " a", "d a", "d ", "usaa", "germany", "\u00FC", "zz"}) {
    INFO(raw);
    CHECK_FALSE(normalize_country(raw).has_value());
  }
}

TEST_CASE("external ids: Meta's without spaces and in lower case, TikTok's as they are") {
  CHECK(normalize_external_id_meta(" User _ABC\u3000") == "user_abc");
  CHECK(normalize_external_id_meta("\u00C9") == "\u00E9");
  CHECK(normalize_external_id_tiktok(" User _ABC\u3000") == "User _ABC");
  for (const char* raw : {"", " ", "a\xFF"}) {
    INFO(raw);
    CHECK_FALSE(normalize_external_id_meta(raw).has_value());
    CHECK_FALSE(normalize_external_id_tiktok(raw).has_value());
  }
}

TEST_CASE("a digest survives where the field is hashed, and only there") {
  const std::string digest = sha256_hex("sanfrancisco");
  CHECK(normalize_city(ascii_upper(digest)) == digest);
  CHECK(normalize_state(digest) == digest);
  CHECK(normalize_zip(digest + ".AQQCAQMC") == digest);
  CHECK_FALSE(normalize_postal_code_google(digest).has_value());
  CHECK_FALSE(normalize_country(digest).has_value());
}

}  // namespace
}  // namespace pruuv::identity
