#include "platforms/details.hpp"

#include "base/text.hpp"
#include "platforms/money.hpp"

namespace pruuv::platforms {
namespace {

void leave_out(std::string_view key, std::vector<Warning>& warnings) {
  for (const Warning& warning : warnings) {
    if (warning.field == key && warning.reason == Reason::detail_left_out) return;
  }
  warnings.push_back({key, Reason::detail_left_out});
}

// Trimmed; nothing where the value is no text, or none that can be sent.
std::optional<std::string> text_of(json::Value value) {
  const auto text = value.text();
  if (!text || !is_valid_utf8(*text)) return std::nullopt;
  return std::string(trim(*text));
}

std::optional<std::string> quantity_of(json::Value value) {
  constexpr std::int64_t quantity_max = 999'999'999;
  const auto text = text_of(value);
  const auto number = text ? parse_int64(*text) : std::nullopt;
  if (!number || *number < 1 || *number > quantity_max) return std::nullopt;
  return std::to_string(*number);
}

// The first of the names an item has.
json::Value first_of(json::Value item, std::string_view name, std::string_view other) {
  return item[name].exists() ? item[name] : item[other];
}

}  // namespace

Details::Details(const FunnelEvent& event) {
  if (event.extra.empty()) return;
  auto document = json::parse(event.extra, json::Numbers::as_text);
  if (document && document->root().is_object()) document_ = std::move(*document);
}

std::string Details::text(std::string_view key, std::vector<Warning>& warnings) const {
  const json::Value value = (*this)[key];
  if (!value.exists()) return {};
  auto text = text_of(value);
  if (!text) leave_out(key, warnings);
  return std::move(text).value_or("");
}

std::string Details::choice(std::string_view key, std::span<const std::string_view> choices,
                            std::vector<Warning>& warnings) const {
  const std::string word = text(key, warnings);
  if (word.empty()) return {};
  for (const std::string_view choice : choices) {
    if (equal_ignoring_ascii_case(word, choice)) return std::string(choice);
  }
  leave_out(key, warnings);
  return {};
}

std::string Details::amount(std::string_view key, std::vector<Warning>& warnings) const {
  const std::string digits = text(key, warnings);
  if (digits.empty()) return {};
  auto amount = normalize_amount(digits);
  if (!amount) leave_out(key, warnings);
  return std::move(amount).value_or("");
}

std::optional<std::int64_t> Details::integer(std::string_view key, std::int64_t min,
                                             std::int64_t max,
                                             std::vector<Warning>& warnings) const {
  const std::string digits = text(key, warnings);
  if (digits.empty()) return std::nullopt;
  const auto number = parse_int64(digits);
  if (number && *number >= min && *number <= max) return number;
  leave_out(key, warnings);
  return std::nullopt;
}

bool Details::flag(std::string_view key) const {
  const json::Value value = (*this)[key];
  if (const auto boolean = value.boolean()) return *boolean;
  const std::string_view word = trim(value.text().value_or(""));
  return word == "1" || equal_ignoring_ascii_case(word, "true") ||
         equal_ignoring_ascii_case(word, "yes");
}

std::vector<std::string> Details::texts(std::string_view key,
                                        std::vector<Warning>& warnings) const {
  const json::Value value = (*this)[key];
  std::vector<std::string> out;
  if (!value.exists()) return out;
  if (!value.is_array()) {
    std::string only = text(key, warnings);
    if (!only.empty()) out.push_back(std::move(only));
    return out;
  }
  for (const json::Value item : value.items()) {
    auto text = text_of(item);
    if (!text) {
      leave_out(key, warnings);
    } else if (!text->empty()) {
      out.push_back(std::move(*text));
    }
  }
  return out;
}

std::vector<ContentItem> Details::contents(std::vector<Warning>& warnings) const {
  constexpr std::string_view key = "contents";
  const json::Value value = (*this)[key];
  std::vector<ContentItem> out;
  if (value.exists() && !value.is_array()) leave_out(key, warnings);
  for (const json::Value entry : value.items()) {
    ContentItem item;
    item.id = text_of(first_of(entry, "id", "content_id")).value_or("");
    if (item.id.empty()) {
      leave_out(key, warnings);
      continue;
    }
    item.name = text_of(first_of(entry, "name", "title")).value_or("");
    item.category = text_of(entry["category"]).value_or("");
    item.brand = text_of(entry["brand"]).value_or("");
    item.delivery_category = text_of(entry["delivery_category"]).value_or("");
    const json::Value quantity = entry["quantity"];
    const json::Value price = first_of(entry, "price", "item_price");
    item.quantity = quantity_of(quantity).value_or("");
    item.price = normalize_amount(price.text().value_or("")).value_or("");
    const bool is_lost =
        (quantity.exists() && item.quantity.empty()) || (price.exists() && item.price.empty());
    if (is_lost) leave_out(key, warnings);
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace pruuv::platforms
