#include "report/audit_log.hpp"

#include "base/json.hpp"

namespace pruuv::report {
namespace {

void write_row(json::Writer& out, const LogRow& row) {
  const auto text_or_null = [&](std::string_view key, const std::string& value) {
    out.key(key);
    value.empty() ? out.null() : out.text(value);
  };
  out.begin_object();
  out.member("event_id", row.event_id);
  out.member("client_id", row.client_id);
  out.member("platform", row.platform);
  out.member("connection", row.connection);
  out.member("status", row.status);
  text_or_null("error", row.error);
  text_or_null("error_message", row.error_message);
  out.member("sent_at", row.sent_at);
  out.member_integer("retry_count", row.retry_count);
  out.member_integer("request_id", row.request_id);
  out.member("cause", row.cause);
  out.end_object();
}

// What somebody sent by hand says so; what ran by itself needs no word.
std::string status_cell(const LogRow& row) {
  return row.cause.empty() || row.cause == "schedule" ? row.status
                                                      : row.status + " (" + row.cause + ")";
}

std::string log_as_table(const std::vector<LogRow>& rows) {
  Table table({"sent at (UTC)", "platform", "connection", "status", "retry", "event", "error"},
              {false, false, false, false, true, false, false});
  for (const LogRow& row : rows) {
    const std::string error =
        row.error_message.empty() ? row.error : row.error + ": " + row.error_message;
    table.add({row.sent_at, row.platform, row.connection, status_cell(row),
               std::to_string(row.retry_count), row.event_id, error});
  }
  return table.render();
}

}  // namespace

std::string render_log(const std::vector<LogRow>& rows, Format format) {
  if (format == Format::table) return log_as_table(rows);
  if (format == Format::json) {
    json::Writer out;
    out.begin_array();
    for (const LogRow& row : rows) write_row(out, row);
    out.end_array();
    return out.str() + "\n";
  }
  std::string out = csv_line({"event_id", "client_id", "platform", "connection", "status", "error",
                              "error_message", "sent_at", "retry_count", "request_id", "cause"});
  for (const LogRow& row : rows) {
    out += csv_line({row.event_id, row.client_id, row.platform, row.connection, row.status,
                     row.error, row.error_message, row.sent_at, std::to_string(row.retry_count),
                     std::to_string(row.request_id), row.cause});
  }
  return out;
}

std::string render_log_counts(const std::vector<LogCount>& counts, Format format) {
  if (format == Format::json) {
    json::Writer out;
    out.begin_array();
    for (const LogCount& count : counts) {
      out.begin_object();
      out.member("client_id", count.client_id);
      out.member("platform", count.platform);
      out.member("status", count.status);
      out.member_integer("attempts", count.attempts);
      out.end_object();
    }
    out.end_array();
    return out.str() + "\n";
  }
  const std::vector<std::string> head = {"client_id", "platform", "status", "attempts"};
  std::string csv = csv_line(head);
  Table table({"client", "platform", "status", "attempts"}, {false, false, false, true});
  for (const LogCount& count : counts) {
    const std::vector<std::string> row = {count.client_id, count.platform, count.status,
                                          std::to_string(count.attempts)};
    csv += csv_line(row);
    table.add(row);
  }
  return format == Format::csv ? csv : table.render();
}

}  // namespace pruuv::report
