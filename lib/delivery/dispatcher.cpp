#include "delivery/dispatcher.hpp"

#include <algorithm>
#include <filesystem>

#include "base/sha256.hpp"
#include "delivery/patience.hpp"

namespace pruuv::delivery {
namespace {

// Of bodies on their way: what large events and large requests may cost in memory. One request
// always goes, whatever its size.
constexpr std::size_t bytes_in_flight_max = std::size_t{3} << 20;

audit::OpenedRequest describe(const Lane& lane, const Batch& batch, const HttpRequest& request,
                              std::int64_t run) {
  audit::OpenedRequest opened;
  opened.run = run;
  opened.connection_id = lane.target.connection->id;
  opened.adapter = lane.target.connection->adapter;
  opened.endpoint = request.url;
  opened.api_version = lane.target.endpoint->version;
  opened.body_sha256 = sha256(request.body);
  opened.body_bytes = request.body.size();
  opened.manifest.reserve(batch.size());
  for (const Item& item : batch) {
    opened.manifest.push_back({item.delivery.event_seq, item.delivery.attempts + 1,
                               item.conversion.dedup_scope, sha256(item.conversion.object)});
  }
  return opened;
}

}  // namespace

Dispatcher::Dispatcher(const Services& services, const Roster& roster, const store::Run& run,
                       const RunOptions& options, TokenDesk& tokens, Planner* planner,
                       RunSummary& summary)
    : services_(services),
      planner_(planner),
      spool_(std::filesystem::path(services.database->path()).parent_path().string(),
             options.spool),
      roster_(roster),
      run_(run),
      options_(options),
      tokens_(tokens),
      summary_(summary),
      random_(options.seed) {
  for (const platforms::Platform& adapter : platforms::registry()) {
    adapters_.emplace(adapter.name,
                      AdapterState{{}, RequestWindow(adapter.limits.requests_per_minute)});
  }
}

Dispatcher::AdapterState& Dispatcher::adapter_of(const Lane& lane) {
  return adapters_.at(lane.target.adapter->name);
}

bool Dispatcher::is_idle() const {
  return in_flight_.empty() && tokens_.in_flight() == 0 && answers_.empty();
}

bool Dispatcher::is_stopping() const {
  if (services_.stop && services_.stop() != Stop::no) return true;
  return options_.deadline_ms &&
         services_.clock->steady_ms() + options_.request_timeout_ms >= *options_.deadline_ms;
}

// From when on the lane's next request may start, as far as pauses go.
std::int64_t Dispatcher::ready_ms(const Lane& lane) {
  const AdapterState& adapter = adapter_of(lane);
  const std::int64_t now_ms = services_.clock->steady_ms();
  const std::int64_t ready =
      std::max({lane.pause.until_ms(), adapter.pause.until_ms(), adapter.window.ready_ms(now_ms)});
  return lane.has_supply(phase_) ? ready : std::max(ready, lane.later_ms());
}

// Whether only time keeps the lane from its next request.
bool Dispatcher::may_send(const Lane& lane) {
  if (lane.state == Lane::State::asking_token || !lane.has_work(phase_)) return false;
  // A platform that has just failed is asked once before everything goes on.
  const AdapterState& adapter = adapter_of(lane);
  if (adapter.pause.failures() > 0 && adapter.in_flight > 0) return false;
  const CredentialGroup& group = groups_[lane.group];
  if (group.doubt && !lane.is_doubting) return false;
  if (!group.is_proven && group.in_flight > 0) return false;
  return lane.in_flight < (lane.is_alone() ? 1 : options_.in_flight_per_connection_max);
}

// Nothing to send in this phase, and nothing under way that could change that.
bool Dispatcher::is_done(const Lane& lane) const {
  return lane.in_flight == 0 && lane.state != Lane::State::asking_token && !lane.has_work(phase_);
}

bool Dispatcher::has_room(std::size_t openings) const {
  const std::size_t busy = in_flight_.size() + tokens_.in_flight() + openings;
  if (busy > 0 && bytes_in_flight_ >= bytes_in_flight_max) return false;
  // What may kill the run goes with nothing beside it.
  return busy < (phase_ == Phase::crashed_more ? 1 : options_.in_flight_max);
}

// Credential read, something in the queue: true. False: nothing to send now.
Result<bool> Dispatcher::make_ready(Lane& lane) {
  // The credential of a lane that has nothing to send is not asked for; that of one that has is
  // asked for first, so that nothing waits for it in memory.
  if (lane.queue.empty() && lane.spooled == 0) PRUUV_TRY(fill(lane));
  if (lane.queue.empty() && lane.spooled == 0) return false;
  if (lane.token_until_ms && services_.clock->steady_ms() >= *lane.token_until_ms)
    lane.state = Lane::State::fresh;
  if (lane.state != Lane::State::ready) {
    PRUUV_TRY_ASSIGN(const bool is_read, read_credential(lane));
    if (!is_read) return false;
  }
  if (lane.queue.empty()) PRUUV_TRY(fill(lane));
  return !lane.queue.empty();
}

// Makes the lane's next request; false where it has none to make now.
Result<bool> Dispatcher::open_next(Lane& lane, std::vector<Opening>& openings) {
  for (;;) {
    PRUUV_TRY_ASSIGN(const bool ready, make_ready(lane));
    if (!ready) return false;
    Load load = lane.take_load(phase_);
    const bool is_retry = load.items.front().tries > 0 && !load.is_searched;
    if (is_retry && !lane.budget.take()) {
      for (const Item& item : load.items) let_go(lane, item.delivery);
      continue;
    }
    if (!is_retry && !load.is_searched) lane.budget.count_first_try();
    std::vector<const Conversion*> conversions;
    conversions.reserve(load.items.size());
    for (const Item& item : load.items) conversions.push_back(&item.conversion);
    HttpRequest request =
        lane.target.adapter->build(conversions, *lane.target.connection, *lane.target.endpoint,
                                   lane.credential, platforms::Purpose::deliver);
    audit::OpenedRequest record = describe(lane, load.items, request, run_.id);
    // The request has the bytes; twice they would be most of the program's memory.
    for (Item& item : load.items) std::string().swap(item.conversion.object);
    bytes_in_flight_ += request.body.size();
    ++lane.in_flight;
    AdapterState& adapter = adapter_of(lane);
    ++adapter.in_flight;
    ++groups_[lane.group].in_flight;
    adapter.window.count(services_.clock->steady_ms());
    openings.push_back({&lane, std::move(load), std::move(request), std::move(record)});
    return true;
  }
}

Result<void> Dispatcher::open_requests() {
  std::vector<Opening> openings;
  queued_events_ = 0;
  for (const auto& [id, lane] : active_) queued_events_ += lane->queued_events();
  // One round over the lanes from the one after the last; again while any of them had something.
  bool any = true;
  while (any && has_room(openings.size())) {
    any = false;
    auto next = active_.upper_bound(last_lane_);
    for (std::size_t left = active_.size(); left > 0 && has_room(openings.size()); --left) {
      if (next == active_.end()) next = active_.begin();
      Lane& lane = *next->second;
      last_lane_ = next->first;
      if (is_done(lane)) {
        next = active_.erase(next);
        continue;
      }
      ++next;
      if (!may_send(lane) || ready_ms(lane) > services_.clock->steady_ms()) continue;
      PRUUV_TRY_ASSIGN(const bool opened, open_next(lane, openings));
      any = any || opened;
    }
  }
  return commit_intents(openings);
}

Result<void> Dispatcher::commit_intents(std::vector<Opening>& openings) {
  if (openings.empty()) return {};
  const std::int64_t now_ms = services_.clock->now_ms();
  std::vector<std::int64_t> ids;
  ids.reserve(openings.size());
  const auto open = [&](store::Database& database) -> Result<void> {
    ids.clear();
    for (Opening& opening : openings) {
      opening.record.opened_at_ms = now_ms;
      PRUUV_TRY_ASSIGN(const std::int64_t id,
                       audit::append_request_opened(database, opening.record));
      ids.push_back(id);
    }
    return {};
  };
  PRUUV_TRY(write_patiently(*services_.database, patience(false), open));
  // Only now may a byte leave.
  for (std::size_t i = 0; i < openings.size(); ++i) start(ids[i], std::move(openings[i]), now_ms);
  return {};
}

// Asks for the connection's credential. True: the lane can send now. False: a token is on its way,
// or the lane was stopped.
Result<bool> Dispatcher::read_credential(Lane& lane) {
  TokenDesk::Grant grant = tokens_.ask(lane.target);
  switch (grant.state) {
    case TokenDesk::Grant::State::refused:
      PRUUV_TRY(stop(lane, grant.refusal, grant.refusal.outcome == Outcome::rejected));
      return false;
    case TokenDesk::Grant::State::asked:
      lane.state = Lane::State::asking_token;
      return false;
    case TokenDesk::Grant::State::paused:
      lane.pause.wait_until(*grant.until_ms);
      return false;
    case TokenDesk::Grant::State::ready:
      break;
  }
  lane.credential = std::move(grant.credential);
  lane.token_until_ms = grant.until_ms;
  lane.state = Lane::State::ready;
  return true;
}

void Dispatcher::start(std::int64_t request_id, Opening opening, std::int64_t opened_ms) {
  const Connection& connection = *opening.lane->target.connection;
  ++summary_.platforms[connection.platform].requests;
  ++summary_.tried_requests;
  InFlight sent{connection.id, std::move(opening.load),      opening.request.body.size(),
                opened_ms,     services_.clock->steady_ms(), groups_[opening.lane->group].reading};
  auto started = services_.client->start(request_id, std::move(opening.request));
  if (started) {
    in_flight_.emplace(request_id, std::move(sent));
    return;
  }
  answers_.push_back({request_id, std::move(sent), http::not_started(started.error())});
}

// Whether nothing more can come of this phase: no lane has work that may start before the end.
bool Dispatcher::is_finished() {
  if (!is_idle()) return false;
  if (is_stopping()) return true;
  const auto has_work = [&](const auto& entry) {
    const Lane& lane = *entry.second;
    if (!lane.has_work(phase_)) return false;
    return !options_.deadline_ms ||
           ready_ms(lane) + options_.request_timeout_ms < *options_.deadline_ms;
  };
  return std::ranges::none_of(active_, has_work);
}

// How long nothing can happen but an answer, after every lane that is ready has had its turn.
std::int64_t Dispatcher::wait_ms() {
  const std::int64_t now_ms = services_.clock->steady_ms();
  std::optional<std::int64_t> until_ms;
  if (!is_idle()) until_ms = now_ms + glance_ms;
  if (!has_room(0)) return glance_ms;
  for (const auto& [id, lane] : active_) {
    if (!may_send(*lane)) continue;
    const std::int64_t ready = ready_ms(*lane);
    if (ready > now_ms) until_ms = std::min(ready, until_ms.value_or(ready));
  }
  return until_ms ? *until_ms - now_ms : 0;
}

Result<void> Dispatcher::deliver_due() {
  PRUUV_TRY(make_lanes());
  for (const Phase phase : {Phase::ordinary, Phase::crashed_once, Phase::crashed_more}) {
    phase_ = phase;
    for (auto& [id, lane] : lanes_) active_.emplace(id, &lane);
    for (;;) {
      if (phase == Phase::ordinary) PRUUV_TRY(next_rounds());
      if (is_finished()) break;
      if (!is_stopping()) PRUUV_TRY(open_requests());
      const bool has_answers = !answers_.empty() || tokens_.has_answers();
      collect(has_answers ? 0 : wait_ms());
      gather();
      PRUUV_TRY(take_answers());
      if (services_.progress) services_.progress(summary_);
    }
  }
  return {};
}

Result<void> Dispatcher::deliver_all() {
  const std::int64_t started = tokens_.started();
  const std::int64_t answered = tokens_.answered();
  Result<void> done = deliver_due();
  if (done) done = settle_round();
  summary_.tried_requests += tokens_.started() - started;
  summary_.answered_requests += tokens_.answered() - answered;
  if (!done) rescue_answers(done.error().kind);
  leave_rest();
  return done;
}

}  // namespace pruuv::delivery
