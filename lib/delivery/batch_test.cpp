#include "delivery/batch.hpp"

#include <string>

#include "testing/testing.hpp"

using pruuv::delivery::Batch;
using pruuv::delivery::cut_into_batches;
using pruuv::delivery::Item;

namespace {

constexpr std::size_t roomy = 1 << 20;

Item item(std::int64_t seq, const std::string& batch_key = "",
          const std::string& exclusive_key = "") {
  Item made;
  made.delivery.event_seq = seq;
  made.conversion.event_seq = seq;
  made.conversion.object = std::string(100, 'x');
  made.conversion.batch_key = batch_key;
  made.conversion.exclusive_key = exclusive_key;
  return made;
}

std::string shape(const std::vector<Batch>& batches) {
  std::string out;
  for (const Batch& batch : batches) {
    if (!out.empty()) out += "|";
    for (const Item& i : batch) out += std::to_string(i.delivery.event_seq) + " ";
  }
  return out;
}

}  // namespace

TEST_CASE("items fill requests up to the limit, in order") {
  CHECK(shape(cut_into_batches({item(1), item(2), item(3), item(4), item(5)}, 2, roomy)) ==
        "1 2 |3 4 |5 ");
  CHECK(cut_into_batches({}, 2, roomy).empty());
}

TEST_CASE("items of different batch keys never share a request") {
  CHECK(shape(cut_into_batches({item(1, "a"), item(2, "b"), item(3, "a")}, 10, roomy)) ==
        "1 3 |2 ");
}

TEST_CASE("two items of one exclusive key never share a request") {
  const auto batches =
      cut_into_batches({item(1, "", "k"), item(2, "", "k"), item(3), item(4, "", "k")}, 10, roomy);
  CHECK(shape(batches) == "1 3 |2 |4 ");
}

TEST_CASE("exclusive keys and a full request together lose nothing") {
  std::vector<Item> items;
  for (int i = 1; i <= 100; ++i)
    items.push_back(item(i, i % 2 == 0 ? "a" : "b", "k" + std::to_string(i % 7)));
  std::size_t count = 0;
  for (const Batch& batch : cut_into_batches(std::move(items), 5, roomy)) {
    REQUIRE(batch.size() <= 5);
    count += batch.size();
  }
  CHECK(count == 100);
}

TEST_CASE("a body has its size too, and a giant goes alone") {
  CHECK(shape(cut_into_batches({item(1), item(2), item(3)}, 10, 1024 + 250)) == "1 2 |3 ");
  Item giant = item(2);
  giant.conversion.object = std::string(5000, 'x');
  CHECK(shape(cut_into_batches({item(1), giant, item(3)}, 10, 2000)) == "1 |2 |3 ");
}
