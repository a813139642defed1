#include "secret_input.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <string_view>
#include <system_error>
#include <termios.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "context.hpp"

namespace pruuv::app {
namespace {

constexpr std::size_t bytes_max = std::size_t{64} << 10;
// What Linux keeps of one line of a terminal, the line break not counted (termios(3)); it drops the
// rest without a word.
constexpr std::size_t terminal_line_max = 4095;
constexpr const char* doing = "read the secret from standard input";
constexpr const char* file_hint = "put it into a file of mode 600 and add `< FILE`";

volatile std::sig_atomic_t caught = 0;

extern "C" void catch_signal(int signal) { caught = signal; }

// While it lives the signals that end a program are only noticed, and only in wait_for_input().
class CaughtSignals {
 public:
  CaughtSignals() {
    ::sigemptyset(&blocked_);
    for (std::size_t i = 0; i < signals.size(); ++i) {
      ::sigaction(signals[i], nullptr, &before_[i]);
      if (before_[i].sa_handler == SIG_IGN) continue;
      ::sigaddset(&blocked_, signals[i]);
    }
    ::sigprocmask(SIG_BLOCK, &blocked_, &mask_before_);
    struct sigaction noticed = {};
    noticed.sa_handler = &catch_signal;
    for (const int signal : signals) {
      if (::sigismember(&blocked_, signal) == 1) ::sigaction(signal, &noticed, nullptr);
    }
  }
  CaughtSignals(const CaughtSignals&) = delete;
  CaughtSignals& operator=(const CaughtSignals&) = delete;
  ~CaughtSignals() {
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
    ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
  }

  // False: a signal came first.
  [[nodiscard]] bool wait_for_input() const {
    pollfd input = {STDIN_FILENO, POLLIN, 0};
    while (caught == 0) {
      if (::ppoll(&input, 1, nullptr, &mask_before_) >= 0 || errno != EINTR) return true;
    }
    return false;
  }

 private:
  static constexpr std::array<int, 4> signals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  std::array<struct sigaction, 4> before_ = {};
  sigset_t blocked_ = {};
  sigset_t mask_before_ = {};
};

// Shows nothing of what is typed while it lives.
class SilentTerminal {
 public:
  SilentTerminal() {
    is_silent_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
    // Stopped in the middle, the shell would be left with a silent terminal.
    silent.c_cc[VSUSP] = _POSIX_VDISABLE;
    is_silent_ = is_silent_ && ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  // What was typed and not read goes: it may be the rest of a secret, and a shell would run it.
  ~SilentTerminal() {
    if (is_silent_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  [[nodiscard]] bool is_silent() const { return is_silent_; }

 private:
  termios before_ = {};
  bool is_silent_ = false;
};

Unexpected refuse(const std::string& cause, std::string hint = {}) {
  return fail(ErrorKind::usage, fmt::format("{}: {}", doing, cause), std::move(hint));
}

// What came, in one piece of memory that never grows: growing would leave copies behind.
class Input {
 public:
  Input() : text_(bytes_max + 1, '\0') {}
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() { const Secret wiped(std::move(text_)); }

  [[nodiscard]] std::string_view seen() const { return {text_.data(), length_}; }
  [[nodiscard]] bool is_full() const { return length_ == text_.size(); }

  // Whether there may be more.
  Result<bool> read_some() {
    for (;;) {
      const ssize_t count = ::read(STDIN_FILENO, text_.data() + length_, text_.size() - length_);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        return fail(
            ErrorKind::io,
            fmt::format("{}: {}", doing, ascii_lower(std::generic_category().message(errno))));
      }
      length_ += static_cast<std::size_t>(count);
      return count > 0 && !is_full();
    }
  }

  Result<Secret> take() {
    if (is_full()) return refuse("it is over 64 KiB long");
    text_.resize(length_);
    return Secret(std::move(text_));
  }

 private:
  std::string text_;
  std::size_t length_ = 0;
};

bool is_more_waiting() {
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, 0) > 0 && (input.revents & POLLIN) != 0;
}

// One line, or what was typed before Ctrl-D. `caught` says whether a signal came first.
Result<Secret> read_line(const CaughtSignals& signals) {
  Input input;
  while (!input.seen().ends_with('\n') && signals.wait_for_input()) {
    PRUUV_TRY_ASSIGN(const bool is_more, input.read_some());
    if (!is_more) break;
  }
  if (caught != 0) return Secret();
  const bool is_ended = input.seen().ends_with('\n');
  if (input.seen().size() >= terminal_line_max + (is_ended ? 1 : 0))
    return refuse("it may be longer than a terminal hands over", file_hint);
  if (is_ended && is_more_waiting()) return refuse("it has more than one line", file_hint);
  return input.take();
}

Result<Secret> read_from_terminal(const std::string& prompt) {
  Result<Secret> secret = Secret();
  {
    const CaughtSignals signals;
    const SilentTerminal terminal;
    if (!terminal.is_silent())
      return refuse("the terminal cannot be kept from showing it", file_hint);
    put(STDERR_FILENO, prompt);
    secret = read_line(signals);
    put(STDERR_FILENO, "\n");
  }
  // The terminal and the signals are as they were: ends the program as if nothing had been caught.
  if (caught != 0) ::raise(caught);
  return secret;
}

}  // namespace

Result<Secret> read_secret_input(const std::string& prompt) {
  if (is_terminal(STDIN_FILENO)) return read_from_terminal(prompt);
  Input input;
  for (bool is_more = true; is_more;) {
    PRUUV_TRY_ASSIGN(is_more, input.read_some());
  }
  return input.take();
}

}  // namespace pruuv::app
