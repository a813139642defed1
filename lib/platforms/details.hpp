#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"

// What an event says beyond its columns: the members of its `extra` object that platforms take.
// schema/README.md lists them for the collector's authors; each adapter reads those it knows.
namespace pruuv::platforms {

// One product of a purchase. Texts are trimmed; `quantity` and `price` are JSON numbers, as they
// were written; empty = not stated.
struct ContentItem {
  std::string id;
  std::string name;
  std::string category;
  std::string brand;
  std::string quantity;           // 1..999999999
  std::string price;              // of one
  std::string delivery_category;  // as it was written
};

// The details of one event, parsed once. Keys given to the functions below must outlive the
// warnings, which name them: literals.
class Details {
 public:
  explicit Details(const FunnelEvent& event);

  // A text, or the digits of a number; trimmed. Anything else (a list, an object, no UTF-8) is left
  // out with detail_left_out.
  [[nodiscard]] std::string text(std::string_view key, std::vector<Warning>& warnings) const;

  // One of `choices` without regard to case, as they spell it.
  [[nodiscard]] std::string choice(std::string_view key, std::span<const std::string_view> choices,
                                   std::vector<Warning>& warnings) const;

  // An amount as of money.hpp: a JSON number that is not negative.
  [[nodiscard]] std::string amount(std::string_view key, std::vector<Warning>& warnings) const;

  // A whole number from `min` to `max`.
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key, std::int64_t min,
                                                    std::int64_t max,
                                                    std::vector<Warning>& warnings) const;

  // true | 1 | yes; absent and everything else is false.
  [[nodiscard]] bool flag(std::string_view key) const;

  // A list of texts, or one text.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key,
                                               std::vector<Warning>& warnings) const;

  // `contents`: a list of {"id", "name", "category", "brand", "quantity", "price",
  // "delivery_category"}; `content_id`, `title` and `item_price` are understood, too. An item
  // without an id is left out: it makes Meta refuse the whole request (100/2804008).
  [[nodiscard]] std::vector<ContentItem> contents(std::vector<Warning>& warnings) const;

  // The member as it stands, for what only one adapter reads.
  [[nodiscard]] json::Value operator[](std::string_view key) const {
    return document_ ? document_->root()[key] : json::Value();
  }

 private:
  std::optional<json::Document> document_;
};

}  // namespace pruuv::platforms
