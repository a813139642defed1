#include "delivery/batch.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <string>
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

}  // namespace

std::vector<Batch> cut_into_batches(std::vector<Item> items, std::size_t events_max,
                                    std::size_t body_bytes_max) {
  // Around the objects stand a few hundred bytes of destination and options.
  constexpr std::size_t envelope_bytes = 1024;
  std::vector<Batch> done;
  std::map<std::string, std::list<Filling>> open_by_key;
  // Most have one key, and go in one request.
  const std::size_t usual = std::min(items.size(), events_max);
  for (Item& item : items) {
    const std::size_t bytes = item.conversion.object.size() + 1;
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
      if (open_by_key.size() == 1 && done.empty()) place->items.reserve(usual);
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
