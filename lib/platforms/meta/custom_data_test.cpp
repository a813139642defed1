#include "platforms/meta/custom_data.hpp"

#include "platforms/meta/details_fixture.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::meta {
namespace {

struct Read {
  std::string json;  // of {"custom_data": ...}, or {}
  std::vector<Warning> warnings;
};

Read read(FunnelEvent event, std::string_view event_name, const Money& money = {}) {
  Read out;
  const CustomData data =
      read_custom_data(event, event_name, money, Details(event), Person(event), out.warnings);
  json::Writer writer;
  writer.begin_object();
  write_custom_data(writer, data);
  writer.end_object();
  out.json = writer.str();
  return out;
}

Read read_extra(const std::string& extra, std::string_view event_name = "Lead",
                const Money& money = {}) {
  return read(event_with_extra(extra), event_name, money);
}

Money in_euro(const std::string& value) {
  Money money;
  money.value = value;
  money.currency = "EUR";
  return money;
}

TEST_CASE("nothing to say is no custom_data, and a currency alone is nothing") {
  CHECK(read_extra("{}").json == "{}");
  CHECK(read_extra("{}", "Lead", in_euro("")).json == "{}");
  CHECK(read_extra(R"({"content_name": " ", "contents": [], "content_ids": []})").json == "{}");
}

TEST_CASE("products go with every member Meta knows, and no other") {
  const Read out = read_extra(R"({"contents": [
      {"id": "A", "quantity": 2, "price": 10.50, "name": "Apple", "brand": "B", "category": "C",
       "delivery_category": "curbside", "colour": "red"},
      {"id": 7, "item_price": "3", "title": "Seven"}]})");
  CHECK(out.json ==
        R"({"custom_data":{"contents":[{"id":"A","quantity":2,"item_price":10.50,"title":"Apple",)"
        R"("brand":"B","category":"C","delivery_category":"curbside"},)"
        R"({"id":"7","item_price":3,"title":"Seven"}]}})");
  CHECK(out.warnings.empty());
}

TEST_CASE("a product's delivery that is none is left out, the product stays") {
  const Read out = read_extra(R"({"contents": [{"id": "A", "delivery_category": "drone"}]})");
  CHECK(out.json == R"({"custom_data":{"contents":[{"id":"A"}]}})");
  CHECK(warns(out.warnings, "contents", Reason::detail_left_out));
}

TEST_CASE("products by id, and what describes them") {
  const Read out = read_extra(
      R"({"content_ids": ["A", 7], "content_type": "Product_Group", "content_name": "Shoes",
          "content_category": "Sale", "delivery_category": "IN_STORE", "item_number": 3})");
  CHECK(out.json ==
        R"({"custom_data":{"content_ids":["A","7"],"content_type":"product_group",)"
        R"("content_name":"Shoes","content_category":"Sale","delivery_category":"in_store",)"
        R"("item_number":"3"}})");
  CHECK(out.warnings.empty());
  const Read bad = read_extra(R"({"content_type": "thing", "delivery_category": "drone"})");
  CHECK(bad.json == "{}");
  CHECK(warns(bad.warnings, "content_type", Reason::detail_left_out));
  CHECK(warns(bad.warnings, "delivery_category", Reason::detail_left_out));
}

TEST_CASE("what belongs to one standard event is not sent with another") {
  const std::string extra = R"({"num_items": 3, "search_string": "shoes", "status": "done"})";
  CHECK(read_extra(extra, "InitiateCheckout").json == R"({"custom_data":{"num_items":3}})");
  CHECK(read_extra(extra, "Search").json == R"({"custom_data":{"search_string":"shoes"}})");
  CHECK(read_extra(extra, "CompleteRegistration").json == R"({"custom_data":{"status":"done"}})");
  CHECK(read_extra(extra, "Lead").json == "{}");
  CHECK(read_extra(extra, "Lead").warnings.empty());
  CHECK(read_extra(R"({"status": true})", "CompleteRegistration").json ==
        R"({"custom_data":{"status":"true"}})");
  const Read bad = read_extra(R"({"num_items": 0})", "InitiateCheckout");
  CHECK(bad.json == "{}");
  CHECK(warns(bad.warnings, "num_items", Reason::detail_left_out));
}

TEST_CASE("amounts go in the event's currency, or not at all") {
  const std::string extra = R"({"predicted_ltv": 99.50, "net_revenue": "7"})";
  CHECK(read_extra(extra, "Lead", in_euro("1.20")).json ==
        R"({"custom_data":{"value":1.20,"currency":"EUR","predicted_ltv":99.50,"net_revenue":7}})");
  CHECK(read_extra(extra, "Lead", in_euro("")).json ==
        R"({"custom_data":{"currency":"EUR","predicted_ltv":99.50,"net_revenue":7}})");
  const Read none = read_extra(extra);
  CHECK(none.json == "{}");
  CHECK(warns(none.warnings, "predicted_ltv", Reason::detail_left_out));
  CHECK(warns(none.warnings, "net_revenue", Reason::detail_left_out));
}

TEST_CASE("texts that hold the person are left out") {
  FunnelEvent event = event_with_extra(
      R"({"search_string": "jane roe", "content_name": "for jane@shop.example",
          "content_ids": ["joe@x.example", "A", "Jane Roe"],
          "contents": [{"id": "joe@x.example"}, {"id": "Roe, jane"}, {"id": "B", "name": "Jane Roe's mug"}]})");
  event.first_name = "Jane";
  event.last_name = "Roe";
  event.order_id = "4420 7031 3000";
  event.phone = "+44 20 7031 3000";
  const Read out = read(event, "Search");
  CHECK(out.json == R"({"custom_data":{"content_ids":["A"],"contents":[{"id":"B"}]}})");
  for (const std::string_view field :
       {"search_string", "content_name", "content_ids", "contents", "order_id"}) {
    INFO(field);
    CHECK(warns(out.warnings, field, Reason::personal_data_left_out));
  }
}

}  // namespace
}  // namespace pruuv::platforms::meta
