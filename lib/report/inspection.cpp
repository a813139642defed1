#include "report/inspection.hpp"

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "report/audit_log.hpp"
#include "report/mask.hpp"

namespace pruuv::report {
namespace {

std::string shown(const EventField& field, const FunnelEvent& event) {
  const std::string& text = event.*field.text;
  return field.personal ? mask_value(text) : printable(text);
}

std::string event_section(const Inspection& inspection) {
  const FunnelEvent& event = inspection.event;
  std::string out = fmt::format("event       {}\nclient      {}\nname        {}\ntime        {}\n",
                                event.id, printable(event.client_id), printable(event.event_name),
                                format_utc(event.event_time));
  for (const EventField& field : event_fields) {
    if ((event.*field.text).empty()) continue;
    out += fmt::format("  {:<26} {}\n", field.name, shown(field, event));
  }
  if (!event.extra.empty())
    out += fmt::format("  {:<26} {}\n", "extra", "keys this program does not use");
  if (!inspection.planned)
    out += "no run has looked at this event yet; below is what the next one will do\n";
  return out;
}

std::string reason_line(Reason reason) {
  const ReasonText& text = text_of(reason);
  std::string line = fmt::format("    {}: {}\n", text.code, text.words);
  if (!text.advice.empty()) line += fmt::format("      hint: {}\n", text.advice);
  return line;
}

std::string delivery_line(const Delivery& delivery) {
  std::string line = fmt::format("  state     {}", word_of(delivery.state));
  if (delivery.reason != Reason::none) line += fmt::format(" ({})", text_of(delivery.reason).words);
  if (delivery.next_at_s) line += fmt::format(", due {}", format_utc(*delivery.next_at_s));
  return line + fmt::format(", attempts: {}\n", delivery.attempts);
}

std::string connection_section(const InspectedConnection& inspected) {
  const Connection& connection = inspected.connection;
  std::string out = fmt::format("\n{}/{} to {}{}{}\n", connection.platform,
                                printable(connection.name), printable(connection.destination),
                                connection.api.empty() ? "" : " by ", connection.api);
  if (inspected.reason == Reason::routed) {
    out += "  goes\n";
  } else if (class_of(inspected.reason) == ReasonClass::waiting) {
    out += fmt::format("  waits until {}\n", format_utc(inspected.until_s.value_or(0)));
    out += reason_line(inspected.reason);
  } else {
    out += "  does not go\n";
    for (const Reason reason : inspected.reasons) out += reason_line(reason);
  }
  if (inspected.delivery) out += delivery_line(*inspected.delivery);
  if (connection.paused) out += "  the connection is paused\n";
  if (inspected.expires_s > 0)
    out += fmt::format("  the platform takes it until {}\n", format_utc(inspected.expires_s));
  if (!inspected.warnings.empty()) out += "  left out or remarkable:\n";
  for (const Warning& warning : inspected.warnings) {
    out += fmt::format("    {}: {}\n", warning.field, text_of(warning.reason).words);
  }
  if (inspected.request) {
    out += "  request, as it would be sent:\n";
    const std::string request = render_request(*inspected.request);
    for (const std::string_view line : split(trim(request), '\n')) {
      out += line.empty() ? "\n" : fmt::format("    {}\n", line);
    }
  }
  return out;
}

void write_connection(json::Writer& out, const InspectedConnection& inspected) {
  const Connection& connection = inspected.connection;
  out.begin_object();
  out.member("platform", connection.platform);
  out.member("connection", connection.name);
  out.member("api", connection.api);
  out.member("destination", connection.destination);
  out.member("decision", code_of(inspected.reason));
  out.key("reasons");
  out.begin_array();
  for (const Reason reason : inspected.reasons) out.text(code_of(reason));
  out.end_array();
  out.key("warnings");
  out.begin_array();
  for (const Warning& warning : inspected.warnings) {
    out.begin_object();
    out.member("field", warning.field);
    out.member("reason", code_of(warning.reason));
    out.end_object();
  }
  out.end_array();
  if (inspected.delivery) {
    out.member("state", word_of(inspected.delivery->state));
    out.member("state_reason", code_of(inspected.delivery->reason));
    out.member_integer("attempts", inspected.delivery->attempts);
    if (inspected.delivery->next_at_s)
      out.member("next_at", format_utc(*inspected.delivery->next_at_s));
  }
  if (inspected.request) {
    out.member("url", inspected.request->url);
    out.member_raw("body", mask_json(inspected.request->body));
  }
  out.end_object();
}

}  // namespace

std::string render_inspection(const Inspection& inspection) {
  std::string out = event_section(inspection);
  out += "\n";
  for (const auto& [platform, reason] : inspection.by_platform) {
    out += fmt::format("{:<11} {}\n", platform, text_of(reason).words);
  }
  for (const InspectedConnection& connection : inspection.connections)
    out += connection_section(connection);
  out += "\nattempts\n";
  if (inspection.attempts.empty()) return out + "  none\n";
  return out + render_log(inspection.attempts, Format::table);
}

std::string render_inspection_json(const Inspection& inspection) {
  const FunnelEvent& event = inspection.event;
  json::Writer out;
  out.begin_object();
  out.member("event_id", event.id);
  out.member("client_id", event.client_id);
  out.member("event_name", event.event_name);
  out.member("event_time", format_utc(event.event_time));
  out.member_boolean("planned", inspection.planned);
  out.key("fields");
  out.begin_object();
  for (const EventField& field : event_fields) out.member(field.name, shown(field, event));
  out.end_object();
  out.key("platforms");
  out.begin_object();
  for (const auto& [platform, reason] : inspection.by_platform)
    out.member(platform, code_of(reason));
  out.end_object();
  out.key("connections");
  out.begin_array();
  for (const InspectedConnection& connection : inspection.connections)
    write_connection(out, connection);
  out.end_array();
  out.member_raw("attempts", trim(render_log(inspection.attempts, Format::json)));
  out.end_object();
  return json::pretty(out.view()) + "\n";
}

std::string render_connections(const std::vector<Connection>& connections, Format format) {
  const std::vector<std::string> head = {"client_id",   "platform",   "name",  "api",
                                         "destination", "credential", "paused"};
  Table table({"client", "platform", "name", "api", "destination", "credential", "state"});
  std::string csv = csv_line(head);
  json::Writer json;
  json.begin_array();
  for (const Connection& c : connections) {
    const std::string state = c.paused ? "paused" : "active";
    table.add({c.client_id, c.platform, c.name, c.api, c.destination, c.credential, state});
    csv += csv_line({c.client_id, c.platform, c.name, c.api, c.destination, c.credential,
                     c.paused ? "true" : "false"});
    json.begin_object();
    json.member("client_id", c.client_id);
    json.member("platform", c.platform);
    json.member("name", c.name);
    json.member("api", c.api);
    json.member("destination", c.destination);
    json.member("conversion_action_id", c.conversion_action_id);
    json.member("login_customer_id", c.login_customer_id);
    json.member("default_country", c.default_country);
    json.member("currency", c.currency);
    json.member("credential", c.credential);
    json.member("test_event_code", c.test_event_code);
    json.member_boolean("paused", c.paused);
    json.end_object();
  }
  json.end_array();
  if (format == Format::json) return json.str() + "\n";
  return format == Format::csv ? csv : table.render();
}

std::string render_outcomes(const std::vector<OutcomeCount>& counts, Format format) {
  Table table({"client", "platform", "outcome", "events", "reason"},
              {false, false, false, true, false});
  std::string csv = csv_line({"client_id", "platform", "outcome", "reason", "events"});
  json::Writer json;
  json.begin_array();
  for (const OutcomeCount& c : counts) {
    const std::string code = c.reason == Reason::none ? "" : std::string(code_of(c.reason));
    const std::string words =
        code.empty() ? "" : fmt::format("{}: {}", code, text_of(c.reason).words);
    table.add({c.client_id, c.platform, c.outcome, std::to_string(c.events), words});
    csv += csv_line({c.client_id, c.platform, c.outcome, code, std::to_string(c.events)});
    json.begin_object();
    json.member("client_id", c.client_id);
    json.member("platform", c.platform);
    json.member("outcome", c.outcome);
    json.member("reason", code);
    json.member_integer("events", c.events);
    json.end_object();
  }
  json.end_array();
  if (format == Format::json) return json.str() + "\n";
  return format == Format::csv ? csv : table.render();
}

}  // namespace pruuv::report
