#include "report/settings.hpp"

#include "base/json.hpp"

namespace pruuv::report {
namespace {

std::string render_json(std::span<const SettingLine> lines,
                        std::span<const std::string> unknown_variables, bool with_origin) {
  json::Writer out;
  out.begin_object();
  out.key("settings");
  out.begin_array();
  for (const SettingLine& line : lines) {
    out.begin_object();
    out.member("name", line.name);
    out.key("value");
    line.value.empty() ? out.null() : out.text(line.value);
    if (with_origin) out.member("origin", line.origin);
    out.end_object();
  }
  out.end_array();
  out.key("unknown_variables");
  out.begin_array();
  for (const std::string& name : unknown_variables) out.text(name);
  out.end_array();
  out.end_object();
  return out.str() + "\n";
}

}  // namespace

std::string render_settings(std::span<const SettingLine> lines,
                            std::span<const std::string> unknown_variables, bool with_origin,
                            Format format) {
  if (format == Format::json) return render_json(lines, unknown_variables, with_origin);
  std::vector<std::string> head = {"setting", "value"};
  if (with_origin) head.emplace_back("origin");
  Table table(head);
  for (const SettingLine& line : lines)
    table.add({line.name, line.value.empty() ? "-" : line.value, line.origin});
  std::string out = table.render();
  for (const std::string& name : unknown_variables)
    out += "\nwarning: no setting is called " + name + "\n";
  return out;
}

}  // namespace pruuv::report
