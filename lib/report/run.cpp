#include "report/run.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "report/table.hpp"

namespace pruuv::report {
namespace {

std::int64_t skipped_of(const PlatformCounts& counts) {
  std::int64_t sum = 0;
  for (const auto& [reason, count] : counts.skipped) sum += count;
  return sum;
}

std::string number(std::int64_t value) { return value == 0 ? "-" : std::to_string(value); }

std::string platform_table(const RunSummary& summary) {
  Table table({"platform", "accepted", "rejected", "again", "unknown", "held", "waiting", "expired",
               "skipped", "requests"},
              {false, true, true, true, true, true, true, true, true, true});
  const auto add = [&](const std::string& name, const PlatformCounts& c) {
    table.add({name, number(c.accepted), number(c.rejected), number(c.retryable),
               number(c.ambiguous), number(c.held + c.paused), number(c.waiting), number(c.expired),
               number(skipped_of(c)), number(c.requests)});
  };
  for (const auto& [platform, counts] : summary.platforms) add(platform, counts);
  if (summary.platforms.size() > 1) add("all", summary.total());
  return table.render();
}

std::string skip_lines(const RunSummary& summary) {
  std::string out;
  for (const auto& [platform, counts] : summary.platforms) {
    for (const auto& [reason, count] : counts.skipped) {
      out += fmt::format("  {:<8} {:>7}  {}: {}\n", platform, count, code_of(reason),
                         text_of(reason).words);
    }
  }
  return out.empty() ? out : "\nskipped:\n" + out;
}

// What platforms said of what earlier runs had sent.
std::string judged_lines(const RunSummary& summary) {
  std::string out;
  for (const auto& [platform, counts] : summary.platforms) {
    if (counts.confirmed + counts.refused_afterwards + counts.asked_again == 0) continue;
    out += fmt::format("{} on earlier runs: {} confirmed, {} refused, {} to be sent again\n",
                       platform, counts.confirmed, counts.refused_afterwards, counts.asked_again);
  }
  return out;
}

std::string stopped_line(const StoppedConnection& stopped) {
  const ReasonText& text = text_of(stopped.reason);
  std::string line =
      fmt::format("{} {}/{}: {}", printable(stopped.client_id), stopped.platform,
                  printable(stopped.name), stopped.held ? "held" : "left for the next run");
  if (stopped.reason != Reason::none) line += fmt::format(", {}", text.words);
  if (!stopped.detail.empty()) line += fmt::format(" ({})", stopped.detail);
  line += '\n';
  if (stopped.held && !text.advice.empty()) line += fmt::format("hint: {}\n", text.advice);
  return line;
}

// An outage stops every connection of a platform for one and the same reason: they are told in one
// line.
constexpr std::size_t alike_told_apart = 5;

bool is_alike(const StoppedConnection& one, const StoppedConnection& other) {
  return one.platform == other.platform && one.reason == other.reason && one.held == other.held &&
         one.detail == other.detail;
}

std::string stopped_lines(const std::vector<StoppedConnection>& stopped) {
  std::string out;
  std::vector<const StoppedConnection*> told;
  for (const StoppedConnection& one : stopped) {
    const auto is_like_one = [&](const StoppedConnection* other) { return is_alike(one, *other); };
    if (std::ranges::any_of(told, is_like_one)) continue;
    const auto alike = static_cast<std::size_t>(std::ranges::count_if(
        stopped, [&](const StoppedConnection& other) { return is_alike(one, other); }));
    if (alike <= alike_told_apart) {
      out += stopped_line(one);
      continue;
    }
    told.push_back(&one);
    StoppedConnection all = one;
    all.client_id = fmt::format("{} connections, the first of them {}", alike, one.client_id);
    out += stopped_line(all);
  }
  return out;
}

std::string expiring_lines(const std::vector<ExpiringSoon>& expiring) {
  std::string out;
  for (const ExpiringSoon& one : expiring) {
    out += fmt::format("expires soon: {} {}/{}: {} not delivered, the first until {}\n",
                       printable(one.client_id), one.platform, printable(one.connection_name),
                       one.count, format_utc(one.first_s));
  }
  return out;
}

std::string early_end_line(const RunSummary& summary) {
  const std::string_view rest = summary.work_left ? "; more is due" : "; nothing was left";
  switch (summary.early_end) {
    case EarlyEnd::none:
      return {};
    case EarlyEnd::limit:
      return summary.work_left ? "stopped at --limit; more is due\n" : "";
    case EarlyEnd::deadline:
      return fmt::format("stopped at --deadline{}\n", rest);
    case EarlyEnd::signal:
      return fmt::format("stopped by a signal{}\n", rest);
  }
  return {};
}

void write_counts(json::Writer& out, const PlatformCounts& counts) {
  out.begin_object();
  out.member_integer("accepted", counts.accepted);
  out.member_integer("rejected", counts.rejected);
  out.member_integer("retryable", counts.retryable);
  out.member_integer("ambiguous", counts.ambiguous);
  out.member_integer("held", counts.held);
  out.member_integer("paused", counts.paused);
  out.member_integer("waiting", counts.waiting);
  out.member_integer("expired", counts.expired);
  out.member_integer("requests", counts.requests);
  out.member_integer("confirmed", counts.confirmed);
  out.member_integer("refused_afterwards", counts.refused_afterwards);
  out.member_integer("asked_again", counts.asked_again);
  out.key("skipped");
  out.begin_object();
  for (const auto& [reason, count] : counts.skipped) out.member_integer(code_of(reason), count);
  out.end_object();
  out.end_object();
}

void write_platforms(json::Writer& out, const RunSummary& summary) {
  out.key("platforms");
  out.begin_object();
  for (const auto& [platform, counts] : summary.platforms) {
    out.key(platform);
    write_counts(out, counts);
  }
  out.end_object();
}

}  // namespace

std::string render_troubles(const RunSummary& summary) {
  std::string out;
  if (summary.recovered_requests > 0) {
    out += fmt::format(
        "an earlier run died with requests open: {}; their events are sent again inside the "
        "dedup window\n",
        summary.recovered_requests);
  }
  if (summary.early_end != EarlyEnd::limit) out += early_end_line(summary);
  out += stopped_lines(summary.stopped);
  const PlatformCounts total = summary.total();
  if (total.rejected > 0) {
    out += fmt::format("rejected: {}; see `pruuv-send audit --client X --status rejected`\n",
                       total.rejected);
  }
  if (total.expired > 0)
    out += fmt::format("expired, too old for their platform: {}\n", total.expired);
  if (total.refused_afterwards > 0) {
    out += fmt::format(
        "accepted by an earlier run and refused by the platform since: {}; see `pruuv-send audit "
        "--client X --status rejected`\n",
        total.refused_afterwards);
  }
  if (total.retryable > 0) out += fmt::format("failed, to be sent again: {}\n", total.retryable);
  if (total.ambiguous > 0) {
    out += fmt::format("outcome unknown, to be sent again inside the dedup window: {}\n",
                       total.ambiguous);
  }
  if (summary.open_held > 0) out += fmt::format("held in the store: {}\n", summary.open_held);
  out += expiring_lines(summary.expiring);
  for (const std::string& warning : summary.warnings) out += fmt::format("warning: {}\n", warning);
  return out;
}

std::string render_summary(const RunSummary& summary) {
  std::string out;
  if (summary.planned_events == 0 && summary.due == 0) {
    out += "nothing new and nothing due\n";
  } else {
    out += fmt::format("new events: {}, deliveries due: {}, {:.1f} s\n\n", summary.planned_events,
                       summary.due, static_cast<double>(summary.elapsed_ms) / 1000.0);
    out += platform_table(summary);
    out += skip_lines(summary);
  }
  if (const std::string judged = judged_lines(summary); !judged.empty()) out += "\n" + judged;
  const std::string troubles = render_troubles(summary);
  if (!troubles.empty()) out += "\n" + troubles;
  if (summary.early_end == EarlyEnd::limit && summary.work_left)
    out += "\n" + early_end_line(summary);
  return out + fmt::format("\nrun {}, audit head {}\n", summary.run_id,
                           summary.chain_head_hex.substr(0, 16));
}

std::string render_summary_json(const RunSummary& summary, int exit_code) {
  json::Writer out;
  out.begin_object();
  out.member("run_id", summary.run_id);
  out.member_integer("exit_code", exit_code);
  out.member_integer("planned_events", summary.planned_events);
  out.member_integer("due", summary.due);
  out.member_integer("elapsed_ms", summary.elapsed_ms);
  out.member_integer("recovered_requests", summary.recovered_requests);
  out.member_integer("open_held", summary.open_held);
  out.member_boolean("work_left", summary.work_left);
  out.member("early_end", word_of(summary.early_end));
  write_platforms(out, summary);
  out.key("stopped");
  out.begin_array();
  for (const StoppedConnection& stopped : summary.stopped) {
    out.begin_object();
    out.member("client_id", stopped.client_id);
    out.member("platform", stopped.platform);
    out.member("connection", stopped.name);
    out.member("reason", code_of(stopped.reason));
    out.member_boolean("held", stopped.held);
    out.member("detail", stopped.detail);
    out.end_object();
  }
  out.end_array();
  out.key("expiring");
  out.begin_array();
  for (const ExpiringSoon& one : summary.expiring) {
    out.begin_object();
    out.member("client_id", one.client_id);
    out.member("platform", one.platform);
    out.member("connection", one.connection_name);
    out.member_integer("count", one.count);
    out.member("first", format_utc(one.first_s));
    out.end_object();
  }
  out.end_array();
  out.key("warnings");
  out.begin_array();
  for (const std::string& warning : summary.warnings) out.text(warning);
  out.end_array();
  out.member("chain_head", summary.chain_head_hex);
  out.end_object();
  return out.str() + "\n";
}

std::string render_dry_run(const RunSummary& summary, const std::vector<DryRunLine>& lines) {
  std::string out =
      fmt::format("dry run: nothing was sent or written\nnew events: {}, deliveries due: {}\n\n",
                  summary.planned_events, summary.due);
  Table table({"client", "platform", "connection", "events", "requests", "bytes", "to"},
              {false, false, false, true, true, true, false});
  for (const DryRunLine& line : lines) {
    table.add({line.connection.client_id, line.connection.platform, line.connection.name,
               std::to_string(line.events), std::to_string(line.requests),
               std::to_string(line.bytes),
               line.held_because.empty() ? line.url : "held: " + line.held_because});
  }
  if (!lines.empty()) out += table.render();
  for (const auto& [platform, counts] : summary.platforms) {
    if (counts.waiting > 0)
      out += fmt::format("{}: waiting for their time: {}\n", platform, counts.waiting);
    if (counts.expired > 0) out += fmt::format("{}: too old: {}\n", platform, counts.expired);
  }
  out += skip_lines(summary);
  if (summary.work_left) out += "\nmore is due than --limit lets through\n";
  return out + "\n`pruuv-send inspect EVENT_ID` shows the request of one event\n";
}

std::string render_dry_run_json(const RunSummary& summary, const std::vector<DryRunLine>& lines) {
  json::Writer out;
  out.begin_object();
  out.member_boolean("dry_run", true);
  out.member_integer("planned_events", summary.planned_events);
  out.member_integer("due", summary.due);
  write_platforms(out, summary);
  out.key("requests");
  out.begin_array();
  for (const DryRunLine& line : lines) {
    out.begin_object();
    out.member("client_id", line.connection.client_id);
    out.member("platform", line.connection.platform);
    out.member("connection", line.connection.name);
    out.member_integer("events", line.events);
    out.member_integer("requests", line.requests);
    out.member_integer("bytes", line.bytes);
    out.member("url", line.url);
    out.member("held_because", line.held_because);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return out.str() + "\n";
}

std::string render_validation(const std::vector<ValidationLine>& lines) {
  std::string out =
      "checked only: nothing was counted; whether a click exists is not checked this way\n";
  if (lines.empty()) return out + "nothing is due\n";
  for (const ValidationLine& line : lines) {
    out += fmt::format("\n{} {}/{}: {} event{}", printable(line.connection.client_id),
                       line.connection.platform, printable(line.connection.name), line.events,
                       line.events == 1 ? "" : "s");
    if (!line.not_checked.empty()) {
      out += fmt::format(", not checked: {}\n", printable(line.not_checked));
      continue;
    }
    out += fmt::format(", {} fine\n", line.fine);
    for (const ValidationLine::Fault& fault : line.faults)
      out += fmt::format("  {} refused: {}\n", fault.events, printable(fault.text));
  }
  return out;
}

std::string render_validation_json(const std::vector<ValidationLine>& lines) {
  json::Writer out;
  out.begin_array();
  for (const ValidationLine& line : lines) {
    out.begin_object();
    out.member("client_id", line.connection.client_id);
    out.member("platform", line.connection.platform);
    out.member("connection", line.connection.name);
    out.member_integer("events", line.events);
    out.member_integer("fine", line.fine);
    out.member("not_checked", line.not_checked);
    out.key("faults");
    out.begin_array();
    for (const ValidationLine::Fault& fault : line.faults) {
      out.begin_object();
      out.member("error", fault.text);
      out.member_integer("events", fault.events);
      out.end_object();
    }
    out.end_array();
    out.end_object();
  }
  out.end_array();
  return out.str() + "\n";
}

}  // namespace pruuv::report
