#include <algorithm>

#include <fmt/format.h>

#include "delivery/simulation/witness.hpp"
#include "store/deliveries.hpp"
#include "store/schema.hpp"

// At the moment a request leaves: its intent is in the store, committed, and says what it carries.
namespace pruuv::delivery::simulation {
namespace {

constexpr std::int64_t hour_ms = 3'600'000;

// When a copy may first have arrived, by the attempts alone.
std::optional<std::int64_t> first_unknown_ms(const std::vector<Attempt>& attempts) {
  for (const Attempt& attempt : attempts) {
    const bool may_have =
        attempt.status == AttemptStatus::accepted || attempt.status == AttemptStatus::ambiguous;
    if (may_have) return attempt.opened_ms;
  }
  return std::nullopt;
}

// Whether the program's dedup key is the one the body has: it may have an order id behind it.
bool is_same_scope(std::string_view recorded, std::string_view in_body) {
  return recorded == in_body || recorded.starts_with(std::string(in_body) + "/");
}

}  // namespace

const FleetConnection& Witness::check_intent(std::int64_t request_id, const Parcel& parcel,
                                             std::size_t in_flight, std::int64_t now_ms) {
  const store::Snapshot snapshot = value_of(store::Snapshot::begin(*database_));
  const auto open = value_of(audit::load_unclosed_requests(*database_));
  const auto intent = std::ranges::find(open, request_id, &audit::UnclosedRequest::id);
  if (intent == open.end())
    throw Violation{fmt::format("request {} left without an intent", request_id)};
  const FleetConnection* connection = fleet_.find(intent->connection_id);
  if (connection == nullptr || connection != fleet_.find(parcel.vendor, parcel.destination))
    throw Violation{fmt::format("request {} went to another destination than it says", request_id)};
  if (connection->stored.paused)
    throw Violation{"a paused connection sends: " + connection->stored.name};
  if (intent->manifest.size() != parcel.items.size())
    throw Violation{fmt::format("request {} carries {} events and says {}", request_id,
                                parcel.items.size(), intent->manifest.size())};
  read_attempts();
  int crashes = 0;
  bool is_probe = false;
  for (std::size_t i = 0; i < parcel.items.size(); ++i) {
    const audit::ManifestEntry& entry = intent->manifest[i];
    check_item(*connection, entry, parcel.items[i], now_ms);
    for (const audit::UnclosedRequest& other : open) {
      const bool has_it =
          other.id != request_id && other.connection_id == intent->connection_id &&
          std::ranges::find(other.manifest, entry.event_seq, &audit::ManifestEntry::event_seq) !=
              other.manifest.end();
      if (has_it) throw Violation{fmt::format("event {} is under way twice", entry.event_seq)};
    }
    auto delivery =
        value_of(store::load_delivery(*database_, entry.event_seq, intent->connection_id));
    // A new one gets its row with the first answer.
    if (!delivery && entry.event_seq > value_of(store::load_store_info(*database_)).planned_seq)
      delivery.emplace();
    if (!delivery || !is_open(delivery->state))
      throw Violation{fmt::format("event {} is sent and not open", entry.event_seq)};
    if (entry.attempt_number != delivery->attempts + 1)
      throw Violation{fmt::format("event {}: attempt {} after {}", entry.event_seq,
                                  entry.attempt_number, delivery->attempts)};
    check_second_copy(*connection, {intent->connection_id, entry.event_seq}, entry, *delivery,
                      now_ms);
    crashes = std::max(crashes, delivery->crashes);
    is_probe = delivery->state == DeliveryState::held;
  }
  constexpr std::size_t few = 10;
  if (crashes > 0 && parcel.items.size() > few)
    throw Violation{fmt::format("request {}: what a run died of goes with {} events", request_id,
                                parcel.items.size())};
  if (crashes > 1 && has_alone_rule_ && (parcel.items.size() > 1 || in_flight > 0))
    throw Violation{
        fmt::format("request {}: what two runs died of goes with {} events beside {} "
                    "other requests ({})",
                    request_id, parcel.items.size(), in_flight, is_probe ? "probe" : "no probe")};
  return *connection;
}

void Witness::check_item(const FleetConnection& connection, const audit::ManifestEntry& entry,
                         const ParcelItem& item, std::int64_t now_ms) {
  const auto event = books_.events.find(entry.event_seq);
  if (event == books_.events.end() || event->second.event.id != item.event_id)
    throw Violation{
        fmt::format("the manifest says event {}, the body {}", entry.event_seq, item.event_id)};
  if (event->second.event.client_id != connection.stored.client_id)
    throw Violation{fmt::format("event {} goes to another client's account", entry.event_seq)};
  if (entry.object_sha256 != sha256(item.object))
    throw Violation{fmt::format("event {}: the manifest has other bytes", entry.event_seq)};
  if (!is_same_scope(entry.dedup_scope, item.scope))
    throw Violation{fmt::format("event {}: the manifest says {}, the body {}", entry.event_seq,
                                entry.dedup_scope, item.scope)};
  if (event->second.event.event_time * 1000 > now_ms)
    throw Violation{fmt::format("event {} is sent before it happened", entry.event_seq)};
}

void Witness::check_second_copy(const FleetConnection& connection, const DeliveryKey& key,
                                const audit::ManifestEntry& entry, const Delivery& delivery,
                                std::int64_t now_ms) {
  const auto& attempts = books_.attempts[key];
  if (static_cast<int>(attempts.size()) != delivery.attempts)
    throw Violation{fmt::format("{}: {} attempts are recorded", describe(key), attempts.size())};
  if (attempts.empty() || books_.wishes.contains(key)) return;
  if (delivery.cause != Cause::schedule) throw Violation{describe(key) + ": nobody asked for it"};
  const auto first_ms = first_unknown_ms(attempts);
  if (!first_ms) return;
  const bool was_accepted =
      std::ranges::find(attempts, AttemptStatus::accepted, &Attempt::status) != attempts.end();
  if (was_accepted && !books_.replayed.contains(key))
    throw Violation{describe(key) + ": sent again after it was accepted"};
  const auto asked = books_.asked_after.find(key);
  const auto is_unknown_since = [&](const Attempt& attempt) {
    return attempt.status == AttemptStatus::ambiguous &&
           (asked == books_.asked_after.end() || attempt.number > asked->second);
  };
  if (connection.stored.on_unknown == OnUnknown::hold &&
      std::ranges::any_of(attempts, is_unknown_since)) {
    throw Violation{describe(key) + ": an unknown outcome is to be held, and is sent again"};
  }
  if (!is_google(connection.vendor) && now_ms - *first_ms > 47 * hour_ms)
    throw Violation{fmt::format("{}: sent again {} s after its first copy may have arrived",
                                describe(key), (now_ms - *first_ms) / 1000)};
  for (const Copy& copy : books_.copies[key]) {
    const bool is_known_failure = copy.told == Told::not_taken && copy.is_read;
    if (!copy.has_arrived || copy.at_ms < *first_ms || is_known_failure) continue;
    if (is_same_scope(entry.dedup_scope, copy.scope) &&
        (copy.bytes == entry.object_sha256 || copy.settings != connection.settings)) {
      continue;
    }
    throw Violation{describe(key) + ": a second copy of other bytes"};
  }
}

}  // namespace pruuv::delivery::simulation
