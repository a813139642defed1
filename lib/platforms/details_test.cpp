#include "platforms/details.hpp"

#include <array>

#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

Details details_of(const std::string& extra) {
  FunnelEvent event;
  event.extra = extra;
  return Details(event);
}

bool only_warning(const std::vector<Warning>& warnings, std::string_view field) {
  return warnings.size() == 1 && warnings[0].field == field &&
         warnings[0].reason == Reason::detail_left_out;
}

TEST_CASE("an event without details, or with something else than an object, has none") {
  for (const std::string extra : {"", "[]", "5", "\"x\"", "{", "null"}) {
    INFO(extra);
    std::vector<Warning> warnings;
    const Details details = details_of(extra);
    CHECK(details.text("gender", warnings).empty());
    CHECK(details.texts("content_ids", warnings).empty());
    CHECK(details.contents(warnings).empty());
    CHECK(!details.integer("num_items", 0, 9, warnings));
    CHECK(!details.flag("opt_out"));
    CHECK(warnings.empty());
  }
}

TEST_CASE("texts and numbers are taken, structures are left out with a remark") {
  std::vector<Warning> warnings;
  const Details details = details_of(
      R"({"gender": " F ", "lead_id": 1234567890123456789, "a": null, "b": "", "num_items": "3",
          "content_ids": ["x", 5, " ", ["y"]], "locale": {"x": 1}, "opt_out": "Yes", "c": true})");
  CHECK(details.text("gender", warnings) == "F");
  CHECK(details.text("lead_id", warnings) == "1234567890123456789");
  CHECK(details.text("a", warnings).empty());
  CHECK(details.text("b", warnings).empty());
  CHECK(details.integer("num_items", 0, 9, warnings) == 3);
  CHECK(details.flag("opt_out"));
  CHECK(details.flag("c"));
  CHECK(warnings.empty());
  CHECK(details.texts("content_ids", warnings) == std::vector<std::string>{"x", "5"});
  CHECK(only_warning(warnings, "content_ids"));
  warnings.clear();
  CHECK(details.text("locale", warnings).empty());
  CHECK(only_warning(warnings, "locale"));
  warnings.clear();
  CHECK(!details.integer("num_items", 4, 9, warnings));
  CHECK(only_warning(warnings, "num_items"));
}

TEST_CASE("words are spelled as the platform spells them") {
  constexpr std::array<std::string_view, 2> choices = {"product", "product_group"};
  std::vector<Warning> warnings;
  CHECK(details_of(R"({"content_type": "Product_Group"})")
            .choice("content_type", choices, warnings) == "product_group");
  CHECK(warnings.empty());
  CHECK(
      details_of(R"({"content_type": "thing"})").choice("content_type", choices, warnings).empty());
  CHECK(only_warning(warnings, "content_type"));
}

TEST_CASE("amounts keep their digits") {
  std::vector<Warning> warnings;
  CHECK(details_of(R"({"predicted_ltv": 10.50})").amount("predicted_ltv", warnings) == "10.50");
  CHECK(warnings.empty());
  CHECK(details_of(R"({"predicted_ltv": -1})").amount("predicted_ltv", warnings).empty());
  CHECK(only_warning(warnings, "predicted_ltv"));
}

TEST_CASE("products: by either name, without an id left out, bad numbers left out") {
  std::vector<Warning> warnings;
  const auto items = details_of(R"({"contents": [
      {"id": "A", "quantity": 2, "price": 10.50, "name": "Apple", "brand": "B", "category": "C"},
      {"content_id": 7, "item_price": "3"}]})")
                         .contents(warnings);
  CHECK(warnings.empty());
  REQUIRE(items.size() == 2);
  CHECK(items[0].id == "A");
  CHECK(items[0].quantity == "2");
  CHECK(items[0].price == "10.50");
  CHECK(items[0].name == "Apple");
  CHECK(items[1].id == "7");
  CHECK(items[1].price == "3");
  CHECK(items[1].quantity.empty());
  const auto bad =
      details_of(R"({"contents": [{"price": 1}, {"id": "A", "quantity": 0, "price": "1,5"}, 5]})")
          .contents(warnings);
  REQUIRE(bad.size() == 1);
  CHECK(bad[0].quantity.empty());
  CHECK(bad[0].price.empty());
  CHECK(only_warning(warnings, "contents"));
}

}  // namespace
}  // namespace pruuv::platforms
