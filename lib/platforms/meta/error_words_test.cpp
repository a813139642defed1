#include "platforms/meta/error_words.hpp"

#include "base/json.hpp"
#include "platforms/testing/golden.hpp"

namespace pruuv::platforms::meta {
namespace {

TEST_CASE(
    "a subcode has words of its own, an unknown one those of its code, an unknown code none") {
  CHECK(error_words(190, 463) == "the token has expired");
  CHECK(error_words(190, 1) == error_words(190, std::nullopt));
  CHECK(error_words(250, std::nullopt) == error_words(200, 1));
  CHECK(error_words(100, std::nullopt).empty());
  CHECK(error_words(100, 2804000).empty());
  CHECK(error_words(987654, std::nullopt).empty());
  CHECK(error_words(300, std::nullopt).empty());
}

TEST_CASE("every recorded code and subcode that is known has words") {
  std::size_t seen = 0;
  for (const std::string& name : testing::json_files_in("responses/meta")) {
    if (name.find("unknown") != std::string::npos && name[0] == 'c') continue;
    const auto document = json::parse(testing::read_testdata("responses/meta/" + name + ".json"));
    REQUIRE(document);
    const json::Value error = document->root()["body"]["error"];
    const auto code = error["code"].integer();
    const auto subcode = error["error_subcode"].integer();
    if (!code || (code == 100 && !subcode)) continue;
    INFO(name);
    const std::string_view words = error_words(*code, subcode);
    REQUIRE(!words.empty());
    CHECK(words.back() != '.');
    ++seen;
  }
  CHECK(seen >= 70);
}

}  // namespace
}  // namespace pruuv::platforms::meta
