#include "secrets/secret_text.hpp"

#include "testing/testing.hpp"

namespace pruuv::secrets {
namespace {

Error refused(const std::string& text) {
  const auto taken = take_secret(Secret(text), "read it");
  REQUIRE_FALSE(taken);
  CHECK(taken.error().message.find("EAAB") == std::string::npos);
  CHECK(taken.error().kind == ErrorKind::config);
  return taken.error();
}

}  // namespace

TEST_CASE("a secret is what stands between the white space") {
  CHECK(take_secret(Secret(" \tEAAB token\r\n"), "").value().reveal() == "EAAB token");
  CHECK(take_secret(Secret("{\r\n\t\"a\": 1\n}\n"), "").value().reveal() == "{\r\n\t\"a\": 1\n}");
}

TEST_CASE("nothing, and control characters inside, are refused") {
  CHECK(refused("").message == "read it: there is nothing in it");
  CHECK(refused(" \n").message == "read it: there is nothing in it");
  for (const std::string inside : {"\x1b[2J", "\x7f", "\b", "\x01"}) {
    CHECK(refused("EAAB" + inside + "x").message == "read it: it holds a control character");
  }
  CHECK(refused(std::string("EAAB\0x", 6)).message == "read it: it holds a control character");
}

}  // namespace pruuv::secrets
