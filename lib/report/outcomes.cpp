#include "report/outcomes.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"

namespace pruuv::report {
namespace {

std::string table_of(const ClientOutcomes& client, std::string_view platform) {
  Table table({"platform", "outcome", "events", "reason"}, {false, false, true, false});
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < client.counts.size(); ++i) {
    const OutcomeCount& count = client.counts[i];
    if (!platform.empty() && count.platform != platform) continue;
    const std::string reason =
        count.reason == Reason::none
            ? std::string()
            : fmt::format("{}: {}", code_of(count.reason), text_of(count.reason).words);
    table.add({count.platform, count.outcome, std::to_string(count.events), reason});
    sum += count.events;
    const bool is_last =
        i + 1 == client.counts.size() || client.counts[i + 1].platform != count.platform;
    if (!is_last) continue;
    table.add({count.platform, "all", std::to_string(sum), ""});
    sum = 0;
  }
  return table.render();
}

std::string head_of(const ClientOutcomes& client) {
  std::string out = fmt::format("{}: {} event{}", printable(client.client_id), client.events,
                                client.events == 1 ? "" : "s");
  if (client.without_click_id > 0)
    out += fmt::format(", {} of them with no click id of any platform", client.without_click_id);
  return out + "\n";
}

struct Record {
  std::string client_id;
  std::string platform;
  std::string outcome;
  std::string reason;
  std::int64_t events = 0;
};

std::vector<Record> records_of(const std::vector<ClientOutcomes>& clients,
                               std::string_view platform) {
  std::vector<Record> out;
  for (const ClientOutcomes& client : clients) {
    out.push_back({client.client_id, "", "events", "", client.events});
    out.push_back({client.client_id, "", "without_click_id", "", client.without_click_id});
    for (const OutcomeCount& count : client.counts) {
      if (!platform.empty() && count.platform != platform) continue;
      const std::string reason(count.reason == Reason::none ? "" : code_of(count.reason));
      out.push_back({client.client_id, count.platform, count.outcome, reason, count.events});
    }
  }
  return out;
}

}  // namespace

std::string render_outcomes(const std::vector<ClientOutcomes>& clients, std::string_view platform,
                            Format format) {
  if (format == Format::table) {
    std::string out;
    for (const ClientOutcomes& client : clients) {
      if (!out.empty()) out += "\n";
      out += head_of(client);
      if (!client.counts.empty()) out += table_of(client, platform);
    }
    return out.empty() ? "no client has events in this period\n" : out;
  }
  const std::vector<Record> records = records_of(clients, platform);
  if (format == Format::csv) {
    std::string out = csv_line({"client_id", "platform", "outcome", "reason", "events"});
    for (const Record& r : records)
      out += csv_line({r.client_id, r.platform, r.outcome, r.reason, std::to_string(r.events)});
    return out;
  }
  json::Writer out;
  out.begin_array();
  for (const Record& record : records) {
    out.begin_object();
    out.member("client_id", record.client_id);
    out.key("platform");
    out.text(record.platform);
    out.member("outcome", record.outcome);
    out.member("reason", record.reason);
    out.member_integer("events", record.events);
    out.end_object();
  }
  out.end_array();
  return out.str() + "\n";
}

}  // namespace pruuv::report
