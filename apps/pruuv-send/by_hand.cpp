#include "by_hand.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "model/delivery.hpp"
#include "platforms/platform.hpp"
#include "report/table.hpp"

namespace pruuv::app {
namespace {

constexpr std::size_t rows_shown = 20;

std::string rows_table(const std::vector<store::DeliveryRow>& rows) {
  report::Table table({"event", "client", "platform", "connection", "state", "why"});
  for (std::size_t i = 0; i < rows.size() && i < rows_shown; ++i) {
    const store::DeliveryRow& row = rows[i];
    const Reason reason = row.delivery.reason;
    table.add({row.event_id, row.client_id, row.platform, row.connection_name,
               std::string(word_of(row.delivery.state)),
               reason == Reason::none ? "" : std::string(text_of(reason).words)});
  }
  std::string out = table.render();
  if (rows.size() > rows_shown) out += fmt::format("and {} more\n", rows.size() - rows_shown);
  return out;
}

// What a second copy does, for each platform that is among the rows.
std::string second_copy_words(const std::vector<store::DeliveryRow>& rows) {
  std::map<std::string, std::string_view> words;
  for (const platforms::Platform& adapter : platforms::registry()) {
    for (const store::DeliveryRow& row : rows) {
      if (row.platform == adapter.platform) words[row.platform] = adapter.second_copy_words;
    }
  }
  std::string out;
  for (const auto& [platform, text] : words) out += fmt::format("{}: {}\n", platform, text);
  return out;
}

std::vector<store::DeliveryRow> those_arrived(const std::vector<store::DeliveryRow>& rows) {
  std::vector<store::DeliveryRow> arrived;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(arrived),
               [](const auto& row) { return delivery::may_have_arrived(row.delivery); });
  return arrived;
}

}  // namespace

void add_hand_options(CLI::App& app, HandOptions& options) {
  app.add_option("--client", options.filter.client_id, "of this client");
  app.add_option("--platform", options.filter.platform, "to this platform");
  app.add_option("--event", options.filter.event_id, "this event");
  app.add_option("--since", options.since, "events from this time on: a time, a date, 24h, 7d");
  app.add_option("--until", options.until, "events before this time");
  app.add_option("--limit", options.filter.limit, "deliveries at most");
  app.add_flag("--dry-run", options.dry_run, "show what would be sent; send and write nothing");
  app.add_flag("--yes", options.yes, "do not ask");
  app.add_flag("--later", options.later, "only mark them; the next run sends them");
  app.add_flag("--json", options.output.json, "print the result of the run as JSON");
}

Result<store::DeliveryFilter> make_filter(const Context& context, const HandOptions& options) {
  store::DeliveryFilter filter = options.filter;
  PRUUV_TRY_ASSIGN(filter.since_s, read_time(context, "--since", options.since));
  PRUUV_TRY_ASSIGN(filter.until_s, read_time(context, "--until", options.until));
  return filter;
}

std::string render_picked(const delivery::Picked& picked, Cause cause, bool dry_run) {
  std::string out = dry_run ? "dry run: nothing was sent or written\n" : "";
  out += fmt::format("deliveries to send again: {}\n", picked.rows.size());
  if (!picked.rows.empty()) out += rows_table(picked.rows);
  if (cause == Cause::replay) {
    out += second_copy_words(picked.rows);
  } else if (const auto arrived = those_arrived(picked.rows); !arrived.empty()) {
    out += fmt::format("of them may have arrived: {}\n", arrived.size());
    out += second_copy_words(arrived);
  }
  if (!picked.guarded.empty()) {
    const bool is_replay = cause == Cause::replay;
    out += fmt::format("left out, because {}: {}\n",
                       is_replay ? "a second copy would count twice" : "they may have arrived",
                       picked.guarded.size());
    out += rows_table(picked.guarded) + second_copy_words(picked.guarded);
    out += fmt::format("hint: {} sends them all the same\n",
                       is_replay ? "--force" : "--include-ambiguous");
  }
  if (!picked.too_old.empty()) {
    out += fmt::format("left out, because the platform takes them no more: {}\n",
                       picked.too_old.size());
    out += rows_table(picked.too_old);
  }
  return out;
}

Result<int> send_picked(const Context& context, LockedStore& store, const delivery::Picked& picked,
                        Cause cause, const HandOptions& options) {
  const bool ask = !options.yes && is_terminal(STDIN_FILENO);
  const bool is_left_out = !picked.guarded.empty() || !picked.too_old.empty();
  const bool is_risky = cause == Cause::retry && !those_arrived(picked.rows).empty();
  if (ask || context.verbose || is_left_out || is_risky) {
    put(STDERR_FILENO, render_picked(picked, cause, false));
  }
  constexpr int something_left_out = 3;
  if (picked.rows.empty()) {
    if (!is_left_out) put(STDERR_FILENO, "nothing to send again\n");
    return is_left_out ? something_left_out : 0;
  }
  PRUUV_TRY_ASSIGN(
      const bool sure,
      confirm(fmt::format("send {} deliveries again", picked.rows.size()), options.yes));
  if (!sure) return 0;
  PRUUV_TRY(delivery::make_due(*store.database, picked.rows, cause, operator_name(),
                               context.clock->now_ms()));
  if (options.later) {
    put(STDOUT_FILENO,
        fmt::format("deliveries due now: {}; the next run sends them\n", picked.rows.size()));
    return 0;
  }
  delivery::RunOptions run;
  run.only.emplace();
  for (const store::DeliveryRow& row : picked.rows) {
    run.only->push_back({row.delivery.connection_id, row.delivery.event_seq});
  }
  return run_and_report(context, store, cause == Cause::replay ? "replay" : "retry", run,
                        options.output);
}

}  // namespace pruuv::app
