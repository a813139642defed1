#pragma once

#include "base/result.hpp"
#include "model/delivery.hpp"
#include "store/database.hpp"

namespace pruuv::store {

// The columns delivery_of() reads, in its order; `d` is the delivery.
#define PRUUV_DELIVERY_COLUMNS                                                         \
  "d.event_seq, d.connection_id, d.state, d.reason, d.next_at, d.expires_at, d.cause," \
  " d.attempts, d.faults, d.first_attempt_at, d.first_unknown_at, d.first_request_id," \
  " d.crashes"
inline constexpr int delivery_columns = 13;

// The turn of a delivery, written as in the index delivery_due, which answers only to these words.
#define PRUUV_DELIVERY_TURN "((attempts > 0) + (crashes > 0) + (crashes > 1))"

// A delivery from the row's first columns. Error store_content where a number means nothing here.
Result<Delivery> delivery_of(const Statement& row);

}  // namespace pruuv::store
