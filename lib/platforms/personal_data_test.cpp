#include "platforms/personal_data.hpp"

#include <random>

#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

FunnelEvent jane() {
  FunnelEvent event;
  event.first_name = "Jane";
  event.last_name = "Müller";
  event.phone = "+44 20 7031 3000";
  return event;
}

bool names_jane(std::string_view text) { return Person(jane()).is_named_in(text); }

TEST_CASE("e-mail addresses") {
  for (const std::string text :
       {"jane@example.com", "order-jane@example.com-7", "Jane <jane@mail.example.co.uk>",
        "https://x.example/jane%40example.com/thanks", "x@y.z"}) {
    CAPTURE(text);
    CHECK(holds_email_address(text));
    CHECK(names_jane(text));
  }
  for (const std::string text : {"", "@", "a@", "@b.cc", "https://x.example/@shop.jane", "2@3.50",
                                 "a @ b.cc", "me@localhost", "a@.b"}) {
    CAPTURE(text);
    CHECK(!holds_email_address(text));
  }
}

TEST_CASE("the person's own phone number, in whatever spelling") {
  for (const std::string text :
       {"442070313000", "020 7031 3000", "A-7031.3000", "call (020) 7031-3000 now"}) {
    CAPTURE(text);
    CHECK(names_jane(text));
  }
  CHECK(!names_jane("442070313001"));
  CHECK(!names_jane("7031x3000"));
  FunnelEvent event;
  CHECK(!Person(event).is_named_in("442070313000"));
  event.phone = "123456";
  CHECK(!Person(event).is_named_in("123456"));
  event.phone = "1234567";
  CHECK(Person(event).is_named_in("1234567"));
  event.phone = std::string(56, 'a') + "12345678";
  CHECK(!Person(event).is_named_in("12345678"));
}

TEST_CASE("both names as words, one alone is a word like any other") {
  CHECK(names_jane("jane müller"));
  CHECK(names_jane("Müller, JANE: shoes"));
  CHECK(!names_jane("Jane shoes"));
  CHECK(!names_jane("Janet Müller"));
  CHECK(!names_jane("jane müllers"));
  FunnelEvent event = jane();
  event.last_name = " ";
  CHECK(!Person(event).is_named_in("jane"));
}

TEST_CASE("a field that names the person is left out with a remark") {
  std::vector<Warning> warnings;
  CHECK(sendable_plain_text(" A-1 ", "order_id", Person(jane()), warnings) == "A-1");
  CHECK(warnings.empty());
  CHECK(sendable_plain_text("jane@example.com", "order_id", Person(jane()), warnings).empty());
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].field == "order_id");
  CHECK(warnings[0].reason == Reason::personal_data_left_out);
}

// The long way: every separator taken out, then the digits looked for.
bool holds_phone(std::string_view text, std::string_view digits) {
  std::string joined;
  for (const char c : text) {
    if (std::string_view("+-. ()/").find(c) == std::string_view::npos) joined += c;
  }
  return joined.find(digits) != std::string::npos;
}

TEST_CASE("a phone number is found wherever it would be without its separators") {
  constexpr std::string_view letters = "1121+-. ()/x";
  std::mt19937 random(17);
  int found = 0;
  for (int round = 0; round < 100'000; ++round) {
    FunnelEvent event;
    for (int i = 0; i < 8; ++i) event.phone += random() % 3 == 0 ? '2' : '1';
    std::string text(random() % 40, ' ');
    for (char& c : text) c = letters[random() % letters.size()];
    const bool expected = holds_phone(text, event.phone);
    found += expected ? 1 : 0;
    INFO(text << " | " << event.phone);
    REQUIRE(Person(event).is_named_in(text) == expected);
  }
  CHECK(found > 100);
}

TEST_CASE("nobody is named by e-mail addresses alone") {
  CHECK(Person().is_named_in("jane@example.com"));
  CHECK(!Person().is_named_in("Jane Miller, 020 7031 3000"));
}

}  // namespace
}  // namespace pruuv::platforms
