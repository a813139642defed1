#pragma once

#include <cstddef>
#include <vector>

#include "model/conversion.hpp"
#include "model/delivery.hpp"
#include "platforms/platform.hpp"

namespace pruuv::delivery {

// One delivery ready to go: its state and the bytes of its event.
struct Item {
  Delivery delivery;
  Conversion conversion;
  int tries = 0;        // of this run, after failures
  bool is_new = false;  // from the spool: the store has no row of the delivery yet
};

// What one request carries.
using Batch = std::vector<Item>;

// Cuts the items of one connection into requests, order kept within each batch key: at most
// `events_max` items and about `body_bytes_max` bytes each, never two of one exclusive key
// together. An item larger than a whole body goes alone; the platform decides.
[[nodiscard]] std::vector<Batch> cut_into_batches(std::vector<Item> items, std::size_t events_max,
                                                  std::size_t body_bytes_max);

}  // namespace pruuv::delivery
