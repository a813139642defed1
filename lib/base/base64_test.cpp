#include "base/base64.hpp"

#include "testing/testing.hpp"

namespace pruuv {
namespace {

// RFC 4648, section 10.
TEST_CASE("base64 of the RFC's own vectors, with and without padding") {
  struct Row {
    std::string_view bytes;
    std::string_view base64;
    std::string_view base64url;
  };
  for (const Row& row :
       {Row{"", "", ""}, Row{"f", "Zg==", "Zg"}, Row{"fo", "Zm8=", "Zm8"},
        Row{"foo", "Zm9v", "Zm9v"}, Row{"foob", "Zm9vYg==", "Zm9vYg"},
        Row{"fooba", "Zm9vYmE=", "Zm9vYmE"}, Row{"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        Row{"\xfb\xff\xbe", "+/++", "-_--"}, Row{std::string_view("\0\0", 2), "AAA=", "AAA"}}) {
    INFO(row.base64);
    CHECK(to_base64(row.bytes) == row.base64);
    CHECK(to_base64url(row.bytes) == row.base64url);
    CHECK(from_base64(row.base64) == std::string(row.bytes));
  }
}

TEST_CASE("only what to_base64 writes is read") {
  for (const std::string_view wrong :
       {"Z", "Zg", "Zg=", "Zg===", "====", "===", "Zh==", "Zm9=", "Zm8=Zm8=", "Zm9v\n", " Zm9v",
        "-_--", "Zm 9", "Zm9v====", "=Zm9", "\xffm9v"}) {
    INFO(wrong);
    CHECK_FALSE(from_base64(wrong));
  }
}

}  // namespace
}  // namespace pruuv
