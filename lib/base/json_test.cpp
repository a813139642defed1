#include "base/json.hpp"

#include <memory>
#include <random>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "base/text.hpp"
#include "testing/testing.hpp"

namespace pruuv::json {
namespace {

Document parsed(std::string_view text, Numbers numbers = Numbers::as_numbers) {
  auto document = parse(text, numbers);
  REQUIRE(document.has_value());
  return std::move(document).value();
}

std::string nested(int levels) {
  return std::string(static_cast<std::size_t>(levels), '[') +
         std::string(static_cast<std::size_t>(levels), ']');
}

TEST_CASE("members, items and what they hold") {
  const Document document =
      parsed(R"({"s":"text","i":-7,"b":true,"n":null,"a":[1,"2",[]],"o":{"k":"v"},"d":1.5})");
  const Value root = document.root();
  CHECK(root.is_object());
  CHECK(root["s"].text() == "text");
  CHECK(root["i"].integer() == -7);
  CHECK(root["b"].boolean() == true);
  CHECK(root["o"]["k"].text() == "v");
  CHECK(root["a"].items().size() == 3);
  CHECK(root["a"].items()[1].text() == "2");
  CHECK(root["a"].items()[1].integer() == 2);
  CHECK(root["d"].is_number());
  CHECK(root.members().size() == 7);
  CHECK(root.members()[0].first == "s");
  CHECK(root.members()[6].first == "d");
}

TEST_CASE("asking for another type, or for what is absent, gives nothing") {
  const Document document = parsed(R"({"s":"text","n":null,"d":1.5,"big":18446744073709551615})");
  const Value root = document.root();
  CHECK_FALSE(root["absent"].exists());
  CHECK_FALSE(root["n"].exists());
  CHECK_FALSE(root["s"].integer().has_value());
  CHECK_FALSE(root["s"].boolean().has_value());
  CHECK_FALSE(root["d"].text().has_value());
  CHECK_FALSE(root["d"].integer().has_value());
  CHECK_FALSE(root["big"].integer().has_value());
  CHECK_FALSE(root["s"]["k"]["l"].exists());
  CHECK(root["s"].items().empty());
  CHECK(root["s"].members().empty());
  CHECK_FALSE(Value()["k"].exists());
  CHECK_FALSE(root[std::string_view()].exists());
  CHECK(Value().dump() == "null");
}

TEST_CASE("text keeps NUL and everything Unicode") {
  const Document document = parsed(R"({"t":"a\u0000b\u00e9\ud83d\ude00\/\n"})");
  CHECK(document.root()["t"].text() == std::string_view("a\0b\u00E9\U0001F600/\n", 11));
}

TEST_CASE("numbers as text keep their digits") {
  const Document document = parsed(
      R"({"a":10.50,"b":0.10,"c":-0,"d":1e5,"e":1.0E+2,"f":12345678901234567890.123456789,"g":[7],"h":1e308})",
      Numbers::as_text);
  const Value root = document.root();
  CHECK(root["a"].text() == "10.50");
  CHECK(root["b"].text() == "0.10");
  CHECK(root["c"].text() == "-0");
  CHECK(root["d"].text() == "1e5");
  CHECK(root["e"].text() == "1.0E+2");
  CHECK(root["f"].text() == "12345678901234567890.123456789");
  CHECK(root["g"].items()[0].integer() == 7);
  CHECK(root["h"].text() == "1e308");
  CHECK_FALSE(root["a"].is_number());
}

TEST_CASE("a number that no double can hold is refused even as text") {
  CHECK_FALSE(parse("[1e309]", Numbers::as_text).has_value());
}

TEST_CASE("what is no JSON is refused") {
  for (const char* text :
       {"",    " ",      "{",       "[1,]",    "{\"a\":1,}", "{a:1}",  "'a'",      "{\"a\":1} x",
        "nul", "01",     "1.",      ".5",      "+1",         "NaN",    "Infinity", "[1] [2]",
        "\"a", "\"\t\"", "// c\n1", "\"\\x\"", "]",          "{\"a\"}"}) {
    INFO(text);
    CHECK_FALSE(parse(text).has_value());
    CHECK_FALSE(parse(text, Numbers::as_text).has_value());
  }
}

TEST_CASE("text that is no UTF-8 is refused") {
  for (const char* text : {"\"\xFF\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"", "\"\xC3\"",
                           "\"\\ud800\"", "\"\\ud800x\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
                           "\"\\ud83d\\ude00\\ude00\"", "\"\\uDFFF\"", "\"\\\\\\udc00\""}) {
    INFO(printable(text));
    CHECK_FALSE(parse(text).has_value());
  }
}

TEST_CASE("an escaped backslash before u is no escape of a character") {
  CHECK(parsed(R"(["\\\\udc00"])").root().items()[0].text() == "\\\\udc00");
  CHECK(parsed(R"(["\\udc00"])").root().items()[0].text() == "\\udc00");
}

TEST_CASE("a byte order mark in front is skipped") {
  CHECK(parsed("\uFEFF{\"a\":1}").root()["a"].integer() == 1);
}

TEST_CASE("depth is limited, whatever brackets stand inside strings") {
  CHECK(parse(nested(32)).has_value());
  CHECK_FALSE(parse(nested(33)).has_value());
  CHECK_FALSE(parse(nested(1'000'000)).has_value());
  CHECK(parse("\"" + std::string(100, '[') + "\"").has_value());
  CHECK(parse(R"({"a\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[":1})").has_value());
  CHECK_FALSE(parse("[[1]]", Numbers::as_numbers, {.depth_max = 1}).has_value());
  CHECK(parse("[[],[],[]]", Numbers::as_numbers, {.depth_max = 2}).has_value());
}

TEST_CASE("size is limited") {
  CHECK(parse("[1,2]", Numbers::as_numbers, {.bytes_max = 5}).has_value());
  CHECK_FALSE(parse("[1,2]", Numbers::as_numbers, {.bytes_max = 4}).has_value());
}

TEST_CASE("an error says where, never what stood there") {
  const auto broken = parse(R"({"token":"secret-value" oops})");
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().kind == ErrorKind::config);
  CHECK(broken.error().message.find("secret") == std::string::npos);
  CHECK(broken.error().message.find("oops") == std::string::npos);
  CHECK(broken.error().message.find("at byte 24") != std::string::npos);
  CHECK(broken.error().message.find('.') == std::string::npos);
}

TEST_CASE("a value outlives the move of its document") {
  Document first = parsed(R"({"a":"b"})");
  const Document second = std::move(first);
  CHECK(second.root()["a"].text() == "b");
}

TEST_CASE("dump gives the JSON back, compact") {
  CHECK(parsed(" { \"a\" : [ 1 , \"x\\n\" ] , \"b\" : null } ").root().dump() ==
        R"({"a":[1,"x\n"],"b":null})");
}

TEST_CASE("the writer writes in the order of the calls and leaves out what is empty") {
  Writer writer;
  writer.begin_object();
  writer.member("z", "1");
  writer.member("absent", "");
  writer.member_raw("value", "10.50");
  writer.member_raw("nothing", "");
  writer.member_integer("n", INT64_MIN);
  writer.member_boolean("b", false);
  writer.key("list");
  writer.begin_array();
  writer.text("");
  writer.null();
  writer.raw(R"({"k":1})");
  writer.end_array();
  writer.end_object();
  CHECK(writer.view() ==
        R"({"z":"1","value":10.50,"n":-9223372036854775808,"b":false,"list":["",null,{"k":1}]})");
}

TEST_CASE("the writer escapes what JSON demands") {
  Writer writer;
  writer.text(std::string_view("\"\\\n\0\x1F\u00E9/", 8));
  CHECK(writer.view() == R"("\"\\\n\u0000\u001F)"
                         "\u00E9/\"");
}

TEST_CASE("a document stands by itself, wherever it is moved") {
  for (const std::string mark : {"", "\xEF\xBB\xBF"}) {
    auto text = std::make_unique<std::string>(mark + R"({"a":"b\u00e9","n":-1.50,"l":["x","y"]})");
    auto document = parsed(*text, Numbers::as_text);
    text->assign(text->size(), '#');
    text.reset();
    auto other = parsed(R"({"a":"something else"})");
    other = std::move(document);
    const auto moved = std::move(other);
    CHECK(moved.root()["a"].text() == "b\u00e9");
    CHECK(moved.root()["n"].text() == "-1.50");
    CHECK(moved.root().dump() == "{\"a\":\"b\u00e9\",\"n\":\"-1.50\",\"l\":[\"x\",\"y\"]}");
  }
}

TEST_CASE("what is no JSON is told the same way, plain or not") {
  const auto refusal = [](std::string_view text) {
    const auto document = parse(text);
    return document ? std::string("taken") : document.error().message;
  };
  CHECK(refusal("{\"a\":1,}") == "parse JSON: missing a name for object member (at byte 7)");
  CHECK(refusal("{\"\xC3\xA9\":1,}") == "parse JSON: missing a name for object member (at byte 8)");
  CHECK(refusal("{\"a\":\"\xC3\"}") == "parse JSON: invalid encoding in string (at byte 6)");
  CHECK(refusal("{\"a\":\"\x1A\"}") ==
        "parse JSON: invalid escape character in string (at byte 6)");
  CHECK(refusal("[1] x") ==
        "parse JSON: the document root must not be followed by other values (at byte 4)");
  CHECK(refusal("{}{") ==
        "parse JSON: the document root must not be followed by other values (at byte 2)");
}

TEST_CASE("a writer can be used again") {
  Writer writer;
  writer.begin_array();
  writer.end_array();
  writer.reset();
  writer.text("b");
  CHECK(writer.str() == R"("b")");
  CHECK(writer.take() == R"("b")");
  CHECK(writer.view().empty());
  writer.integer(1);
  CHECK(writer.take() == "1");
}

// The library's own writer says what a text must look like.
TEST_CASE("the writer writes any text as RapidJSON does") {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 40, 'x');
    const bool is_any_byte = round % 2 == 0;
    for (char& c : text) c = static_cast<char>(is_any_byte ? random() % 256 : ' ' + random() % 95);
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> theirs(buffer);
    theirs.StartObject();
    theirs.Key(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    theirs.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    theirs.EndObject();
    Writer ours;
    ours.begin_object();
    ours.key(text);
    ours.text(text);
    ours.end_object();
    REQUIRE(ours.view() == std::string_view(buffer.GetString(), buffer.GetSize()));
  }
}

TEST_CASE("the writer sets commas between values and nowhere else") {
  Writer writer;
  writer.begin_array();
  writer.begin_object();
  writer.end_object();
  writer.begin_array();
  writer.end_array();
  writer.begin_object();
  writer.key("a");
  writer.begin_object();
  writer.end_object();
  writer.key("b");
  writer.begin_array();
  writer.integer(0);
  writer.boolean(true);
  writer.null();
  writer.end_array();
  writer.member("c", "d");
  writer.end_object();
  writer.raw("1.0");
  writer.end_array();
  CHECK(writer.view() == R"([{},[],{"a":{},"b":[0,true,null],"c":"d"},1.0])");
}

TEST_CASE("pretty keeps order, digits and characters") {
  CHECK(pretty(R"({"b":10.50,"a":[1e5,"\u00e9\u0000"],"e":{},"f":[],"t":[true,null]})") ==
        "{\n  \"b\": 10.50,\n  \"a\": [\n    1e5,\n    \"\u00E9\\u0000\"\n  ],\n  \"e\": {},\n  "
        "\"f\": [],\n"
        "  \"t\": [\n    true,\n    null\n  ]\n}");
  CHECK(pretty("no json") == "no json");
}

}  // namespace
}  // namespace pruuv::json
