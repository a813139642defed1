#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "model/connection.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "platforms/details.hpp"
#include "platforms/personal_data.hpp"

namespace pruuv::platforms::tiktok {

// `properties` as it will be written; empty = left out. Ids are JSON strings, amounts JSON numbers:
// a number as content_id is refused (40002), so is a price in quotes (40000). Page
// business-api.tiktok.com/portal/docs?id=1771101303285761
struct Properties {
  std::string value, currency;  // both or neither
  std::string order_id, shop_id;
  std::string content_type;  // product | product_group
  std::vector<ContentItem> contents;
  std::vector<std::string> content_ids;
  std::optional<std::int64_t> num_items;  // 1..999999999
  std::string description, search_string;
  std::string customer_type;  // new | returning

  [[nodiscard]] bool empty() const;
};

// From the event's columns and its details of these names. What is malformed, or names the person
// in the clear, is left out with a warning.
[[nodiscard]] Properties read_properties(const FunnelEvent& event, const Connection& connection,
                                         const Details& details, const Person& person,
                                         std::vector<Warning>& warnings);

// Nothing where all is empty.
void write_properties(json::Writer& out, const Properties& properties);

}  // namespace pruuv::platforms::tiktok
