#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace pruuv::app {

// A secret from standard input, by read(2) into memory that is wiped. From a terminal: one line
// after `prompt` on stderr, not shown; whatever ends the program meanwhile, but SIGKILL, finds the
// terminal as it was. From a file or pipe: all of it. Error usage where it is over 64 KiB, or more
// than a terminal hands over; nothing is quoted.
Result<Secret> read_secret_input(const std::string& prompt);

}  // namespace pruuv::app
