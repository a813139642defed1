#include "send.hpp"

#include <algorithm>
#include <random>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "audit/chain.hpp"
#include "base/text.hpp"
#include "delivery/validate.hpp"
#include "report/run.hpp"
#include "signals.hpp"
#include "store/health.hpp"
#include "store/outcomes.hpp"
#include "store/runs.hpp"
#include "store/schema.hpp"
#include "version.hpp"

namespace pruuv::app {
namespace {

// One line that is written over, on a terminal only.
class Progress {
 public:
  explicit Progress(bool on) : on_(on) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { clear(); }

  void show(const RunSummary& summary) {
    if (!on_) return;
    const PlatformCounts total = summary.total();
    const std::int64_t done =
        total.accepted + total.rejected + total.retryable + total.ambiguous + total.held;
    std::string line = summary.due == 0 ? fmt::format("planning: {} events", summary.planned_events)
                                        : fmt::format("sending: {} of {} taken up, {} requests",
                                                      done, summary.due, total.requests);
    if (line == last_) return;
    put(STDERR_FILENO, fmt::format("\r{}\x1b[K", line));
    last_ = std::move(line);
  }
  void clear() {
    if (!last_.empty()) put(STDERR_FILENO, "\r\x1b[K");
    last_.clear();
  }

 private:
  bool on_;
  std::string last_;
};

void print(const Context& context, const RunSummary& summary, int exit_code, const Output& output) {
  if (output.json) {
    put(STDOUT_FILENO, report::render_summary_json(summary, exit_code));
  } else if (context.verbose || is_terminal(STDOUT_FILENO)) {
    put(STDOUT_FILENO, report::render_summary(summary));
  } else {
    // Cron mails whatever is printed: a good night is silent.
    put(STDERR_FILENO, report::render_troubles(summary));
  }
}

delivery::RunOptions complete(const Context& context, delivery::RunOptions options) {
  const config::Config& config = context.config;
  options.in_flight_max = config.max_in_flight;
  options.batch_events_max = config.batch_events_max;
  options.request_timeout_ms = config.request_timeout_s * 1000;
  if (config.deadline_s > 0)
    options.deadline_ms = context.begun_steady_ms + config.deadline_s * 1000;
  std::random_device chance;
  options.seed = chance();
  return options;
}

Result<std::unique_ptr<http::Client>> make_client(const Context& context) {
  http::CurlOptions curl;
  curl.ca_file = context.config.ca_file;
  curl.total_timeout_ms = static_cast<int>(context.config.request_timeout_s * 1000);
  curl.user_agent = std::string("pruuv-send/") + version;
  return http::make_curl_client(curl);
}

Result<RunSummary> run_loop(const Context& context, store::Database& database,
                            const store::Run& run, const delivery::RunOptions& options) {
  PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(context, database));
  PRUUV_TRY_ASSIGN(const auto set, ServiceSet::make(context, database));
  Progress progress(is_terminal(STDERR_FILENO));
  delivery::Services& services = set->services();
  services.progress = [&](const RunSummary& summary) { progress.show(summary); };
  services.stop = &asked_to_stop;
  services.unrecorded = [&](const std::string& line) {
    progress.clear();
    put(STDERR_FILENO, line + "\n");
  };
  return delivery::run(services, roster, run, options);
}

// The lock, or what kept us from it after --wait-lock.
Result<store::Lock> wait_for_lock(const Context& context) {
  constexpr std::int64_t pause_ms = 250;
  const std::int64_t until_ms = context.clock->steady_ms() + context.config.wait_lock_s * 1000;
  for (;;) {
    auto lock = store::Lock::take(context.config.store);
    if (lock || lock.error().kind != ErrorKind::try_again) return lock;
    if (context.clock->steady_ms() >= until_ms) return lock;
    context.clock->sleep_ms(pause_ms);
  }
}

}  // namespace

Result<std::unique_ptr<ServiceSet>> ServiceSet::make(const Context& context,
                                                     store::Database& database) {
  PRUUV_TRY_ASSIGN(auto client, make_client(context));
  return std::unique_ptr<ServiceSet>(new ServiceSet(context, database, std::move(client)));
}

ServiceSet::ServiceSet(const Context& context, store::Database& database,
                       std::unique_ptr<http::Client> client)
    : client_(std::move(client)),
      secrets_(make_keeper(context, database, redactor_)),
      farewell_(*secrets_, *client_) {
  services_.database = &database;
  services_.client = client_.get();
  services_.clock = context.clock.get();
  services_.secrets = secrets_.get();
  services_.redactor = &redactor_;
}

Result<LockedStore> lock_store(const Context& context, bool accept_restored) {
  const std::string& path = context.config.store;
  // Asked first, so that what is no store gets no lock file beside it.
  PRUUV_TRY(store::check_is_store(path));
  PRUUV_TRY_ASSIGN(store::Lock lock, wait_for_lock(context));
  PRUUV_TRY(store::check_room(path));
  PRUUV_TRY_ASSIGN(auto database, store::open_store(path, store::OpenMode::read_write));
  PRUUV_TRY(store::check_after_crash(*database));
  PRUUV_TRY_ASSIGN(const store::StoreInfo info, store::load_store_info(*database));
  if (!info.warning.empty())
    put(STDERR_FILENO, fmt::format("pruuv-send: warning: {}\n", info.warning));
  PRUUV_TRY_ASSIGN(const auto missing, store::runs_missing_from_store(*database, info.store_id));
  if (!missing.empty() && !accept_restored) {
    return fail(
        ErrorKind::store_content,
        fmt::format(
            "read {}: its journal knows of {} later runs; the store is an older copy of itself",
            path, missing.size()),
        "`pruuv-send accept-restore` holds what may have been sent since; then look at it");
  }
  return LockedStore{std::move(lock), std::move(database), info.store_id};
}

Result<void> check_client(store::Database& database, const std::string& client_id) {
  if (client_id.empty()) return {};
  PRUUV_TRY_ASSIGN(const auto known, store::load_client_ids(database));
  if (std::ranges::find(known, client_id) != known.end()) return {};
  const auto alike = std::ranges::find_if(
      known, [&](const std::string& one) { return equal_ignoring_ascii_case(one, client_id); });
  return fail(ErrorKind::usage,
              fmt::format("read --client: there is no client {}", printable(client_id)),
              alike != known.end() ? fmt::format("did you mean {}?", printable(*alike))
                                   : "`pruuv-send connections list` shows them");
}

Result<int> run_and_report(const Context& context, LockedStore& store, const std::string& command,
                           const delivery::RunOptions& options, const Output& output) {
  store::Database& database = *store.database;
  const std::string& path = context.config.store;
  PRUUV_TRY(check_client(database, options.client_id));
  watch_signals();
  PRUUV_TRY_ASSIGN(const store::Run run,
                   store::begin_run(database, command, version, context.clock->now_s()));
  PRUUV_TRY_ASSIGN(const std::string head, audit::chain_head_hex(database));
  PRUUV_TRY(store::append_run_journal(path, store.store_id, run.run_id, true, head,
                                      context.clock->now_s()));
  auto summary = run_loop(context, database, run, complete(context, options));
  if (!summary) {
    // The run row says how it ended where the store still can.
    const int code = exit_code_of(summary.error().kind);
    static_cast<void>(store::end_run(database, run, code, context.clock->now_s()));
    return Unexpected(std::move(summary).error());
  }
  constexpr int by_signal = 128;
  PRUUV_TRY_ASSIGN(std::string warning, store::wal_warning(database));
  if (!warning.empty()) summary->warnings.push_back(std::move(warning));
  const int code = summary->early_end == EarlyEnd::signal ? by_signal + signal_received()
                                                          : delivery::exit_code_of(*summary);
  PRUUV_TRY(store::end_run(database, run, code, context.clock->now_s()));
  PRUUV_TRY(store::append_run_journal(path, store.store_id, run.run_id, false,
                                      summary->chain_head_hex, context.clock->now_s()));
  print(context, *summary, code, output);
  return code;
}

Result<int> validate_and_report(const Context& context, const delivery::RunOptions& asked,
                                const Output& output) {
  const delivery::RunOptions options = complete(context, asked);
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
  PRUUV_TRY(check_client(*database, options.client_id));
  PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(context, *database));
  PRUUV_TRY_ASSIGN(const auto set, ServiceSet::make(context, *database));
  PRUUV_TRY_ASSIGN(const std::vector<ValidationLine> lines,
                   delivery::validate(set->services(), roster, options));
  put(STDOUT_FILENO,
      output.json ? report::render_validation_json(lines) : report::render_validation(lines));
  constexpr int partly = 3;
  const bool is_fine = std::ranges::all_of(lines, [](const ValidationLine& line) {
    return line.faults.empty() && (line.not_checked.empty() || !line.can_check);
  });
  return is_fine ? 0 : partly;
}

}  // namespace pruuv::app
