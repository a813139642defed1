#include "report/inspection.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "report/audit_log.hpp"
#include "report/mask.hpp"

namespace pruuv::report {
namespace {

// An e-mail address may stand in any field.
std::string shown_text(const std::string& text, bool is_personal) {
  return is_personal || text.find('@') != std::string::npos ? mask_value(text) : printable(text);
}

std::string shown(const EventField& field, const FunnelEvent& event) {
  return shown_text(event.*field.text, field.personal);
}

// The names of the details only: any of them may be personal.
std::string detail_names(const std::string& extra) {
  const auto document = json::parse(extra, json::Numbers::as_text);
  std::string out;
  if (!document) return "no JSON object; not used";
  for (const auto& [key, value] : document->root().members())
    out += fmt::format("{}{}", out.empty() ? "" : ", ", printable(key));
  return out;
}

std::string event_section(const FunnelEvent& event) {
  std::string out = "\nthe event, personal data masked\n";
  for (const EventField& field : event_fields) {
    if ((event.*field.text).empty()) continue;
    out += fmt::format("  {:<26} {}\n", field.name, shown(field, event));
  }
  if (!event.extra.empty()) out += fmt::format("  {:<26} {}\n", "extra", detail_names(event.extra));
  return out;
}

std::string hint_line(Reason reason, std::string_view indent) {
  const std::string_view advice = text_of(reason).advice;
  return advice.empty() ? std::string() : fmt::format("{}hint: {}\n", indent, advice);
}

std::string reason_line(Reason reason, bool with_hint) {
  const ReasonText& text = text_of(reason);
  return fmt::format("    {}: {}\n", text.code, text.words) +
         (with_hint ? hint_line(reason, "      ") : "");
}

const LogRow* last_attempt(const Inspection& inspection, const Connection& connection) {
  for (auto row = inspection.attempts.rbegin(); row != inspection.attempts.rend(); ++row) {
    if (row->platform == connection.platform && row->connection == connection.name) return &*row;
  }
  return nullptr;
}

std::string because(Reason reason) {
  return reason == Reason::none
             ? std::string()
             : fmt::format(": {} [{}]", text_of(reason).words, text_of(reason).code);
}

// What the platform said, where the last attempt ended like that: a hold that came later has
// another cause.
std::string error_of(const LogRow* attempt, std::string_view status) {
  if (attempt == nullptr || attempt->status != status || attempt->error.empty()) return {};
  return attempt->error_message.empty() ? fmt::format(" ({})", printable(attempt->error))
                                        : fmt::format(" ({}: {})", printable(attempt->error),
                                                      printable(attempt->error_message));
}

// What has become of it there, in one sentence.
std::string delivery_answer(const Delivery& delivery, const LogRow* attempt, std::int64_t now_s) {
  const std::string when = attempt == nullptr ? std::string() : " on " + attempt->sent_at;
  const std::string next =
      !delivery.next_at_s || *delivery.next_at_s <= now_s
          ? std::string("; it goes in the next run")
          : fmt::format("; it goes in the first run from {} on", format_utc(*delivery.next_at_s));
  switch (delivery.state) {
    case DeliveryState::accepted:
      return "accepted" + when;
    case DeliveryState::confirmed:
      return "accepted, and the platform says since that it counted it";
    case DeliveryState::rejected:
      return "refused" + when + because(delivery.reason) + error_of(attempt, "rejected");
    case DeliveryState::held:
      return "held" + because(delivery.reason) + error_of(attempt, "held");
    case DeliveryState::expired:
      return "never arrived in time" + because(delivery.reason);
    case DeliveryState::ambiguous:
      return "sent" + when + ", and nobody knows whether it arrived" + next;
    case DeliveryState::retryable:
      return "failed" + when + because(delivery.reason) + error_of(attempt, "retryable") + next;
    case DeliveryState::waiting:
      return (delivery.reason == Reason::none ? "has its turn"
                                              : "waits" + because(delivery.reason)) +
             next;
  }
  return {};
}

// A platform's first signal is the click id.
std::string_view without_click(const InspectedConnection& inspected) {
  const auto& missing = inspected.signals_missing;
  const bool is_missing = !missing.empty() && missing.front().starts_with("click id");
  return is_missing ? "; without its click id, which cannot be used as it stands" : "";
}

std::string answer_of(const Inspection& inspection, const InspectedConnection& inspected) {
  if (inspected.delivery) {
    const bool is_open_verdict =
        inspected.delivery->state == DeliveryState::accepted && inspected.judged_later;
    return delivery_answer(*inspected.delivery, last_attempt(inspection, inspected.connection),
                           inspection.now_s) +
           (is_open_verdict ? "; the platform has not said yet whether it counted it" : "") +
           std::string(without_click(inspected));
  }
  const bool would_go =
      inspected.reason == Reason::routed || class_of(inspected.reason) == ReasonClass::waiting;
  if (would_go && inspected.connection.paused)
    return fmt::format("will be held{}", because(Reason::paused));
  if (inspected.reason == Reason::routed)
    return "goes in the next run" + std::string(without_click(inspected));
  if (class_of(inspected.reason) == ReasonClass::waiting) {
    return fmt::format("waits{}; it goes in the first run from {} on", because(inspected.reason),
                       format_utc(inspected.until_s.value_or(0)));
  }
  return "does not go" + because(inspected.reason);
}

Reason leading_reason(const InspectedConnection& inspected) {
  return inspected.delivery ? inspected.delivery->reason : inspected.reason;
}

// A line for each connection, and for each platform the client has no connection to; below them
// what to do, each advice once.
std::string answers(const Inspection& inspection) {
  std::string lines, hints;
  // Who came by one platform's ad did not come by the others': that needs no advice.
  const bool is_anybodys = std::ranges::any_of(inspection.by_platform, [](const auto& entry) {
    return entry.second != Reason::no_click_id;
  });
  const auto add = [&](const std::string& name, const std::string& answer, Reason reason) {
    lines += fmt::format("{:<10} {}\n", name, answer);
    if (reason == Reason::no_click_id && is_anybodys) return;
    const std::string hint = hint_line(reason, "");
    if (hints.find(hint) == std::string::npos) hints += hint;
  };
  for (const auto& [platform, reason] : inspection.by_platform) {
    std::size_t connections = 0;
    for (const InspectedConnection& inspected : inspection.connections)
      connections += inspected.connection.platform == platform ? 1 : 0;
    if (connections == 0) add(platform, "does not go" + because(reason), reason);
    for (const InspectedConnection& inspected : inspection.connections) {
      const Connection& connection = inspected.connection;
      if (connection.platform != platform) continue;
      add(connections == 1 ? platform : fmt::format("{}/{}", platform, printable(connection.name)),
          answer_of(inspection, inspected), leading_reason(inspected));
    }
  }
  return lines + hints;
}

// Whether there is more to say of a connection than its answer.
bool has_more(const InspectedConnection& inspected) {
  return inspected.delivery || inspected.request || inspected.reasons.size() > 1 ||
         !inspected.warnings.empty() || inspected.connection.paused;
}

std::string remark_lines(const std::vector<Warning>& remarks) {
  std::string out;
  for (const Warning& remark : remarks) {
    out += fmt::format("    {}: {}\n", remark.field, text_of(remark.reason).words);
    out += hint_line(remark.reason, "      ");
  }
  return out;
}

std::string join_words(const std::vector<std::string_view>& words) {
  return words.empty() ? std::string("nothing") : fmt::format("{}", fmt::join(words, ", "));
}

std::string connection_section(const Inspection& inspection, const InspectedConnection& inspected) {
  const Connection& connection = inspected.connection;
  std::string out = fmt::format("\n{}, connection {}, to {}{}{}\n", connection.platform,
                                printable(connection.name), printable(connection.destination),
                                connection.api.empty() ? "" : " by ", connection.api);
  out += fmt::format("  {}\n", answer_of(inspection, inspected));
  if (connection.paused) out += "  the connection is paused\n";
  if (!inspected.reasons.empty()) {
    out += inspected.delivery ? "  as event and connection stand now, it would not go:\n"
                              : "  everything against it:\n";
    for (const Reason reason : inspected.reasons)
      out += reason_line(reason, reason != leading_reason(inspected));
  }
  if (inspected.request) {
    out += fmt::format("  matched by: {}\n", join_words(inspected.signals_sent));
    if (!inspected.signals_missing.empty())
      out += fmt::format("  missing:    {}\n", join_words(inspected.signals_missing));
    if (inspected.expires_s > inspection.now_s)
      out += fmt::format("  the platform takes it until {}\n", format_utc(inspected.expires_s));
  }
  if (!inspected.warnings.empty())
    out += "  left out or remarkable:\n" + remark_lines(inspected.warnings);
  if (inspected.request) {
    out += inspected.delivery && inspected.delivery->attempts > 0
               ? "  the request, made anew from the event as it is (not what was sent):\n"
               : "  the request, as it would be sent:\n";
    const std::string request = render_request(*inspected.request);
    for (const std::string_view line : split(trim(request), '\n')) {
      out += line.empty() ? "\n" : fmt::format("    {}\n", line);
    }
  }
  return out;
}

void write_remarks(json::Writer& out, std::string_view key, const std::vector<Warning>& remarks) {
  out.key(key);
  out.begin_array();
  for (const Warning& remark : remarks) {
    out.begin_object();
    out.member("field", remark.field);
    out.member("reason", code_of(remark.reason));
    out.end_object();
  }
  out.end_array();
}

void write_words(json::Writer& out, std::string_view key,
                 const std::vector<std::string_view>& words) {
  out.key(key);
  out.begin_array();
  for (const std::string_view word : words) out.text(word);
  out.end_array();
}

void write_connection(json::Writer& out, const Inspection& inspection,
                      const InspectedConnection& inspected) {
  const Connection& connection = inspected.connection;
  out.begin_object();
  out.member("platform", connection.platform);
  out.member("connection", connection.name);
  out.member("api", connection.api);
  out.member("destination", connection.destination);
  out.member("answer", answer_of(inspection, inspected));
  out.member("decision", code_of(inspected.reason));
  out.key("reasons");
  out.begin_array();
  for (const Reason reason : inspected.reasons) out.text(code_of(reason));
  out.end_array();
  write_remarks(out, "warnings", inspected.warnings);
  write_words(out, "signals", inspected.signals_sent);
  write_words(out, "signals_missing", inspected.signals_missing);
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
  const FunnelEvent& event = inspection.event;
  std::string out =
      fmt::format("{} of client {}, {}\nevent {}\n", shown_text(event.event_name, false),
                  printable(event.client_id), format_utc(event.event_time), event.id);
  if (!inspection.planned)
    out += "no run has looked at this event yet; here is what the next one will do\n";
  out += "\n" + answers(inspection);
  if (!inspection.click_ids.empty())
    out += "\nremarks on the click ids\n" + remark_lines(inspection.click_ids);
  out += event_section(event);
  for (const InspectedConnection& connection : inspection.connections) {
    if (has_more(connection)) out += connection_section(inspection, connection);
  }
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
  write_remarks(out, "click_ids", inspection.click_ids);
  out.key("connections");
  out.begin_array();
  for (const InspectedConnection& connection : inspection.connections)
    write_connection(out, inspection, connection);
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

}  // namespace pruuv::report
