#pragma once

#include <CLI/CLI.hpp>

#include "base/result.hpp"

namespace pruuv::app {

// What is wrong with the command line, in this program's words: the flag or the command, what was
// expected, what may have been meant. Never an argument's value, nor a word that is no flag: a
// token may have been typed in the wrong place.
[[nodiscard]] Error usage_error(const CLI::App& app, const CLI::ParseError& fault);

}  // namespace pruuv::app
