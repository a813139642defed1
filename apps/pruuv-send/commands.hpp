#pragma once

#include <CLI/CLI.hpp>

#include "context.hpp"

// One command a file, cmd_<name>.cpp: it declares its flags and says what runs.
namespace pruuv::app {

void add_init(CLI::App& app, Context& context);
void add_import(CLI::App& app, Context& context);
void add_connections(CLI::App& app, Context& context);
void add_secrets(CLI::App& app, Context& context);
// The flags go on the program itself and on the command: `pruuv-send` alone is `pruuv-send send`.
void add_send(CLI::App& app, Context& context);
void add_inspect(CLI::App& app, Context& context);
void add_audit(CLI::App& app, Context& context);
void add_retry(CLI::App& app, Context& context);
void add_replay(CLI::App& app, Context& context);
void add_accept_restore(CLI::App& app, Context& context);
void add_config(CLI::App& app, Context& context);
void add_doctor(CLI::App& app, Context& context);

}  // namespace pruuv::app
