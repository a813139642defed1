#include "base/check.hpp"

#include <unistd.h>

#include <fmt/format.h>

namespace pruuv {

void broken_invariant(const char* what, const char* file, int line) {
  const std::string text = fmt::format("pruuv-send: bug: {} ({}:{})\n", what, file, line);
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
  constexpr int exit_bug = 70;
  ::_exit(exit_bug);
}

}  // namespace pruuv
