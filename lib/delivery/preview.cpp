#include "delivery/preview.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "audit/log.hpp"
#include "base/text.hpp"
#include "delivery/batch.hpp"
#include "delivery/lane.hpp"
#include "delivery/prepare.hpp"
#include "identity/identity.hpp"
#include "platforms/click_id.hpp"
#include "platforms/signals.hpp"
#include "store/deliveries.hpp"
#include "store/events.hpp"
#include "store/schema.hpp"

namespace pruuv::delivery {
namespace {

platforms::Credential placeholder() {
  platforms::Credential credential;
  credential.access_token = Secret("placeholder");
  return credential;
}

HttpRequest build(const resolve::Target& target,
                  const std::vector<const Conversion*>& conversions) {
  return target.adapter->build(conversions, *target.connection, *target.endpoint, placeholder(),
                               platforms::Purpose::deliver);
}

Result<InspectedConnection> inspect_at(store::Database& database, const FunnelEvent& event,
                                       const resolve::Decision& decision) {
  InspectedConnection inspected;
  inspected.connection = *decision.target.connection;
  inspected.reason = decision.reason;
  inspected.reasons = decision.reasons;
  inspected.warnings = decision.encoding.warnings;
  inspected.until_s = decision.timing.until_s;
  inspected.expires_s = decision.timing.expires_s;
  inspected.judged_later = decision.target.adapter->status_request != nullptr;
  PRUUV_TRY_ASSIGN(inspected.delivery,
                   store::load_delivery(database, event.seq, decision.target.connection->id));
  const Conversion& conversion = decision.encoding.conversion;
  const bool is_sendable = decision.becomes_delivery() || inspected.delivery;
  if (!is_sendable || !decision.encoding.refusals.empty() || conversion.object.empty())
    return inspected;
  inspected.request = build(decision.target, {&conversion});
  const platforms::Platform& adapter = *decision.target.adapter;
  const std::vector<bool> found = platforms::signals_in(adapter, conversion.object);
  for (std::size_t i = 0; i < found.size(); ++i)
    (found[i] ? inspected.signals_sent : inspected.signals_missing)
        .push_back(adapter.signals[i].words);
  return inspected;
}

DryRunLine line_of(const Selected& selected, const RunOptions& options) {
  const resolve::Target& target = selected.target;
  DryRunLine line;
  line.connection = *target.connection;
  for (const Batch& batch : batches_of(selected, options)) {
    std::vector<const Conversion*> conversions;
    for (const Item& item : batch) conversions.push_back(&item.conversion);
    const HttpRequest request = build(target, conversions);
    line.events += static_cast<std::int64_t>(batch.size());
    ++line.requests;
    line.bytes += static_cast<std::int64_t>(request.body.size());
    line.url = request.url;
  }
  if (target.connection->paused) line.held_because = std::string(text_of(Reason::paused).words);
  return line;
}

void add(Selection& selection, const resolve::Target& target, Conversion conversion) {
  Selected& selected = selection.by_connection[target.connection->id];
  selected.target = target;
  Item item;
  item.conversion = std::move(conversion);
  selected.items.push_back(std::move(item));
}

void count_plan(RunSummary& summary, const FunnelEvent& event,
                const resolve::Resolution& resolution, const RunOptions& options) {
  for (const auto& [platform, reason] : resolution.by_platform) {
    if (!is_selected(event.client_id, platform, options)) continue;
    PlatformCounts& counts = summary.platforms[std::string(platform)];
    if (class_of(reason) == ReasonClass::expired) {
      ++counts.expired;
    } else if (reason != Reason::routed) {
      ++counts.skipped[reason];
    }
  }
}

// Whether the limit leaves room for one more.
bool take_one(RunSummary& summary, const RunOptions& options) {
  if (options.limit > 0 && static_cast<std::size_t>(summary.due) >= options.limit) {
    summary.work_left = true;
    return false;
  }
  ++summary.due;
  return true;
}

Result<void> add_turn(store::Database& database, const resolve::Target& target, int turn,
                      const RunOptions& options, std::int64_t now_s, Selection& selection) {
  constexpr std::size_t page = 1000;
  store::DueAfter position;
  for (;;) {
    PRUUV_TRY_ASSIGN(const auto due,
                     store::load_due(database, target.connection->id, turn, now_s, position, page));
    if (due.empty()) return {};
    position = {due.back().expires_s, due.back().event_seq};
    PRUUV_TRY_ASSIGN(Prepared prepared, prepare(database, target, due, now_s));
    for (Item& item : prepared.items) {
      if (take_one(selection.summary, options)) add(selection, target, std::move(item.conversion));
    }
  }
}

Result<void> add_due(store::Database& database, const Roster& roster, const RunOptions& options,
                     std::int64_t now_s, Selection& selection) {
  PRUUV_TRY_ASSIGN(const auto backlogs, store::load_backlogs(database, now_s));
  for (const store::Backlog& backlog : backlogs) {
    const resolve::Target* target = roster.of_connection(backlog.connection_id);
    if (!backlog.due || target == nullptr || !is_selected(*target->connection, options)) continue;
    for (std::size_t turn = 0; turn < turns; ++turn)
      PRUUV_TRY(add_turn(database, *target, static_cast<int>(turn), options, now_s, selection));
  }
  return {};
}

}  // namespace

Result<Inspection> inspect(store::Database& database, const Roster& roster,
                           std::string_view event_id, std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(const std::optional<FunnelEvent> event, store::load_event(database, event_id));
  if (!event) {
    return fail(ErrorKind::usage,
                fmt::format("inspect {}: the store has no such event", printable(event_id)),
                "ids are the collector's UUIDs; `pruuv-send audit` lists those that were sent");
  }
  PRUUV_TRY_ASSIGN(const store::StoreInfo info, store::load_store_info(database));
  Inspection inspection;
  inspection.event = *event;
  inspection.now_s = now_s;
  inspection.planned = event->seq <= info.planned_seq;
  inspection.click_ids = platforms::look_at_click_ids(*event);
  const resolve::Resolution resolution =
      resolve::resolve(*event, roster.of_client(event->client_id), now_s, resolve::Reasons::every);
  for (const auto& [platform, reason] : resolution.by_platform) {
    inspection.by_platform.emplace_back(std::string(platform), reason);
  }
  for (const resolve::Decision& decision : resolution.decisions) {
    PRUUV_TRY_ASSIGN(InspectedConnection inspected, inspect_at(database, *event, decision));
    inspection.connections.push_back(std::move(inspected));
  }
  audit::LogFilter filter;
  filter.event_id = event->id;
  PRUUV_TRY_ASSIGN(audit::LogPage log, audit::load_log(database, filter));
  inspection.attempts.assign(log.rows.rbegin(), log.rows.rend());
  return inspection;
}

std::vector<Batch> batches_of(const Selected& selected, const RunOptions& options) {
  const platforms::Limits& limits = selected.target.adapter->limits;
  std::size_t events_max = limits.events_max;
  if (options.batch_events_max > 0) events_max = std::min(events_max, options.batch_events_max);
  return cut_into_batches(selected.items, events_max, limits.body_bytes_max);
}

Result<Selection> select(store::Database& database, const Roster& roster, const RunOptions& options,
                         std::int64_t now_s) {
  Selection selection;
  PRUUV_TRY(add_due(database, roster, options, now_s, selection));
  PRUUV_TRY_ASSIGN(const store::StoreInfo info, store::load_store_info(database));
  std::int64_t mark = info.planned_seq;
  for (;;) {
    constexpr std::size_t page = 1000;
    PRUUV_TRY_ASSIGN(const auto events, store::load_events_after(database, mark, page));
    if (events.empty()) break;
    mark = events.back().seq;
    for (const FunnelEvent& event : events) {
      if (is_selected(event.client_id, options.platform, options))
        ++selection.summary.planned_events;
      resolve::Resolution resolution =
          resolve::resolve(event, roster.of_client(event.client_id), now_s);
      count_plan(selection.summary, event, resolution, options);
      for (resolve::Decision& decision : resolution.decisions) {
        const Connection& connection = *decision.target.connection;
        if (!decision.becomes_delivery() || !is_selected(connection, options)) continue;
        PRUUV_TRY_ASSIGN(const auto known,
                         store::load_delivery(database, event.seq, connection.id));
        if (known) continue;  // of a run that died before it had planned all
        if (decision.reason != Reason::routed) {
          ++selection.summary.platforms[connection.platform].waiting;
        } else if (take_one(selection.summary, options)) {
          add(selection, decision.target, std::move(decision.encoding.conversion));
        }
      }
    }
  }
  return selection;
}

Result<DryRun> dry_run(store::Database& database, const Roster& roster, const RunOptions& options,
                       std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(Selection selection, select(database, roster, options, now_s));
  DryRun dry;
  for (const auto& [id, selected] : selection.by_connection)
    dry.lines.push_back(line_of(selected, options));
  dry.summary = std::move(selection.summary);
  return dry;
}

}  // namespace pruuv::delivery
