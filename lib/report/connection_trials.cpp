#include "report/connection_trials.hpp"

#include <string_view>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"

namespace pruuv::report {
namespace {

std::string render_json(std::span<const ConnectionTrial> trials, int exit_code) {
  json::Writer out;
  out.begin_object();
  out.key("connections");
  out.begin_array();
  for (const ConnectionTrial& trial : trials) {
    out.begin_object();
    out.member("client_id", trial.connection.client_id);
    out.member("platform", trial.connection.platform);
    out.member("connection", trial.connection.name);
    out.member_boolean("paused", trial.connection.paused);
    out.member_boolean("ok", trial.fault.empty());
    out.key("fine");
    out.begin_array();
    for (const std::string_view fine : trial.fine) out.text(fine);
    out.end_array();
    out.member("fault", trial.fault);
    out.member("reason", trial.reason);
    out.member("advice", trial.advice);
    out.member_boolean("may_pass", trial.may_pass);
    out.member("remark", trial.remark);
    out.member("not_checked", trial.not_checked);
    out.member("next", trial.next);
    out.end_object();
  }
  out.end_array();
  out.member_integer("exit", exit_code);
  out.end_object();
  return out.str() + "\n";
}

std::string render_line(const ConnectionTrial& trial) {
  const Connection& connection = trial.connection;
  std::string out =
      fmt::format("{} {}/{}{}: ", printable(connection.client_id), printable(connection.platform),
                  printable(connection.name), connection.paused ? " (paused)" : "");
  if (!trial.fault.empty()) {
    out += fmt::format("FAILED: {}\n", printable(trial.fault));
    if (!trial.advice.empty()) out += fmt::format("  hint: {}\n", printable(trial.advice));
    return out;
  }
  out += fmt::format("ok: {}", fmt::join(trial.fine, ", "));
  if (!trial.not_checked.empty()) out += fmt::format("; not checked: {}", trial.not_checked);
  out += '\n';
  if (!trial.remark.empty())
    out += fmt::format("  of the made-up event it says: {}\n", printable(trial.remark));
  if (!trial.next.empty()) out += fmt::format("  hint: {}\n", printable(trial.next));
  return out;
}

}  // namespace

std::string render_trials(std::span<const ConnectionTrial> trials, int exit_code, Format format) {
  if (format == Format::json) return render_json(trials, exit_code);
  std::string out;
  for (const ConnectionTrial& trial : trials) out += render_line(trial);
  return out;
}

}  // namespace pruuv::report
