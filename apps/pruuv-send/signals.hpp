#pragma once

#include "delivery/run.hpp"

// SIGTERM, SIGINT and SIGHUP during a run: the first ends it in good order, the second at once.
namespace pruuv::app {

// From here on these signals no longer end the program but are remembered. One that is ignored
// (nohup) stays ignored.
void watch_signals();

[[nodiscard]] delivery::Stop asked_to_stop();

// The number of the latest; 0 = none.
[[nodiscard]] int signal_received();

}  // namespace pruuv::app
