#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "model/connection.hpp"

namespace pruuv::platforms {

// A connection as people write it:
// {"client_id","platform","name","pixel_id"|"customer_id"|"pixel_code","conversion_action_id",
//  "login_customer_id","api","event_names":{},"conversion_actions":{},"default_country","currency",
//  "credential","test_event_code","paused","on_unknown":"resend|hold","match":{"event_names","hosts"},
//  "<platform>":{...settings of that platform...}}
// `name` is "default" where it is missing. The destination's key is the adapter's. Ids may be
// numbers. Checked and put into the platform's spelling. Errors (config) name the key; an unknown
// key is one. `value` must have been parsed with json::Numbers::as_text.
Result<Connection> parse_connection(const json::Value& value);

// The connection as parse_connection() reads it, with the members of `changes` in place of its own;
// an empty text leaves the member out. Keys are top-level ones, a platform's settings as
// "meta.partner_agent".
[[nodiscard]] std::string render_connection(const Connection& connection,
                                            const std::map<std::string, std::string>& changes);

// The top-level keys a connection of that platform can have, with any of its APIs: those of all
// platforms, its destination's, its settings. For a platform nobody knows: those of all platforms.
[[nodiscard]] std::vector<std::string> connection_keys(std::string_view platform);

}  // namespace pruuv::platforms
