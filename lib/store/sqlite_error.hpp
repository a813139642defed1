#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace pruuv::store {

// What an (extended) result code of SQLite means here; `system_error` is the errno beneath it, 0 =
// none.
[[nodiscard]] ErrorKind kind_of_sqlite(int code, int system_error);

// What a person can do about it; empty where nothing.
[[nodiscard]] std::string hint_of_sqlite(int code, int system_error);

// "read funnel_event from", "add attempt to" ...: what a statement does, to be completed by the
// path. Only words of the SQL text, which never holds data.
[[nodiscard]] std::string doing_of(std::string_view sql);

// How long to wait before another try at a locked file, given how often it was tried: short at
// first, because a collector's transaction takes milliseconds; 0 = give up, after 10 s in all.
[[nodiscard]] int busy_wait_ms(int earlier_tries);

}  // namespace pruuv::store
