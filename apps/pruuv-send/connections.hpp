#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "context.hpp"
#include "model/connection.hpp"
#include "report/table.hpp"
#include "store/database.hpp"

// What `connections` does, one function a subcommand, and what several of them share.
namespace pruuv::app {

struct ConnectionOptions {
  std::string file;
  std::string backfill;
  bool yes = false;
  std::string client_id;
  std::string platform;
  std::string name;  // "" = "default", or any where several are meant
  std::string api;
  std::vector<std::string> changes;
  report::Format format = report::Format::table;
};

Result<int> import_connections(const Context& context, const ConnectionOptions& options);
Result<int> add_connection(const Context& context, const ConnectionOptions& options);
Result<int> set_connection(const Context& context, const ConnectionOptions& options);
Result<int> pause_connection(const Context& context, const ConnectionOptions& options);
Result<int> resume_connection(const Context& context, const ConnectionOptions& options);
Result<int> test_connections(const Context& context, const ConnectionOptions& options);

// Error usage where no adapter speaks for a platform of that name; "" is none either.
Result<void> check_platform(const std::string& platform);

// --- shared by `import`, `add` and `set`

// "currency=EUR": what to change, from --api and the words behind the connection. Error usage; it
// quotes no word, for one may be a token typed in the wrong place.
Result<std::map<std::string, std::string>> read_changes(const ConnectionOptions& options);

// One connection as in the connections' file; its credential must be a reference.
Result<Connection> read_connection(const json::Value& value);

struct SavedCounts {
  std::int64_t added = 0, updated = 0, unchanged = 0;
};
Result<SavedCounts> save_connections(store::Database& database,
                                     std::vector<Connection>& connections, std::int64_t now_s);

// The seconds of --backfill, 0 without; asks where they go back far. Error usage for no length of
// time; `is_sure` false where the person said no.
struct Backfill {
  std::int64_t seconds = 0;
  bool is_sure = true;
};
Result<Backfill> read_backfill(const ConnectionOptions& options);

// Takes the events that came before the connections, back to that time, in the caller's
// transaction. Gives how many deliveries that made.
Result<std::int64_t> backfill_connections(const Context& context, store::Database& database,
                                          const std::vector<Connection>& connections,
                                          std::int64_t seconds);

// On stderr, once: what speaks against where their credentials are kept.
void warn_of_credentials(const std::vector<Connection>& connections);

}  // namespace pruuv::app
