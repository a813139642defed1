#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "delivery/batch.hpp"
#include "resolve/resolve.hpp"
#include "store/database.hpp"

namespace pruuv::delivery {

// The event at one connection as it and the connection's settings stand now. Error store_content
// where there is no such event.
Result<resolve::Decision> decide_again(store::Database& database, const resolve::Target& target,
                                       std::int64_t event_seq, std::int64_t now_s);

// Due deliveries of one connection, looked at once more just before they go.
struct Prepared {
  std::vector<Item> items;  // to be sent
  std::vector<Delivery>
      moved;  // not to be sent now: expired, too early after all, refused, held; to be saved
};

// Reads the events and encodes them. An event whose outcome is unknown goes only inside the dedup
// window and under the dedup key it went under before, unless a person asked for it.
Result<Prepared> prepare(store::Database& database, const resolve::Target& target,
                         const std::vector<Delivery>& deliveries, std::int64_t now_s);

// The same for events that a request was refused with and that go on at once: that they may go was
// decided when they first did.
Result<Prepared> prepare_again(store::Database& database, const resolve::Target& target,
                               const std::vector<Delivery>& deliveries, std::int64_t now_s);

}  // namespace pruuv::delivery
