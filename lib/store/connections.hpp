#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/connection.hpp"
#include "store/database.hpp"

namespace pruuv::store {

enum class Saved { added, updated, unchanged };

// Adds or updates by (client_id, platform, name); the caller has the transaction. Gives
// connection.id and connection.from_seq. A new one takes events numbered above `from_seq_if_new`.
// Error config where the destination differs from the one stored under that name.
Result<Saved> save_connection(Database& database, Connection& connection,
                              std::int64_t from_seq_if_new, std::int64_t now_s);

// Lowers from_seq (backfill). Events at or below planned_seq must be planned again by the caller.
Result<void> save_from_seq(Database& database, std::int64_t connection_id, std::int64_t from_seq);

// All, ordered by client, platform, name; or one client's. `adapter` is not stored: the caller
// fills it in.
Result<std::vector<Connection>> load_connections(Database& database);
Result<std::vector<Connection>> load_connections(Database& database, std::string_view client_id);

// The number of a client; made on first sight.
Result<std::int64_t> client_number(Database& database, std::string_view client_id);

}  // namespace pruuv::store
