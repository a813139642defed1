#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "certificate.hpp"
#include "files.hpp"
#include "server.hpp"
#include "service_account.hpp"
#include "supabase_book.hpp"
#include "vault_state.hpp"

namespace {

namespace fs = std::filesystem;

constexpr int exit_usage = 64;
constexpr int exit_cannot_create = 73;

struct Options {
  int port = 0;
  std::string state_dir = ".sandbox";
  bool quiet = false;
  bool no_keep = false;
  sandbox::ServerOptions server;
};

void describe(CLI::App& app, Options& options) {
  app.description(
      "Plays Meta, Google (Ads, Data Manager, OAuth), TikTok, Vault and Supabase on one TLS port "
      "of\n"
      "127.0.0.1.\n"
      "Prints one line of JSON when it is ready: {\"port\":..,\"ca_file\":..,\"pid\":..}.\n"
      "Stops on SIGTERM or SIGINT.");
  app.footer(
      "Example:\n"
      "  platform-sandbox --state-dir /tmp/sandbox &\n"
      "  . /tmp/sandbox/sandbox.env       # PRUUV_META_URL, ..., PRUUV_CA_FILE\n"
      "  curl --cacert \"$PRUUV_CA_FILE\" \"$PRUUV_META_URL/_sandbox/stats\"");
  app.add_option("--port", options.port, "port to listen on, 0 = any free one")
      ->check(CLI::Range(0, 65'535))
      ->capture_default_str();
  app.add_option(
         "--state-dir", options.state_dir,
         "folder for the certificate, the service account, Vault's secret id and sandbox.env,\n"
         "made if need be")
      ->capture_default_str();
  app.add_option("--delay-ms", options.server.delay_ms, "wait this long before every answer")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{3'600'000}))
      ->capture_default_str();
  app.add_option("--threads", options.server.threads,
                 "connections served at the same time; further ones wait")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000}))
      ->capture_default_str();
  app.add_option("--now", options.server.now,
                 "Unix seconds: the time the rules go by, standing still (default: the real time)");
  app.add_option("--min-click-age", options.server.min_click_age,
                 "Google Ads: answer TOO_RECENT_EVENT to conversions younger than these seconds\n"
                 "(the real platform: 21600, counted from the click, which is not known here)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--max-body", options.server.max_body, "refuse larger bodies with 413, in bytes")
      ->check(CLI::Range(std::size_t{1}, std::size_t{128} << 20))
      ->capture_default_str();
  app.add_flag("--no-keep", options.no_keep,
               "count only: no /_sandbox/events, no /_sandbox/requests, no duplicates; memory\n"
               "stays flat (for benchmarks)");
  app.add_flag("--quiet", options.quiet, "nothing on standard error but errors");
}

/// For a POSIX shell to read with `.`: paths may hold any character.
std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

/// What the client of the secret stores is given, as files for it alone.
struct SecretFiles {
  fs::path vault_secret_id;
  fs::path supabase_key;
};

SecretFiles write_secret_files(const fs::path& directory) {
  SecretFiles files{directory / "vault-secret-id", directory / "supabase-key"};
  const auto write = [](const fs::path& path, std::string_view secret) {
    sandbox::write_file(path, std::string(secret) + "\n", 0600);
  };
  write(files.vault_secret_id, sandbox::vault::first_secret_id);
  write(files.supabase_key, sandbox::service_role_key);
  return files;
}

std::string environment_file(int port, const fs::path& ca_file, const SecretFiles& secrets) {
  const std::string base = fmt::format("https://127.0.0.1:{}", port);
  return fmt::format(
      "export PRUUV_META_URL={0}\n"
      "export PRUUV_GOOGLE_ADS_URL={0}\n"
      "export PRUUV_DATA_MANAGER_URL={0}\n"
      "export PRUUV_GOOGLE_TOKEN_URL={0}/token\n"
      "export PRUUV_TIKTOK_URL={0}\n"
      "export PRUUV_CA_FILE={1}\n"
      "export PRUUV_VAULT_ADDR={0}\n"
      "export PRUUV_VAULT_CACERT={1}\n"
      "export PRUUV_VAULT_ROLE_ID={2}\n"
      "export PRUUV_VAULT_SECRET_ID_FILE={3}\n"
      "export PRUUV_SUPABASE_URL={0}\n"
      "export PRUUV_SUPABASE_KEY_FILE={4}\n",
      base, shell_quoted(ca_file.string()), sandbox::vault::role_id,
      shell_quoted(secrets.vault_secret_id.string()), shell_quoted(secrets.supabase_key.string()));
}

/// Blocked before the first thread starts, so that only wait_for_end sees them.
sigset_t block_end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int run(const Options& options) {
  const sigset_t end_signals = block_end_signals();
  const fs::path directory = fs::absolute(options.state_dir);
  if (fs::create_directories(directory)) {
    fs::permissions(directory, fs::perms::owner_all);
  }
  const sandbox::CertificateFiles certificate = sandbox::ensure_certificate(directory);

  sandbox::Server server(options.server, certificate, sandbox::ensure_service_account(directory));
  const int port = server.bind(options.port);
  const fs::path environment = directory / "sandbox.env";
  sandbox::write_file(environment,
                      environment_file(port, certificate.ca, write_secret_files(directory)), 0644);

  std::thread serving([&] { server.serve(); });
  fmt::print("{{\"port\":{},\"ca_file\":{},\"pid\":{}}}\n", port,
             sandbox::json_quoted(certificate.ca.string()), ::getpid());
  std::fflush(stdout);
  if (!options.quiet) {
    fmt::print(stderr, "platform-sandbox: listening on https://127.0.0.1:{}; addresses in {}\n",
               port, environment.string());
  }

  int signal = 0;
  sigwait(&end_signals, &signal);
  server.stop();
  serving.join();
  if (!options.quiet) {
    fmt::print(stderr, "platform-sandbox: stopped; {}", server.journal().stats());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  options.server.max_body = std::size_t{16} << 20;
  CLI::App app;
  describe(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  options.server.keep = !options.no_keep;
  try {
    return run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "platform-sandbox: {}\n", error.what());
    return exit_cannot_create;
  }
}
