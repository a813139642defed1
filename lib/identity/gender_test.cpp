#include "identity/identity.hpp"
#include "testing/testing.hpp"

namespace pruuv::identity {
namespace {

TEST_CASE("gender is f or m") {
  for (const std::string word : {"f", " F ", "Female", "WOMAN", "Mrs.", "ms", "Miss", "she"}) {
    INFO(word);
    CHECK(normalize_gender(word) == "f");
  }
  for (const std::string word : {"m", "\tM\n", "Male", "man", "Mr.", "he", "him"}) {
    INFO(word);
    CHECK(normalize_gender(word) == "m");
  }
}

TEST_CASE("a word that is neither gives nothing") {
  for (const std::string word :
       {"", " ", "non-binary", "x", "d", "she/her", "fm", "mf", "1", "w", "f\xff", "\xd0\xbc"}) {
    INFO(word);
    CHECK(!normalize_gender(word));
  }
}

TEST_CASE("a gender that was hashed before passes in lower case") {
  const std::string digest(64, 'A');
  CHECK(normalize_gender(digest) == std::string(64, 'a'));
}

}  // namespace
}  // namespace pruuv::identity
