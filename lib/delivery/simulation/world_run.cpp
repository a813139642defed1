#include <algorithm>

#include <fmt/format.h>

#include "delivery/simulation/world.hpp"
#include "store/connections.hpp"
#include "store/runs.hpp"
#include "store/schema.hpp"

// One run of the program in the world, and what must hold after it.
namespace pruuv::delivery::simulation {
namespace {

bool is_whole(const RunOptions& options, const RunSummary& summary) {
  return !options.only && options.limit == 0 && summary.early_end == EarlyEnd::none;
}

}  // namespace

RunOptions World::draw_options() {
  const std::vector<std::size_t> many = {1, 2, 8, 8};
  const std::vector<std::size_t> batches = {0, 0, 1, 3, 20};
  RunOptions options;
  options.in_flight_max = dice_.one_of(many);
  options.in_flight_per_connection_max = dice_.one_of(many);
  options.batch_events_max = dice_.one_of(batches);
  // From one event a round to all of them.
  options.spool.block_bytes = dice_.one_of(std::vector<std::size_t>{1, 2'000, 1'000'000});
  options.spool.file_bytes = dice_.one_of(std::vector<std::int64_t>{1, 5'000, 1'000'000});
  options.plan_page_events = dice_.one_of(std::vector<std::size_t>{1, 3, 1'000});
  options.seed = static_cast<std::uint64_t>(dice_.below(1'000'000));
  if (climate_.strikes(Fault::limit, dice_))
    options.limit = static_cast<std::size_t>(dice_.any_size(5));
  if (climate_.strikes(Fault::deadline, dice_)) {
    options.deadline_ms = SimulatedClock::steady_of(clock_.time_ms()) + options.request_timeout_ms +
                          dice_.any_size(20);
  }
  return options;
}

// Chooses where the run is killed, or told to stop, if it is.
void World::light_fuses() {
  clock_fuse_.set(0);
  network_fuse_.set(0);
  if (climate_.strikes(Fault::crash, dice_)) {
    constexpr int by_clock_bits = 12;
    constexpr int by_network_bits = 6;
    const bool by_clock = dice_.chance(400);
    (by_clock ? clock_fuse_ : network_fuse_)
        .set(dice_.any_size(by_clock ? by_clock_bits : by_network_bits));
  }
  stop_after_ = 0;
  constexpr int looks_bits = 8;
  if (climate_.strikes(Fault::stop_soon, dice_)) {
    stop_kind_ = Stop::soon;
    stop_after_ = dice_.any_size(looks_bits);
  } else if (climate_.strikes(Fault::stop_now, dice_)) {
    stop_kind_ = Stop::now;
    stop_after_ = dice_.any_size(looks_bits);
  }
}

Stop World::asked_to_stop(RunRules& rules) {
  if (stop_after_ == 0) return Stop::no;
  if (stop_after_ > 1) {
    --stop_after_;
    return Stop::no;
  }
  rules.note_stop();
  return stop_kind_;
}

Result<Secret> World::read_secret(const std::string& reference) {
  const std::string credential = reference.substr(reference.find(':') + 1);
  const Spell* spell = weather_.of_credential(credential, clock_.time_ms(), network_dice_);
  if (spell != nullptr && spell->fault == Fault::no_secret)
    return fail(ErrorKind::config, "read " + reference + ": not set");
  // No credential is shared across vendors.
  const auto uses = std::ranges::find_if(fleet_.connections(), [&](const FleetConnection& one) {
    return one.stored.credential == reference;
  });
  if (!is_google(uses->vendor)) return Secret("token-" + credential);
  return Secret(fmt::format(
      R"({{"client_id":"id-{0}","client_secret":"secret-{0}","refresh_token":"refresh-{0}"}})",
      credential));
}

bool World::run_until_crash(const RunOptions& options, RunRules& rules, RunSummary& summary) {
  const store::Run row =
      value_of(store::begin_run(*database_, "send", "simulation", clock_.time_s()));
  constexpr int events_in_run_max = 4;
  const auto collect_events = [this, left = events_in_run_max]() mutable {
    if (left > 0 && climate_.strikes(Fault::events_in_run, network_dice_))
      add_events(std::min(left--, 2));
  };
  const Surroundings surroundings{clock_,         network_fuse_, network_dice_, fleet_,
                                  books_,         witness_,      stand_ins_,    rules,
                                  collect_events, setting_.trace};
  Network network(surroundings);
  secrets::Places places;
  places.here = [this](const secrets::Reference& reference) { return read_secret(reference.text); };
  audit::Redactor redactor;
  secrets::Keeper keeper(std::move(places), clock_,
                         [&redactor](const Secret& secret) { redactor.add_secret(secret); });
  Services services;
  services.database = database_.get();
  services.client = &network;
  services.clock = &clock_;
  services.secrets = &keeper;
  services.redactor = &redactor;
  services.stop = [this, &rules] { return asked_to_stop(rules); };
  services.unrecorded = [](const std::string& line) {
    throw Violation{"an answer was not recorded: " + line};
  };
  const Roster roster = value_of(Roster::make(value_of(store::load_connections(*database_)), {}));
  light_fuses();
  try {
    summary = value_of(delivery::run(services, roster, row, options));
  } catch (const Crash&) {
    clock_fuse_.set(0);
    network_fuse_.set(0);
    return false;
  }
  clock_fuse_.set(0);
  network_fuse_.set(0);
  must(store::end_run(*database_, row, exit_code_of(summary), clock_.time_s()));
  return true;
}

bool World::run(RunOptions options) {
  const std::int64_t begin_s = clock_.time_s();
  const std::int64_t last_seq = books_.events.empty() ? 0 : books_.events.rbegin()->first;
  RunRules rules(options, setting_.without);
  RunSummary summary;
  trace(fmt::format("run, limit {}, in flight {}", options.limit, options.in_flight_max));
  const bool lived = run_until_crash(options, rules, summary);
  requests_ += static_cast<std::uint64_t>(rules.requests());
  if (!lived) {
    trace("the run dies");
    database_.reset();
    database_ = value_of(store::open_store(setting_.store_path, store::OpenMode::read_write));
  }
  witness_.check_copies();
  witness_.check_records(clock_.time_s());
  witness_.check_plans();
  std::erase_if(books_.wishes, [](const auto& wish) { return wish.second.is_tried; });
  constexpr int now_and_then = 100;
  if (dice_.chance(now_and_then)) witness_.check_chain();
  if (dice_.chance(now_and_then)) witness_.check_outcomes();
  if (lived) check_run(options, rules, summary, begin_s);
  if (lived && is_whole(options, summary)) witness_.check_all_planned(last_seq);
  return lived;
}

void World::check_run(const RunOptions& options, const RunRules& rules, const RunSummary& summary,
                      std::int64_t begin_s) {
  const PlatformCounts total = summary.total();
  if (total.accepted != witness_.moved().accepted || total.rejected != witness_.moved().rejected)
    throw Violation{fmt::format("the summary says {} accepted and {} rejected, the store {} and {}",
                                total.accepted, total.rejected, witness_.moved().accepted,
                                witness_.moved().rejected)};
  if (!value_of(audit::load_unclosed_requests(*database_)).empty())
    throw Violation{"a run that came to its end left a request open"};
  if (is_whole(options, summary)) witness_.check_nothing_left(rules, begin_s, clock_.time_s());
}

}  // namespace pruuv::delivery::simulation
