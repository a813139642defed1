#include "delivery/batch.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace pruuv::delivery {
namespace {

// The request being filled for one batch key.
struct Filling {
  Batch items;
  std::size_t bytes = 0;
  std::unordered_set<std::string> exclusive_keys;
};

// Around the objects stand a few hundred bytes of destination and options.
constexpr std::size_t envelope_bytes = 1024;

std::size_t bytes_of(const Item& item) { return item.conversion.object.size() + 1; }

// Most pages are: the limits hold for all, and nothing keeps two of them apart.
bool is_one_request(const std::vector<Item>& items, std::size_t events_max,
                    std::size_t body_bytes_max) {
  std::size_t bytes = envelope_bytes;
  std::unordered_set<std::string_view> exclusive_keys;
  for (const Item& item : items) {
    const Conversion& conversion = item.conversion;
    if (conversion.batch_key != items.front().conversion.batch_key) return false;
    const std::string& exclusive = conversion.exclusive_key;
    if (!exclusive.empty() && !exclusive_keys.insert(exclusive).second) return false;
    bytes += bytes_of(item);
  }
  return items.size() <= events_max && bytes <= body_bytes_max;
}

}  // namespace

std::vector<Batch> cut_into_batches(std::vector<Item> items, std::size_t events_max,
                                    std::size_t body_bytes_max) {
  std::vector<Batch> done;
  if (items.empty()) return done;
  if (is_one_request(items, events_max, body_bytes_max)) {
    done.push_back(std::move(items));
    return done;
  }
  std::map<std::string, std::list<Filling>> open_by_key;
  for (Item& item : items) {
    const std::size_t bytes = bytes_of(item);
    std::list<Filling>& open = open_by_key[item.conversion.batch_key];
    const std::string& exclusive = item.conversion.exclusive_key;
    // Usually the list has one entry; a second opens only while exclusive keys collide.
    auto place = open.begin();
    while (place != open.end() && !exclusive.empty() && place->exclusive_keys.count(exclusive) > 0)
      ++place;
    if (place != open.end() && !place->items.empty() &&
        (place->items.size() >= events_max || place->bytes + bytes > body_bytes_max)) {
      done.push_back(std::move(place->items));
      place = open.erase(place);
      place = open.end();
    }
    if (place == open.end()) {
      place = open.emplace(open.end(), Filling{{}, envelope_bytes, {}});
    }
    if (!exclusive.empty()) place->exclusive_keys.insert(exclusive);
    place->bytes += bytes;
    place->items.push_back(std::move(item));
  }
  for (auto& [key, open] : open_by_key) {
    for (Filling& filling : open) done.push_back(std::move(filling.items));
  }
  return done;
}

}  // namespace pruuv::delivery
