#include "platforms/meta/custom_data.hpp"

#include <array>
#include <utility>

namespace pruuv::platforms::meta {
namespace {

constexpr std::array<std::string_view, 2> content_types = {"product", "product_group"};
constexpr std::array<std::string_view, 3> delivery_categories = {"in_store", "curbside",
                                                                 "home_delivery"};

void leave_out(std::string_view field, Reason reason, std::vector<Warning>& warnings) {
  for (const Warning& warning : warnings) {
    if (warning.field == field && warning.reason == reason) return;
  }
  warnings.push_back({field, reason});
}

std::string harmless_text(std::string_view key, const Details& details, const Person& person,
                          std::vector<Warning>& warnings) {
  return sendable_plain_text(details.text(key, warnings), key, person, warnings);
}

std::vector<std::string> read_content_ids(const Details& details, const Person& person,
                                          std::vector<Warning>& warnings) {
  std::vector<std::string> ids = details.texts("content_ids", warnings);
  const auto erased =
      std::erase_if(ids, [&](const std::string& id) { return person.is_named_in(id); });
  if (erased > 0) leave_out("content_ids", Reason::personal_data_left_out, warnings);
  return ids;
}

std::string choice_of(const std::string& word, std::span<const std::string_view> choices) {
  for (const std::string_view choice : choices) {
    if (word == choice) return word;
  }
  return {};
}

// Whether the item can go at all; texts of it that cannot are taken out.
bool clean_item(ContentItem& item, const Person& person, std::vector<Warning>& warnings) {
  if (person.is_named_in(item.id)) {
    leave_out("contents", Reason::personal_data_left_out, warnings);
    return false;
  }
  for (std::string* const text : {&item.name, &item.brand, &item.category}) {
    if (!person.is_named_in(*text)) continue;
    text->clear();
    leave_out("contents", Reason::personal_data_left_out, warnings);
  }
  const bool has_category = !item.delivery_category.empty();
  item.delivery_category = choice_of(item.delivery_category, delivery_categories);
  if (has_category && item.delivery_category.empty())
    leave_out("contents", Reason::detail_left_out, warnings);
  return true;
}

std::vector<ContentItem> read_contents(const Details& details, const Person& person,
                                       std::vector<Warning>& warnings) {
  std::vector<ContentItem> items = details.contents(warnings);
  std::erase_if(items, [&](ContentItem& item) { return !clean_item(item, person, warnings); });
  return items;
}

// An amount without a currency would be read in the ad account's.
std::string amount_in_currency(std::string_view key, const Money& money, const Details& details,
                               std::vector<Warning>& warnings) {
  std::string amount = details.amount(key, warnings);
  if (amount.empty() || !money.currency.empty()) return amount;
  leave_out(key, Reason::detail_left_out, warnings);
  return {};
}

// What the page ties to one standard event is no remark's worth on another.
void read_details_of_event(CustomData& data, std::string_view event_name, const Details& details,
                           const Person& person, std::vector<Warning>& warnings) {
  constexpr std::int64_t items_max = 999'999'999;
  if (event_name == "InitiateCheckout")
    data.num_items = details.integer("num_items", 1, items_max, warnings);
  if (event_name == "Search")
    data.search_string = harmless_text("search_string", details, person, warnings);
  if (event_name == "CompleteRegistration") {
    const auto flag = details["status"].boolean();
    data.status = flag ? std::string(*flag ? "true" : "false")
                       : harmless_text("status", details, person, warnings);
  }
}

bool is_empty(const CustomData& data) {
  return data.money.value.empty() && data.order_id.empty() && data.content_ids.empty() &&
         data.contents.empty() && data.content_type.empty() && data.content_name.empty() &&
         data.content_category.empty() && !data.num_items && data.search_string.empty() &&
         data.status.empty() && data.predicted_ltv.empty() && data.net_revenue.empty() &&
         data.delivery_category.empty() && data.item_number.empty() && !data.is_crm_lead;
}

void write_contents(json::Writer& out, const std::vector<ContentItem>& contents) {
  if (contents.empty()) return;
  out.key("contents");
  out.begin_array();
  for (const ContentItem& item : contents) {
    out.begin_object();
    out.member("id", item.id);
    out.member_raw("quantity", item.quantity);
    out.member_raw("item_price", item.price);
    out.member("title", item.name);
    out.member("brand", item.brand);
    out.member("category", item.category);
    out.member("delivery_category", item.delivery_category);
    out.end_object();
  }
  out.end_array();
}

void write_texts(json::Writer& out, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out.key(key);
  out.begin_array();
  for (const std::string& text : texts) out.text(text);
  out.end_array();
}

}  // namespace

CustomData read_custom_data(const FunnelEvent& event, std::string_view event_name, Money money,
                            const Details& details, const Person& person,
                            std::vector<Warning>& warnings) {
  CustomData data;
  data.money = std::move(money);
  data.order_id = sendable_plain_text(event.order_id, "order_id", person, warnings);
  data.content_ids = read_content_ids(details, person, warnings);
  data.contents = read_contents(details, person, warnings);
  data.content_type = details.choice("content_type", content_types, warnings);
  data.content_name = harmless_text("content_name", details, person, warnings);
  data.content_category = harmless_text("content_category", details, person, warnings);
  read_details_of_event(data, event_name, details, person, warnings);
  data.predicted_ltv = amount_in_currency("predicted_ltv", data.money, details, warnings);
  data.net_revenue = amount_in_currency("net_revenue", data.money, details, warnings);
  data.delivery_category = details.choice("delivery_category", delivery_categories, warnings);
  data.item_number = harmless_text("item_number", details, person, warnings);
  return data;
}

std::string read_crm_name(const Details& details, const Person& person,
                          std::vector<Warning>& warnings) {
  return harmless_text("lead_event_source", details, person, warnings);
}

void write_custom_data(json::Writer& out, const CustomData& data) {
  if (is_empty(data)) return;
  const bool has_amount =
      !data.money.value.empty() || !data.predicted_ltv.empty() || !data.net_revenue.empty();
  out.key("custom_data");
  out.begin_object();
  out.member_raw("value", data.money.value);
  if (has_amount) out.member("currency", data.money.currency);
  out.member("order_id", data.order_id);
  write_texts(out, "content_ids", data.content_ids);
  write_contents(out, data.contents);
  out.member("content_type", data.content_type);
  out.member("content_name", data.content_name);
  out.member("content_category", data.content_category);
  if (data.num_items) out.member_integer("num_items", *data.num_items);
  out.member("search_string", data.search_string);
  out.member("status", data.status);
  out.member_raw("predicted_ltv", data.predicted_ltv);
  out.member_raw("net_revenue", data.net_revenue);
  out.member("delivery_category", data.delivery_category);
  out.member("item_number", data.item_number);
  if (data.is_crm_lead) {
    out.member("event_source", "crm");
    out.member("lead_event_source", data.lead_event_source);
  }
  out.end_object();
}

}  // namespace pruuv::platforms::meta
