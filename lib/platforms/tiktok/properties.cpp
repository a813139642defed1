#include "platforms/tiktok/properties.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "platforms/money.hpp"

namespace pruuv::platforms::tiktok {
namespace {

constexpr std::array<std::string_view, 2> content_types = {"product", "product_group"};
constexpr std::array<std::string_view, 2> customer_types = {"new", "returning"};
constexpr std::int64_t num_items_max = 999'999'999;

// The closed list of the endpoint's page. What happens outside it is not documented, so it is not
// tried.
constexpr std::array<std::string_view, 62> currencies = {
    "AED", "ARS", "AUD", "BDT", "BHD", "BIF", "BOB", "BRL", "CAD", "CHF", "CLP", "CNY", "COP",
    "CRC", "CZK", "DKK", "DZD", "EGP", "EUR", "GBP", "GTQ", "HKD", "HNL", "HUF", "IDR", "ILS",
    "INR", "ISK", "JPY", "KES", "KHR", "KRW", "KWD", "KZT", "MAD", "MOP", "MXN", "MYR", "NGN",
    "NIO", "NOK", "NZD", "OMR", "PEN", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RUB", "SAR",
    "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VES", "VND", "ZAR",
};

// Without them the conversion is still worth something to the account. A phone number that slipped
// into an amount would be sold as billions.
void read_checked_money(Properties& out, const FunnelEvent& event, const Connection& connection,
                        const Person& person, std::vector<Warning>& warnings) {
  Money money = read_money(event, connection);
  if (money.value_is == Stated::missing) return;
  if (money.value_is == Stated::invalid) {
    warnings.push_back({"value", Reason::value_left_out});
    return;
  }
  if (std::ranges::find(currencies, money.currency) == currencies.end()) {
    warnings.push_back({"currency", Reason::currency_left_out});
    return;
  }
  out.value = sendable_plain_text(money.value, "value", person, warnings);
  if (out.value.empty()) return;
  out.currency = std::move(money.currency);
}

// A detail that goes in the clear.
std::string plain_detail(const Details& details, std::string_view key, const Person& person,
                         std::vector<Warning>& warnings) {
  return sendable_plain_text(details.text(key, warnings), key, person, warnings);
}

std::vector<ContentItem> read_contents(const Details& details, const Person& person,
                                       std::vector<Warning>& warnings) {
  std::vector<ContentItem> items = details.contents(warnings);
  for (ContentItem& item : items) {
    for (std::string* const text :
         {&item.id, &item.name, &item.category, &item.brand, &item.price, &item.quantity}) {
      *text = sendable_plain_text(*text, "contents", person, warnings);
    }
  }
  std::erase_if(items, [](const ContentItem& item) { return item.id.empty(); });
  return items;
}

std::vector<std::string> read_content_ids(const Details& details, const Person& person,
                                          std::vector<Warning>& warnings) {
  std::vector<std::string> ids = details.texts("content_ids", warnings);
  for (std::string& id : ids) id = sendable_plain_text(id, "content_ids", person, warnings);
  std::erase(ids, "");
  return ids;
}

void write_contents(json::Writer& out, const std::vector<ContentItem>& items) {
  if (items.empty()) return;
  out.key("contents");
  out.begin_array();
  for (const ContentItem& item : items) {
    out.begin_object();
    out.member("content_id", item.id);
    out.member("content_name", item.name);
    out.member("content_category", item.category);
    out.member("brand", item.brand);
    out.member_raw("price", item.price);
    out.member_raw("quantity", item.quantity);
    out.end_object();
  }
  out.end_array();
}

void write_content_ids(json::Writer& out, const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  out.key("content_ids");
  out.begin_array();
  for (const std::string& id : ids) out.text(id);
  out.end_array();
}

}  // namespace

bool Properties::empty() const {
  return value.empty() && order_id.empty() && shop_id.empty() && content_type.empty() &&
         contents.empty() && content_ids.empty() && !num_items && description.empty() &&
         search_string.empty() && customer_type.empty();
}

Properties read_properties(const FunnelEvent& event, const Connection& connection,
                           const Details& details, const Person& person,
                           std::vector<Warning>& warnings) {
  Properties out;
  read_checked_money(out, event, connection, person, warnings);
  out.order_id = sendable_plain_text(event.order_id, "order_id", person, warnings);
  out.shop_id = plain_detail(details, "shop_id", person, warnings);
  out.content_type = details.choice("content_type", content_types, warnings);
  out.contents = read_contents(details, person, warnings);
  out.content_ids = read_content_ids(details, person, warnings);
  out.num_items = details.integer("num_items", 1, num_items_max, warnings);
  out.description = plain_detail(details, "description", person, warnings);
  out.search_string = plain_detail(details, "search_string", person, warnings);
  out.customer_type = details.choice("customer_type", customer_types, warnings);
  return out;
}

void write_properties(json::Writer& out, const Properties& properties) {
  if (properties.empty()) return;
  out.key("properties");
  out.begin_object();
  out.member_raw("value", properties.value);
  out.member("currency", properties.currency);
  out.member("order_id", properties.order_id);
  out.member("shop_id", properties.shop_id);
  out.member("content_type", properties.content_type);
  write_contents(out, properties.contents);
  write_content_ids(out, properties.content_ids);
  if (properties.num_items) out.member_integer("num_items", *properties.num_items);
  out.member("description", properties.description);
  out.member("search_string", properties.search_string);
  out.member("customer_type", properties.customer_type);
  out.end_object();
}

}  // namespace pruuv::platforms::tiktok
