#pragma once

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

}  // namespace pruuv::app
