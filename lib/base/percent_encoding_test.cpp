#include "base/percent_encoding.hpp"

#include <catch2/catch.hpp>

namespace pruuv {

TEST_CASE("letters, digits and -._~ stand for themselves, every other byte is written out") {
  CHECK(percent_encoded("aZ09-._~").size() == 8);
  CHECK(percent_encoded("a b/c+%") == "a%20b%2Fc%2B%25");
  CHECK(percent_encoded("\xC3\xBC\n") == "%C3%BC%0A");
  CHECK(percent_encoded("").empty());
}

}  // namespace pruuv
