#include "platforms/meta/personal_text.hpp"

#include "testing/testing.hpp"

namespace pruuv::platforms::meta {
namespace {

FunnelEvent jane() {
  FunnelEvent event;
  event.email = " Jane.Roe@Shop.Example ";
  event.phone = "020 7031 3000";
  event.first_name = "Jane";
  event.last_name = "Römer";
  return event;
}

const Phone london = {"+442070313000", "", Reason::none};

TEST_CASE("any e-mail address is a contact, also as a URL writes it") {
  const FunnelEvent nobody;
  const PersonalText personal(nobody, Phone{});
  for (const std::string text : {"joe@mail.example", "to: joe@mail", "/thanks/joe%40mail.example",
                                 "jörg@mail.example", "a@b"}) {
    INFO(text);
    CHECK(personal.holds_contact(text));
    CHECK(!personal.holds_own_contact(text));
  }
  for (const std::string text :
       {"", "@shop", "tiktok.com/@shop", "dinner @ eight", "a@", "%40", "100 %"}) {
    INFO(text);
    CHECK(!personal.holds_contact(text));
  }
}

TEST_CASE("the event's own e-mail and phone are found in every spelling") {
  const FunnelEvent event = jane();
  const PersonalText personal(event, london);
  for (const std::string text :
       {"JANE.ROE@SHOP.EXAMPLE", "order of jane.roe@shop.example", "+44 20 7031 3000",
        "(020) 7031-3000", "call 2070313000 now", "A-00442070313000"}) {
    INFO(text);
    CHECK(personal.holds_own_contact(text));
    CHECK(personal.holds_contact(text));
  }
  for (const std::string text : {"", "7031 3000", "2070313x000", "Mozilla/5.0 (X11; Linux)"}) {
    INFO(text);
    CHECK(!personal.holds_own_contact(text));
  }
}

TEST_CASE("a phone that could not be read is looked for as it stands") {
  const FunnelEvent event = jane();
  CHECK(PersonalText(event, Phone{}).holds_own_contact("0207 031 3000"));
  FunnelEvent short_number;
  short_number.phone = "00123456";
  CHECK(!PersonalText(short_number, Phone{}).holds_own_contact("order 123456"));
}

TEST_CASE("a name is found as a word, in any case") {
  const FunnelEvent event = jane();
  const PersonalText personal(event, london);
  for (const std::string text : {"jane", "For JANE!", "RÖMER", "Frau Römer"}) {
    INFO(text);
    CHECK(personal.holds_person(text));
    CHECK(!personal.holds_contact(text));
  }
  for (const std::string text : {"", "Janet", "Römerberg", "trojane", "Rose bouquet"}) {
    INFO(text);
    CHECK(!personal.holds_person(text));
  }
}

TEST_CASE("a name of two letters, and what is a digest, are not looked for") {
  FunnelEvent event;
  event.first_name = "Li";
  event.last_name = std::string(64, 'a');
  event.email = std::string(64, 'b');
  event.phone = std::string(64, '1');
  const PersonalText personal(event, Phone{"", std::string(64, '1'), Reason::none});
  for (const std::string& text :
       {std::string("Li battery"), event.last_name, event.email, event.phone}) {
    INFO(text);
    CHECK(!personal.holds_person(text));
  }
}

}  // namespace
}  // namespace pruuv::platforms::meta
