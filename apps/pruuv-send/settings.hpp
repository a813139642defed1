#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/result.hpp"
#include "context.hpp"

// What an operator can set: by flag, else by variable, else by the configuration file.
namespace pruuv::app {

// Fills context.known_settings and gives each its flag; --config, too.
void add_settings(CLI::App& app, Context& context);

// To be called after parsing: reads the configuration file and the environment into
// context.settings. Error usage for a flag with an empty value; config and permission as the file.
Result<void> settle_settings(Context& context);

// Names of all environment variables.
[[nodiscard]] std::vector<std::string> variable_names();

}  // namespace pruuv::app
