#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "context.hpp"
#include "delivery/roster.hpp"
#include "http/client.hpp"
#include "report/checks.hpp"
#include "store/database.hpp"

// What `doctor` looks at. Nothing here writes, sends an event or takes a lock.
namespace pruuv::app {

// The findings, and the exit code they come to: 0 unless something failed.
class Findings {
 public:
  void ok(std::string name, std::string detail);
  void warn(std::string name, std::string detail, std::string fix = {});
  void fail(std::string name, const Error& error);

  [[nodiscard]] const std::vector<report::Check>& checks() const { return checks_; }
  // The worst kind of failure, in the order of the program's exit codes.
  [[nodiscard]] int exit_code() const;
  [[nodiscard]] std::size_t failures() const { return kinds_.size(); }

 private:
  std::vector<report::Check> checks_;
  std::vector<ErrorKind> kinds_;
};

// The configuration file, unknown variables, the user.
void check_settings(const Context& context, Findings& findings);

// The store's file, its last run, lock, journal, disk. Gives the store where it can be read.
std::unique_ptr<store::Database> check_store(const Context& context, Findings& findings);

// The connections that would send.
using Targets = std::vector<const resolve::Target*>;

// Whether each platform's server can be reached, what its clock says, and its API's version.
// `targets` are the connections that need it.
void check_platforms(const Context& context, http::Client& client, const Targets& targets,
                     Findings& findings);

// Vault, the files that hold keys, and each connection's credential.
void check_secrets(const Context& context, http::Client& client, store::Database& database,
                   const Targets& targets, Findings& findings);

}  // namespace pruuv::app
