#include <map>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "base/json.hpp"
#include "by_hand.hpp"
#include "commands.hpp"
#include "delivery/diff.hpp"
#include "report/table.hpp"

namespace pruuv::app {
namespace {

struct Options {
  HandOptions hand;
  bool force = false;
  bool diff = false;
};

bool has_filter(const HandOptions& options) {
  return !options.filter.client_id.empty() || !options.filter.platform.empty() ||
         !options.filter.event_id.empty() || !options.since.empty() || !options.until.empty();
}

std::string words_of(const delivery::DiffRow& row) {
  switch (row.difference) {
    case delivery::Difference::same:
      return "the same bytes";
    case delivery::Difference::other_bytes:
      return "other bytes, the same dedup key";
    case delivery::Difference::other_key:
      return "another dedup key: a second conversion";
    case delivery::Difference::would_not_go:
      return fmt::format("would not go: {}", text_of(row.reason).words);
    case delivery::Difference::nothing_to_compare:
      return "no attempt to compare with";
  }
  return "";
}

std::string diff_as_table(const std::vector<delivery::DiffRow>& rows) {
  report::Table table({"event", "client", "platform", "connection", "a second copy would be"});
  std::map<std::string, std::size_t> counts;
  for (const delivery::DiffRow& row : rows) {
    const store::DeliveryRow& of = row.row;
    table.add({of.event_id, of.client_id, of.platform, of.connection_name, words_of(row)});
    ++counts[words_of(row)];
  }
  std::string out = rows.empty() ? "" : table.render();
  out += fmt::format("nothing was sent; deliveries compared with their last attempt: {}\n",
                     rows.size());
  for (const auto& [words, count] : counts) out += fmt::format("{}: {}\n", words, count);
  return out;
}

std::string diff_as_json(const std::vector<delivery::DiffRow>& rows) {
  json::Writer out;
  out.begin_array();
  for (const delivery::DiffRow& row : rows) {
    out.begin_object();
    out.member("event_id", row.row.event_id);
    out.member("client_id", row.row.client_id);
    out.member("platform", row.row.platform);
    out.member("connection", row.row.connection_name);
    out.member("difference", word_of(row.difference));
    if (row.reason != Reason::none) out.member("reason", code_of(row.reason));
    out.end_object();
  }
  out.end_array();
  return out.str() + "\n";
}

// All that were accepted, guarded or not: nothing is sent.
Result<int> show_diff(const Context& context, const Options& options,
                      const store::DeliveryFilter& filter) {
  const std::int64_t now_s = context.clock->now_s();
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
  PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(context, *database));
  PRUUV_TRY_ASSIGN(delivery::Picked picked,
                   delivery::pick_accepted(*database, roster, filter, true, now_s));
  picked.rows.insert(picked.rows.end(), picked.too_old.begin(), picked.too_old.end());
  PRUUV_TRY_ASSIGN(const auto rows, delivery::diff(*database, roster, picked.rows, now_s));
  put(STDOUT_FILENO, options.hand.output.json ? diff_as_json(rows) : diff_as_table(rows));
  return 0;
}

Result<int> replay(const Context& context, const Options& options) {
  if (!has_filter(options.hand)) {
    return fail(ErrorKind::usage, "replay: of which events?",
                "say --event, --client, --platform, --since or --until");
  }
  PRUUV_TRY_ASSIGN(const store::DeliveryFilter filter, make_filter(context, options.hand));
  if (options.diff) return show_diff(context, options, filter);
  const std::int64_t now_s = context.clock->now_s();
  if (options.hand.dry_run) {
    PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
    PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(context, *database));
    PRUUV_TRY_ASSIGN(const delivery::Picked picked,
                     delivery::pick_accepted(*database, roster, filter, options.force, now_s));
    put(STDOUT_FILENO, render_picked(picked, Cause::replay, true));
    return 0;
  }
  PRUUV_TRY_ASSIGN(LockedStore store, lock_store(context));
  PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(context, *store.database));
  PRUUV_TRY_ASSIGN(const delivery::Picked picked,
                   delivery::pick_accepted(*store.database, roster, filter, options.force, now_s));
  return send_picked(context, store, picked, Cause::replay, options.hand);
}

}  // namespace

void add_replay(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("replay", "Send accepted events a second time");
  add_hand_options(*command, options->hand);
  command->add_flag("--force", options->force,
                    "also where the platform would count the second copy");
  command->add_flag("--diff", options->diff,
                    "send nothing; compare what would go with what went last");
  command->final_callback([&context, options] {
    context.command = [&context, options] { return replay(context, *options); };
  });
}

}  // namespace pruuv::app
