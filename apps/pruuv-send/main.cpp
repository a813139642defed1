#include <cerrno>
#include <csignal>
#include <exception>
#include <fcntl.h>
#include <malloc.h>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "commands.hpp"
#include "context.hpp"
#include "usage.hpp"
#include "version.hpp"

namespace {

using pruuv::app::Context;

constexpr int exit_bug = 70;

constexpr const char* footer = R"(
Exit codes: 0 done, or nothing due; 3 done, but something was rejected, held,
expired, failed or is unknown; 64 usage; 65 store content; 66 no store;
69 no platform answered; 70 bug; 73 cannot create; 74 I/O or disk full;
75 another run holds the lock, or the deadline came with work left;
77 permissions; 78 configuration; 128+N ended by signal N.
Any other code is a failure.)";

// Tokens are in memory: no core file, and no other process of this user that looks into it.
void keep_memory_private() {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
#ifndef PRUUV_SANITIZE
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

int report(const pruuv::Error& error) {
  std::string text = fmt::format("pruuv-send: {}\n", error.message);
  if (!error.hint.empty()) text += fmt::format("hint: {}\n", error.hint);
  pruuv::app::put(STDERR_FILENO, text);
  return pruuv::app::exit_code_of(error.kind);
}

// A standard stream that is closed leaves its number to the next file that is opened, the store's
// lock or worse, and what is printed would be written into it.
bool keep_standard_streams() {
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; ++file) {
    if (::fcntl(file, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is this one.
    if (::open("/dev/null", file == STDIN_FILENO ? O_RDONLY : O_WRONLY) != file) return false;
  }
  return true;
}

int parse_failed(const CLI::App& app, const CLI::ParseError& fault) {
  if (fault.get_exit_code() == 0) return app.exit(fault);  // --help, --version
  if (app.got_subcommand("secrets") && fault.get_name() != "RequiredError") {
    return report({pruuv::ErrorKind::usage,
                   "read the arguments of secrets: one does not belong there",
                   "secrets are read from standard input, never from an argument; see "
                   "`pruuv-send secrets --help`"});
  }
  return report(pruuv::app::usage_error(app, fault));
}

int run(int argc, char* argv[]) {
  Context context;
  CLI::App app(
      "Sends funnel events as conversions to Meta, Google and TikTok, and keeps the audit log.\n"
      "Without a command: send.",
      "pruuv-send");
  app.footer(footer);
  app.set_version_flag("--version", std::string("pruuv-send ") + pruuv::app::version);
  app.require_subcommand(0, 1);
  app.fallthrough();
  pruuv::app::add_common_options(app, context);
  pruuv::app::add_send(app, context);
  pruuv::app::add_init(app, context);
  pruuv::app::add_import(app, context);
  pruuv::app::add_connections(app, context);
  pruuv::app::add_secrets(app, context);
  pruuv::app::add_inspect(app, context);
  pruuv::app::add_audit(app, context);
  pruuv::app::add_retry(app, context);
  pruuv::app::add_replay(app, context);
  pruuv::app::add_accept_restore(app, context);
  pruuv::app::add_config(app, context);
  pruuv::app::add_doctor(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& fault) {
    return parse_failed(app, fault);
  }
  if (auto ready = pruuv::app::prepare(context); !ready) return report(ready.error());
  const auto code = context.command();
  return code ? *code : report(code.error());
}

}  // namespace

int main(int argc, char* argv[]) {
  keep_memory_private();
  // Request bodies go back to the system when they are done with: left to itself, malloc learns
  // from the first one to keep them, and the gaps between them.
  constexpr int large_bytes = 128 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, large_bytes);
  // What is freed in small pieces is kept: the next request needs as much.
  constexpr int kept_bytes = 2 * 1024 * 1024;
  ::mallopt(M_TRIM_THRESHOLD, kept_bytes);
  if (!keep_standard_streams()) return exit_bug;
  // Every file this program makes holds personal data or decides about money.
  ::umask(077);
  // A reader of our output that goes away must not end a run in the middle of a request.
  std::signal(SIGPIPE, SIG_IGN);
  // A limit on file sizes is met as an error of the write, like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::exception& fault) {
    pruuv::app::put(STDERR_FILENO, fmt::format("pruuv-send: bug: {}\n", fault.what()));
    return exit_bug;
  }
}
