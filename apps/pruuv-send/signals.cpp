#include "signals.hpp"

#include <csignal>

namespace pruuv::app {
namespace {

volatile std::sig_atomic_t received = 0;
volatile std::sig_atomic_t number = 0;

extern "C" void remember(int signal) {
  // More than two say nothing new, and the count must not run over.
  if (received < 2) received = received + 1;
  number = signal;
}

}  // namespace

void watch_signals() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    struct sigaction before = {};
    if (::sigaction(signal, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) continue;
    // Without SA_RESTART: a pause between two tries ends when the signal comes.
    struct sigaction watched = {};
    watched.sa_handler = &remember;
    ::sigaction(signal, &watched, nullptr);
  }
}

delivery::Stop asked_to_stop() {
  if (received == 0) return delivery::Stop::no;
  return received == 1 ? delivery::Stop::soon : delivery::Stop::now;
}

int signal_received() { return number; }

}  // namespace pruuv::app
