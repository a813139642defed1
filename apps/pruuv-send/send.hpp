#pragma once

#include <memory>
#include <string>

#include "audit/redact.hpp"
#include "base/result.hpp"
#include "context.hpp"
#include "delivery/run.hpp"
#include "http/client.hpp"
#include "secrets.hpp"
#include "store/lock.hpp"

namespace pruuv::app {

// What commands that talk to platforms work with: a client, the places of the credentials, and what
// hides secrets in texts. Tokens that were lent are given back when it goes, however the work ends.
class ServiceSet {
 public:
  // Context and database outlive it.
  static Result<std::unique_ptr<ServiceSet>> make(const Context& context,
                                                  store::Database& database);
  ServiceSet(const ServiceSet&) = delete;
  ServiceSet& operator=(const ServiceSet&) = delete;
  ~ServiceSet() = default;

  [[nodiscard]] delivery::Services& services() { return services_; }

 private:
  ServiceSet(const Context& context, store::Database& database,
             std::unique_ptr<http::Client> client);

  audit::Redactor redactor_;
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<secrets::Keeper> secrets_;
  Farewell farewell_;
  delivery::Services services_;
};

// A store a run may send from: its lock held, older schemas brought up to date, and not an older
// copy of itself.
struct LockedStore {
  store::Lock lock;
  std::unique_ptr<store::Database> database;
  std::string store_id;
};
Result<LockedStore> lock_store(const Context& context, bool accept_restored = false);

// A name that neither an event nor a connection has is a mistake (usage), not a client with nothing
// to send. "" is nobody's.
Result<void> check_client(store::Database& database, const std::string& client_id);

struct Output {
  bool json = false;
};

// Runs the loop with everything real around it, writes the run's marks, prints the result, gives
// the exit code. `command` is how the run is called in the store: send, retry, replay.
Result<int> run_and_report(const Context& context, LockedStore& store, const std::string& command,
                           const delivery::RunOptions& options, const Output& output);

// Has the platforms check what would be sent, and prints what they say. 3 where they refuse
// anything or a credential does not work.
Result<int> validate_and_report(const Context& context, const delivery::RunOptions& options,
                                const Output& output);

}  // namespace pruuv::app
