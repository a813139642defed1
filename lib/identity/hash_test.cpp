#include "base/sha256.hpp"
#include "identity/identity.hpp"
#include "testing/testing.hpp"

namespace pruuv::identity {
namespace {

TEST_CASE("a value is hashed over its bytes") {
  CHECK(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hash("val\u00E9ry") == "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c");
}

TEST_CASE("nothing is hashed to nothing") {
  CHECK_FALSE(hash(std::nullopt).has_value());
  CHECK_FALSE(hash("").has_value());
}

TEST_CASE("the digest of nothing is nothing, wherever a digest may stand") {
  const std::string nothing = sha256_hex("");
  CHECK(is_digest_of_nothing(nothing));
  CHECK_FALSE(is_digest_of_nothing(sha256_hex("abc")));
  for (const std::string& text : {nothing, " " + nothing + ".BA",
                                  std::string("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B"
                                              "934CA495991B7852B855")}) {
    CAPTURE(text);
    CHECK_FALSE(hash(text).has_value());
    CHECK_FALSE(hash_email(text, EmailRule::plain).has_value());
    CHECK_FALSE(hash(normalize_name(text, NameRule::meta)).has_value());
    const Phone phone = parse_phone(text, "", "");
    CHECK(phone.absent());
    CHECK(phone.reason == Reason::phone_invalid);
  }
}

TEST_CASE("broken UTF-8 gives nothing, also where white space breaks it") {
  for (const std::string text : {"42\xc2\n\xa0", "42\xc3 \xa9"}) {
    CHECK_FALSE(normalize_external_id_meta(text).has_value());
    CHECK_FALSE(normalize_zip(text).has_value());
  }
}

TEST_CASE("a digest is not hashed again") {
  const std::string digest = sha256_hex("abc");
  CHECK(hash(digest) == digest);
  CHECK(hash("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD") == digest);
  CHECK(hash(digest + ".BA") == digest);
}

TEST_CASE("what only resembles a digest is hashed") {
  const std::string digest = sha256_hex("abc");
  for (const std::string& text :
       {digest.substr(1), digest + "0", digest + ".12", digest + ".ABC", std::string(64, 'g')}) {
    INFO(text);
    CHECK(hash(text) == sha256_hex(text));
  }
}

}  // namespace
}  // namespace pruuv::identity
