#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <random>

#include "testing/testing.hpp"

namespace pruuv {
namespace {

TEST_CASE("trim takes JavaScript's white space off both ends") {
  CHECK(trim("  a b\t\n") == "a b");
  CHECK(trim("\u00A0\u1680\u2000\u200A\u2028\u2029\u202F\u205F\u3000\uFEFFx\u3000\uFEFF\u00A0") ==
        "x");
  CHECK(trim("\t\n\v\f\r x") == "x");
  CHECK(trim("\u200Bx\u200B") == "\u200Bx\u200B");
  CHECK(trim("\u0085x") == "\u0085x");
  CHECK(trim("   ").empty());
  CHECK(trim("").empty());
  CHECK(trim("\u3000").empty());
}

TEST_CASE("trim leaves broken UTF-8 where it is") {
  CHECK(trim(" \x80 ") == "\x80");
  CHECK(trim("a\xC2") == "a\xC2");
  CHECK(trim("\xA0 a") == "\xA0 a");
  CHECK(trim("a\u3000\x80") == "a\u3000\x80");
  CHECK(trim("\x80\x80\x80") == "\x80\x80\x80");
}

TEST_CASE("without_white_space takes it out everywhere") {
  CHECK(without_white_space(" a\u00A0b\tc\u3000") == "abc");
  CHECK(without_white_space("a\xFF b") ==
        "a\xFF"
        "b");
  CHECK(without_white_space("").empty());
}

TEST_CASE("ASCII letter case leaves other letters alone") {
  CHECK(ascii_lower("AZaz09\u00C9[") == "azaz09\u00C9[");
  CHECK(ascii_upper("AZaz09\u00E9{") == "AZAZ09\u00E9{");
  CHECK(equal_ignoring_ascii_case("GranTed", "grANted"));
  CHECK_FALSE(equal_ignoring_ascii_case("abc", "abcd"));
  CHECK_FALSE(equal_ignoring_ascii_case("a[", "a{"));
  CHECK(equal_ignoring_ascii_case("", ""));
}

TEST_CASE("is_all_digits wants at least one, and ASCII only") {
  CHECK(is_all_digits("0123456789"));
  CHECK_FALSE(is_all_digits(""));
  CHECK_FALSE(is_all_digits("12a"));
  CHECK_FALSE(is_all_digits("-1"));
  CHECK_FALSE(is_all_digits("\uFF11"));
}

TEST_CASE("is_sha256_hex wants 64 hexadecimal digits") {
  const std::string digest(64, 'a');
  CHECK(is_sha256_hex(digest));
  CHECK(is_sha256_hex(std::string(32, 'F') + std::string(32, '0')));
  CHECK_FALSE(is_sha256_hex(digest.substr(1)));
  CHECK_FALSE(is_sha256_hex(digest + "a"));
  CHECK_FALSE(is_sha256_hex(digest.substr(1) + "g"));
  CHECK_FALSE(is_sha256_hex(""));
}

TEST_CASE("parse_int64 reads whole numbers only") {
  CHECK(parse_int64("0") == 0);
  CHECK(parse_int64("-12") == -12);
  CHECK(parse_int64("9223372036854775807") == INT64_MAX);
  CHECK(parse_int64("-9223372036854775808") == INT64_MIN);
  for (const char* text :
       {"", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "9223372036854775808", "abc"}) {
    INFO(text);
    CHECK_FALSE(parse_int64(text).has_value());
  }
  CHECK_FALSE(parse_int64(std::string_view()).has_value());
}

TEST_CASE("UTF-8 is checked strictly") {
  CHECK(is_valid_utf8(""));
  CHECK(is_valid_utf8("a\u00E9\u20AC\U0001F600"));
  CHECK(is_valid_utf8("\U0010FFFF"));
  for (const char* text :
       {"\x80", "\xC0\xAF", "\xC1\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xE2\x28\xA1"}) {
    INFO(printable(text));
    CHECK_FALSE(is_valid_utf8(text));
  }
}

TEST_CASE("take_code_point takes one character, or one byte of nonsense") {
  std::string_view text = "\u20AC\xFFz";
  CHECK(take_code_point(text) == char32_t{0x20AC});
  CHECK_FALSE(take_code_point(text).has_value());
  CHECK(take_code_point(text) == U'z');
  CHECK(text.empty());
}

TEST_CASE("append_utf8 is the inverse of take_code_point") {
  for (const char32_t c : {U'\0', U'a', U'\x7F', U'\x80', char32_t{0x7FF}, char32_t{0x800},
                           char32_t{0xFFFF}, char32_t{0x10000}, char32_t{0x10FFFF}}) {
    std::string out;
    append_utf8(out, c);
    std::string_view text = out;
    CHECK(take_code_point(text) == c);
    CHECK(text.empty());
  }
}

TEST_CASE("printable shows what would steer a terminal or break a line") {
  CHECK(printable("caf\u00E9 1") == "caf\u00E9 1");
  CHECK(printable("a\x1B[2Jb") == "a\\u{1b}[2Jb");
  CHECK(printable("a\nb\t\x7F") == "a\\u{a}b\\u{9}\\u{7f}");
  CHECK(printable("\u0085\u009B") == "\\u{85}\\u{9b}");
  CHECK(printable("\u2028\u2029\u202E\u2066\u200F\uFEFF") ==
        "\\u{2028}\\u{2029}\\u{202e}\\u{2066}\\u{200f}\\u{feff}");
  CHECK(printable("\xFF\xC3") == "\\xff\\xc3");
  CHECK(printable(std::string_view("\0", 1)) == "\\u{0}");
}

TEST_CASE("cut keeps characters whole and says that it cut") {
  CHECK(cut("abc", 3) == "abc");
  CHECK(cut("abcd", 3) == "abc...");
  CHECK(cut("a\u20AC", 4) == "a\u20AC");
  CHECK(cut("a\u20ACb", 4) == "a\u20AC...");
  CHECK(cut("a\u20ACb", 3) == "a...");
  CHECK(cut("a\u20ACb", 2) == "a...");
  CHECK(cut("abc", 0) == "...");
}

TEST_CASE("split keeps empty parts") {
  using Parts = std::vector<std::string_view>;
  CHECK(split("a.b.c", '.') == Parts{"a", "b", "c"});
  CHECK(split(".a.", '.') == Parts{"", "a", ""});
  CHECK(split("", '.') == Parts{""});
  CHECK(split("abc", '.') == Parts{"abc"});
}

TEST_CASE("split_into gives what fits and says how much there is") {
  std::mt19937 random(13);
  for (int round = 0; round < 5'000; ++round) {
    std::string text(random() % 8, 'x');
    for (char& c : text) c = random() % 3 == 0 ? '.' : 'a';
    const auto all = split(text, '.');
    std::array<std::string_view, 3> parts;
    REQUIRE(split_into(parts, text, '.') == all.size());
    for (std::size_t i = 0; i < std::min(parts.size(), all.size()); ++i)
      REQUIRE(parts.at(i) == all[i]);
  }
}

// Pieces that texts are made of at their worst: white space of all kinds, broken UTF-8, letters.
std::string any_text(std::mt19937& random) {
  constexpr std::array<std::string_view, 26> pieces = {
      " ",          "\t",     "\n",     "\v",   "\r",   "\u00A0",       "\u1680", "\u2028",
      "\u3000",     "\uFEFF", "\u200B", "a",    "Z",    "09",           "~",      "!",
      "\x7F",       "\x1F",   "\u00E9", "\x80", "\xC3", "\xED\xA0\x80", "\xFF",   "\xF0\x9F\x98",
      "\U0001F600", "plain"};
  std::string text;
  for (auto left = random() % 10; left > 0; --left) text += pieces.at(random() % pieces.size());
  return text;
}

// As is_valid_utf8() and without_white_space() are without a short way for ASCII.
bool decodes(std::string_view text) {
  while (!text.empty()) {
    if (!take_code_point(text)) return false;
  }
  return true;
}
std::string without_white_space_by_character(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view before = text;
    (void)take_code_point(text);
    const std::string_view character = before.substr(0, before.size() - text.size());
    if (!trim_by_character(character).empty()) out += character;
  }
  return out;
}

TEST_CASE("the short ways for ASCII give what decoding every character gives") {
  std::mt19937 random(11);
  std::size_t valid = 0;
  for (int round = 0; round < 50'000; ++round) {
    const std::string text = any_text(random);
    REQUIRE(trim(text) == trim_by_character(text));
    REQUIRE(is_valid_utf8(text) == decodes(text));
    REQUIRE(without_white_space(text) == without_white_space_by_character(text));
    valid += is_valid_utf8(text) ? 1U : 0U;
  }
  CHECK(valid > 5'000);
  CHECK(valid < 45'000);
}

TEST_CASE("what counts as ASCII, and as visible") {
  std::mt19937 random(12);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 40, 'x');
    if (!text.empty()) text.at(random() % text.size()) = static_cast<char>(random() % 256);
    REQUIRE(is_ascii(text) ==
            std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    REQUIRE(is_all_visible_ascii(text) == std::ranges::all_of(text, is_visible_ascii));
  }
  CHECK(is_visible_ascii('!'));
  CHECK(is_visible_ascii('~'));
  CHECK_FALSE(is_visible_ascii(' '));
  CHECK_FALSE(is_visible_ascii('\x7F'));
  CHECK_FALSE(is_visible_ascii('\x80'));
}

}  // namespace
}  // namespace pruuv
