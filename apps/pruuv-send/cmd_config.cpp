#include <algorithm>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "commands.hpp"
#include "report/settings.hpp"
#include "settings.hpp"

namespace pruuv::app {
namespace {

struct Options {
  bool origin = false;
  report::Format format = report::Format::table;
};

std::string words_of(const config::Origin& origin) {
  switch (origin.place) {
    case config::Origin::Place::usual:
      return "default";
    case config::Origin::Place::flag:
      return "flag " + origin.where;
    case config::Origin::Place::variable:
      return "variable " + origin.where;
    case config::Origin::Place::file:
      return origin.where;
  }
  return {};
}

report::SettingLine line_of_file(const Context& context) {
  const bool is_given = !context.config_path.empty();
  const std::string& path = context.config_file.path;
  return {"config", printable(path),
          is_given ? "flag --config" : (path.empty() ? "no file there" : "default")};
}

// Secrets stand in variables only; that one is set is worth knowing, what it holds is not shown.
std::vector<report::SettingLine> lines_of_secrets(const Context& context) {
  std::vector<std::string> names;
  for (const std::string& name : variable_names()) {
    const bool is_ours = name == "VAULT_TOKEN" || name.starts_with("PRUUV_");
    const bool is_setting = std::ranges::any_of(
        context.known_settings,
        [&](const config::Setting& one) { return config::variable_of(one.name) == name; });
    if (is_ours && !is_setting && config::is_secret_name(name)) names.push_back(name);
  }
  std::ranges::sort(names);
  std::vector<report::SettingLine> lines;
  for (const std::string& name : names)
    lines.push_back({name, "***", "variable " + printable(name)});
  return lines;
}

Result<int> show(const Context& context, const Options& options) {
  std::vector<report::SettingLine> lines = {line_of_file(context)};
  for (const config::Setting& setting : context.known_settings) {
    const bool is_set = setting.origin.place != config::Origin::Place::usual;
    lines.push_back(
        {setting.name, is_set ? *setting.value : setting.usual, words_of(setting.origin)});
  }
  const auto secrets = lines_of_secrets(context);
  lines.insert(lines.end(), secrets.begin(), secrets.end());
  const auto unknown = config::unknown_variables(context.known_settings, variable_names());
  put(STDOUT_FILENO, report::render_settings(lines, unknown, options.origin, options.format));
  return 0;
}

}  // namespace

void add_config(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("config", "The settings in force");
  command->require_subcommand(1);
  CLI::App* showing = command->add_subcommand("show", "Show every setting and its value");
  showing->add_flag("--origin", options->origin, "and where it comes from");
  add_format_option(*showing, options->format, false);
  showing->final_callback([&context, options] {
    context.command = [&context, options] { return show(context, *options); };
  });
}

}  // namespace pruuv::app
