#include "platforms/event_name.hpp"

#include <array>
#include <random>

#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

constexpr std::array<EventWord, 1> words = {{{"checkout", "PlaceAnOrder"}}};
constexpr std::array<std::string_view, 4> standard = {"AddToCart", "Lead", "Purchase", "Schedule"};

std::optional<std::string> name_of(const std::string& event_name,
                                   const std::map<std::string, std::string>& mapped = {}) {
  FunnelEvent event;
  event.event_name = event_name;
  Connection connection;
  connection.event_names = mapped;
  return platform_event_name(event.event_name, Person(event), connection, words, standard);
}

TEST_CASE("event names") {
  CHECK(name_of("lead") == "Lead");
  CHECK(name_of("PURCHASE") == "Purchase");
  CHECK(name_of(" Booking ") == "Schedule");
  CHECK(name_of(" demo_requested ") == "demo_requested");
  CHECK(name_of("checkout") == "PlaceAnOrder");
}

TEST_CASE("names are compared without regard to case and to what stands between words") {
  for (const std::string name : {"add_to_cart", "Add To Cart", "ADD-TO-CART", "addToCart"}) {
    CHECK(name_of(name) == "AddToCart");
  }
  CHECK(name_of("Form-Submit") == "Lead");
  CHECK(name_of("form.submit") == "form.submit");
}

TEST_CASE("a word for an event the platform does not have stays as it is written") {
  CHECK(name_of("Sign-Up") == "Sign-Up");
  CHECK(name_of("file_download") == "file_download");
}

TEST_CASE("the connection's mapping wins, by the exact funnel name and as it is written there") {
  CHECK(name_of("lead", {{"lead", "SubmitForm"}}) == "SubmitForm");
  CHECK(name_of("lead", {{"lead", " purchase "}}) == "purchase");
  CHECK(name_of("lead", {{"Lead", "SubmitForm"}}) == "Lead");
}

TEST_CASE("names that cannot be sent") {
  CHECK(!name_of("  "));
  CHECK(!name_of("caf\xe9"));
  CHECK(!name_of("signup jane@example.com"));
  CHECK(!name_of("lead", {{"lead", " "}}));
  CHECK(name_of(std::string(50, 'x')));
  CHECK(!name_of(std::string(51, 'x')));
  std::string umlauts;
  for (int i = 0; i < 50; ++i) umlauts += "\xc3\xa4";
  CHECK(name_of(umlauts) == umlauts);
  CHECK(!name_of(umlauts + "x"));
}

TEST_CASE("a standard name is found exactly where both are equal when squashed") {
  constexpr std::string_view letters = "aAdDtToOcCrR -_";
  std::mt19937 random(19);
  int found = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string name = "a" + std::string(random() % 12, 'x');
    // Half of them are the name itself with a letter or a separator put in.
    if (random() % 2 == 0) name = "add_to-Cart";
    for (char& c : name) {
      if (c == 'x' || random() % 24 == 0) c = letters[random() % letters.size()];
    }
    const bool is_same = squashed_event_name(name) == "addtocart";
    found += is_same ? 1 : 0;
    INFO(name);
    REQUIRE((name_of(name) == "AddToCart") == is_same);
  }
  CHECK(found > 1'000);
  CHECK(name_of("leads") == "leads");
  CHECK(name_of("lea") == "lea");
}

}  // namespace
}  // namespace pruuv::platforms
