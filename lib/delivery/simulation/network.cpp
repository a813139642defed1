#include "delivery/simulation/network.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace pruuv::delivery::simulation {

void Network::trace(const std::string& line) const {
  if (world_.trace) world_.trace(fmt::format("{} {}", world_.clock.time_ms(), line));
}

Result<void> Network::start_token(std::int64_t id, const HttpRequest& request) {
  const std::string refresh_token = refresh_token_of(request);
  if (refresh_token.empty()) throw Violation{"a token request nobody can read"};
  world_.rules.begin_token_request(SimulatedClock::steady_of(world_.clock.time_ms()));
  Flight flight;
  flight.reply = world_.stand_ins.give_token(refresh_token, world_.clock.time_ms());
  flight.credential = refresh_token.substr(refresh_token.find('-') + 1);
  flight.ready_ms = world_.clock.time_ms() + flight.reply.latency_ms;
  trace(fmt::format("token {} for {}: {}", id, flight.credential, flight.reply.response.status));
  flights_.emplace(id, std::move(flight));
  return {};
}

// What became of a request: all is well, or the platform never makes up its mind.
Result<void> Network::start_status(std::int64_t id, const HttpRequest& request) {
  if (request.url.find("/v1/requestStatus:retrieve?requestId=") == std::string::npos)
    throw Violation{"a question no platform understands: " + request.url};
  Flight flight;
  flight.is_status = true;
  flight.reply.response.status = 200;
  flight.reply.response.bytes_sent = true;
  flight.reply.response.body =
      fmt::format(R"({{"requestStatusPerDestination":[{{"requestStatus":"{}"}}]}})",
                  id % 2 == 0 ? "SUCCESS" : "PROCESSING");
  flight.ready_ms = world_.clock.time_ms() + 20;
  flights_.emplace(id, std::move(flight));
  return {};
}

// A token of another credential would show one client's events to another's account.
void Network::check_token(const FleetConnection& connection, const Parcel& parcel) {
  const StandIns::Owner owner = world_.stand_ins.owner_of(parcel.vendor, parcel.token);
  if (owner.credential != connection.credential)
    throw Violation{"a request carries another credential's token"};
  if (world_.clock.time_ms() >= owner.until_ms)
    throw Violation{"a request carries an access token that has run out"};
}

void Network::die_of_poison(const FleetConnection& connection, const Parcel& parcel) const {
  for (const ParcelItem& item : parcel.items) {
    const Mark* mark = world_.fleet.mark_of(connection.vendor, item.event_id);
    if (mark != nullptr && mark->fault == Fault::poison) throw Crash{};
  }
}

void Network::note_copies(std::int64_t id, const Parcel& parcel, const Flight& flight) {
  const Reply& reply = flight.reply;
  for (std::size_t i = 0; i < parcel.items.size(); ++i) {
    Copy copy;
    copy.request_id = id;
    copy.at_ms = world_.clock.time_ms();
    copy.scope = parcel.items[i].scope;
    copy.bytes = sha256(parcel.items[i].object);
    copy.settings = flight.connection->settings;
    copy.has_arrived = reply.has_arrived;
    copy.kept = reply.kept[i];
    copy.told = reply.told[i];
    copy.own_fault = reply.own_fault[i];
    world_.books.copies[{flight.connection->stored.id, flight.seqs[i]}].push_back(copy);
  }
}

void Network::note_read(std::int64_t id, const Flight& flight) {
  const std::int64_t steady_ms = SimulatedClock::steady_of(world_.clock.time_ms());
  if (flight.is_status) return;
  if (flight.connection == nullptr) {
    world_.rules.end_token_request(flight.credential, flight.reply);
    return;
  }
  world_.rules.end_request(*flight.connection, flight.seqs, flight.reply, steady_ms);
  for (const std::int64_t seq : flight.seqs) {
    auto& copies = world_.books.copies[{flight.connection->stored.id, seq}];
    std::ranges::find(copies, id, &Copy::request_id)->is_read = true;
  }
}

Result<void> Network::start(std::int64_t id, HttpRequest request) {
  world_.fuse.burn();
  if (id < 0) return start_token(id, request);
  if (request.method == "GET") return start_status(id, request);
  const auto parcel = open_parcel(request);
  if (!parcel) throw Violation{"a request no platform understands: " + request.url};
  Flight flight;
  flight.connection =
      &world_.witness.check_intent(id, *parcel, flights_.size(), world_.clock.time_ms());
  check_token(*flight.connection, *parcel);
  for (const ParcelItem& item : parcel->items)
    flight.seqs.push_back(world_.books.numbers.at(item.event_id));
  world_.rules.begin_request(*flight.connection, flight.seqs,
                             SimulatedClock::steady_of(world_.clock.time_ms()));
  die_of_poison(*flight.connection, *parcel);
  flight.reply = world_.stand_ins.receive(*parcel, *flight.connection, world_.clock.time_ms());
  flight.ready_ms = world_.clock.time_ms() + flight.reply.latency_ms;
  note_copies(id, *parcel, flight);
  trace(fmt::format("request {} to {} ({}), {} events from {}: {} curl/{} {}", id,
                    flight.connection->stored.name, flight.connection->credential,
                    flight.seqs.size(), flight.seqs.front(), flight.reply.response.status,
                    flight.reply.response.transport_code,
                    flight.reply.response.body.substr(0, 60)));
  if (flight.reply.is_refused_start) {
    note_read(id, flight);
    return pruuv::fail(ErrorKind::config, "start a request: refused");
  }
  flights_.emplace(id, std::move(flight));
  // Killed between this request and the next one of the same turn.
  world_.fuse.burn();
  return {};
}

std::vector<http::Client::Completed> Network::wait(int timeout_ms) {
  world_.fuse.burn();
  if (timeout_ms < 0) throw Violation{"a wait for less than no time"};
  world_.collect_events();
  const std::int64_t until_ms = world_.clock.time_ms() + timeout_ms;
  std::int64_t ready_ms = until_ms;
  for (const auto& [id, flight] : flights_) ready_ms = std::min(ready_ms, flight.ready_ms);
  // The program is not always as quick as the answers are.
  if (world_.dice.chance(300)) ready_ms += world_.dice.between(0, 400);
  world_.clock.advance_ms(
      std::clamp<std::int64_t>(ready_ms - world_.clock.time_ms(), 0, timeout_ms));
  std::vector<Completed> arrived;
  std::vector<std::int64_t> ids;
  for (const auto& [id, flight] : flights_) {
    if (flight.ready_ms <= world_.clock.time_ms()) ids.push_back(id);
  }
  std::ranges::stable_sort(ids, {}, [&](std::int64_t id) { return flights_.at(id).ready_ms; });
  for (const std::int64_t id : ids) {
    auto entry = flights_.extract(id);
    note_read(id, entry.mapped());
    arrived.push_back({id, std::move(entry.mapped().reply.response)});
  }
  return arrived;
}

std::vector<http::Client::Completed> Network::abort() {
  world_.fuse.burn();
  constexpr int aborted_code = 42;
  std::vector<Completed> ended;
  for (auto& [id, flight] : flights_) {
    const bool has_left = flight.reply.has_arrived;
    ended.push_back({id, none(aborted_code, has_left)});
  }
  flights_.clear();
  return ended;
}

}  // namespace pruuv::delivery::simulation
