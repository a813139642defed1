#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "doctor.hpp"
#include "settings.hpp"

namespace pruuv::app {

void check_settings(const Context& context, Findings& findings) {
  const std::string& path = context.config_file.path;
  if (context.settings_fault) {
    findings.fail("configuration", *context.settings_fault);
  } else {
    findings.ok("configuration", path.empty() ? "no file; flags, variables and defaults count"
                                              : fmt::format("{}, settings in it: {}", path,
                                                            context.config_file.entries.size()));
  }
  for (const std::string& name :
       config::unknown_variables(context.known_settings, variable_names())) {
    findings.warn("configuration", "no setting is called " + name,
                  "correct the variable's name, or unset it");
  }
  if (::geteuid() == 0) {
    findings.warn("user", "this is root, which nothing here needs",
                  "run it as a user of its own, to whom the store belongs");
  }
}

}  // namespace pruuv::app
