#include "base/nearest_word.hpp"

#include <string>
#include <utility>
#include <vector>

#include "testing/testing.hpp"

namespace pruuv {
namespace {

const std::vector<std::string> words = {"request-timeout", "store", "send", "set", "deadline"};

}  // namespace

TEST_CASE("the word that was meant") {
  const std::vector<std::pair<std::string, std::string>> meant = {
      {"request-timeuot", "request-timeout"},   // swapped
      {"request_timeout", "request-timeout"},   // other
      {"requesttimeout", "request-timeout"},    // less
      {"requests-timeout", "request-timeout"},  // more
      {"STORE", "store"},
      {"stroe", "store"},
      {"sedn", "send"},
      {"snd", "send"},
      {"sett", "set"},
      {"store", "store"}};
  for (const auto& [typed, word] : meant) CHECK(nearest_word(typed, words) == word);
}

TEST_CASE("no word is made up") {
  for (const std::string typed : {"", "x", "token", "sd", "timeout", "tsroe-x"}) {
    INFO(typed);
    CHECK(nearest_word(typed, words).empty());
  }
  CHECK(nearest_word(std::string(1000, 'a'), words).empty());
  CHECK(nearest_word("store", {}).empty());
}

TEST_CASE("as a question") {
  CHECK(did_you_mean("stroe", words, "--") == "did you mean --store?");
  CHECK(did_you_mean("zzz", words).empty());
}

}  // namespace pruuv
