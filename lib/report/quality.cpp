#include "report/quality.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"

namespace pruuv::report {
namespace {

constexpr std::size_t bar_width = 30;

// 0 to 1000, rounded down: 99.99 % is not all.
std::int64_t per_mille(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : part * 1000 / whole;
}

std::string percent(std::int64_t part, std::int64_t whole) {
  const std::int64_t share = per_mille(part, whole);
  return fmt::format("{}.{} %", share / 10, share % 10);
}

std::string bar(std::int64_t part, std::int64_t whole) {
  const auto filled =
      static_cast<std::size_t>(per_mille(part, whole)) * bar_width / std::size_t{1000};
  return std::string(filled, '#') + std::string(bar_width - filled, '.');
}

std::string missing_lines(const SignalShares& shares) {
  constexpr std::size_t named_max = 3;
  std::vector<SignalCount> missing = shares.signals;
  std::erase_if(missing, [&](const SignalCount& one) { return one.events == shares.events; });
  std::ranges::stable_sort(missing, {}, &SignalCount::events);
  std::string out;
  for (std::size_t i = 0; i < missing.size() && i < named_max; ++i) {
    out += fmt::format("  missing in {}: {}; the collector stores it in {}\n",
                       percent(shares.events - missing[i].events, shares.events), missing[i].words,
                       missing[i].fields);
  }
  return out;
}

std::string section(const SignalShares& shares) {
  std::string out =
      fmt::format("\n{}/{}: {} event{}\n", shares.platform, printable(shares.connection),
                  shares.events, shares.events == 1 ? "" : "s");
  if (shares.events == 0) return out;
  Table table({"  signal", "events", "share", ""}, {false, true, true, false});
  for (const SignalCount& signal : shares.signals) {
    table.add({fmt::format("  {}", signal.words), std::to_string(signal.events),
               percent(signal.events, shares.events), bar(signal.events, shares.events)});
  }
  out += table.render() + missing_lines(shares);
  for (const SignalCount& fault : shares.faults) {
    out += fmt::format("  left out of {} event{}: {}: {}\n", fault.events,
                       fault.events == 1 ? "" : "s", fault.fields, fault.words);
  }
  return out;
}

}  // namespace

std::string render_quality(std::string_view client_id, const std::vector<SignalShares>& shares,
                           Format format) {
  if (format == Format::table) {
    std::string out =
        fmt::format("what the platforms can match {}'s events by\n", printable(client_id));
    for (const SignalShares& one : shares) out += section(one);
    return shares.empty() ? out + "\nthe client has no connection\n" : out;
  }
  std::string csv =
      csv_line({"client_id", "platform", "connection", "kind", "name", "fields", "events", "of"});
  json::Writer json;
  json.begin_array();
  for (const SignalShares& one : shares) {
    const auto add = [&](std::string_view kind, const SignalCount& count) {
      csv += csv_line({std::string(client_id), one.platform, one.connection, std::string(kind),
                       std::string(count.words), std::string(count.fields),
                       std::to_string(count.events), std::to_string(one.events)});
      json.begin_object();
      json.member("client_id", client_id);
      json.member("platform", one.platform);
      json.member("connection", one.connection);
      json.member("kind", kind);
      json.member("name", count.words);
      json.member("fields", count.fields);
      json.member_integer("events", count.events);
      json.member_integer("of", one.events);
      json.end_object();
    };
    for (const SignalCount& signal : one.signals) add("signal", signal);
    for (const SignalCount& fault : one.faults) add("left_out", fault);
  }
  json.end_array();
  return format == Format::csv ? csv : json.str() + "\n";
}

}  // namespace pruuv::report
