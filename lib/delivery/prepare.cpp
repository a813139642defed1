#include "delivery/prepare.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "audit/records.hpp"
#include "delivery/step.hpp"
#include "identity/identity.hpp"
#include "store/events.hpp"

namespace pruuv::delivery {
namespace {

Delivery moved_to(Delivery delivery, DeliveryState state, Reason reason) {
  delivery.state = state;
  delivery.reason = reason;
  delivery.next_at_s.reset();
  return delivery;
}

// Where a decision other than "goes now" takes the delivery.
Delivery moved_by(const Delivery& delivery, const resolve::Decision& decision) {
  switch (class_of(decision.reason)) {
    case ReasonClass::waiting: {
      Delivery waiting = moved_to(delivery, DeliveryState::waiting, decision.reason);
      waiting.next_at_s = decision.timing.until_s;
      return waiting;
    }
    case ReasonClass::expired:
      return moved_to(delivery, DeliveryState::expired, decision.reason);
    default:
      return moved_to(delivery, DeliveryState::rejected, decision.reason);
  }
}

// A resend the platform would not recognise as one.
Result<bool> changed_since_unknown(store::Database& database, const Delivery& delivery,
                                   const Conversion& conversion) {
  if (!delivery.first_unknown_s || !delivery.first_request_id) return false;
  PRUUV_TRY_ASSIGN(
      const auto before,
      audit::load_manifest_entry(database, *delivery.first_request_id, delivery.event_seq));
  return before && before->dedup_scope != conversion.dedup_scope;
}

}  // namespace

Result<resolve::Decision> decide_again(store::Database& database, const resolve::Target& target,
                                       std::int64_t event_seq, std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(const std::optional<FunnelEvent> event, store::load_event(database, event_seq));
  if (!event) {
    return fail(ErrorKind::store_content,
                fmt::format("read event number {}: it has a delivery and is not there", event_seq));
  }
  const Phone phone =
      identity::parse_phone(event->phone, event->country, target.connection->default_country);
  return resolve::decide(*event, target, phone, now_s, false);
}

namespace {

// Reads the event and encodes it; the decision may be against it.
Result<void> encode_into(Prepared& prepared, store::Database& database,
                         const resolve::Target& target, const Delivery& delivery,
                         std::int64_t now_s, bool is_resend_checked) {
  PRUUV_TRY_ASSIGN(resolve::Decision decision,
                   decide_again(database, target, delivery.event_seq, now_s));
  if (decision.reason != Reason::routed) {
    prepared.moved.push_back(moved_by(delivery, decision));
    return {};
  }
  if (is_resend_checked && delivery.cause == Cause::schedule) {
    const Reason window = check_resend(delivery, target.adapter->limits.dedup_window_s, now_s);
    if (window != Reason::none) {
      prepared.moved.push_back(moved_to(delivery, DeliveryState::held, window));
      return {};
    }
    PRUUV_TRY_ASSIGN(const bool changed,
                     changed_since_unknown(database, delivery, decision.encoding.conversion));
    if (changed) {
      prepared.moved.push_back(
          moved_to(delivery, DeliveryState::held, Reason::changed_after_unknown));
      return {};
    }
  }
  Item item;
  item.delivery = delivery;
  item.conversion = std::move(decision.encoding.conversion);
  item.conversion.event_seq = delivery.event_seq;
  prepared.items.push_back(std::move(item));
  return {};
}

Result<Prepared> prepare_all(store::Database& database, const resolve::Target& target,
                             const std::vector<Delivery>& deliveries, std::int64_t now_s,
                             bool is_resend_checked) {
  Prepared prepared;
  prepared.items.reserve(deliveries.size());
  for (const Delivery& delivery : deliveries)
    PRUUV_TRY(encode_into(prepared, database, target, delivery, now_s, is_resend_checked));
  return prepared;
}

}  // namespace

Result<Prepared> prepare(store::Database& database, const resolve::Target& target,
                         const std::vector<Delivery>& deliveries, std::int64_t now_s) {
  return prepare_all(database, target, deliveries, now_s, true);
}

Result<Prepared> prepare_again(store::Database& database, const resolve::Target& target,
                               const std::vector<Delivery>& deliveries, std::int64_t now_s) {
  return prepare_all(database, target, deliveries, now_s, false);
}

}  // namespace pruuv::delivery
