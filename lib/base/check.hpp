#pragma once

namespace pruuv {

// Ends the run with exit code 70. What was under way is in the store already: attempts are written
// first.
[[noreturn]] void broken_invariant(const char* what, const char* file, int line);

}  // namespace pruuv

// An invariant of ours, not a fault of the outside world; stays on in release builds.
#define PRUUV_CHECK(condition, what)                                       \
  do {                                                                     \
    if (!(condition)) ::pruuv::broken_invariant(what, __FILE__, __LINE__); \
  } while (false)
