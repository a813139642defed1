#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace pruuv::store {

// The journal's run ids of one store, each once, in order. `text` is the whole file; `path` is for
// errors. A torn last line (the machine died in the write) is passed over; any other unreadable
// line is an error.
[[nodiscard]] Result<std::vector<std::string>> parse_run_journal(std::string_view text,
                                                                 std::string_view store_id,
                                                                 const std::string& path);

}  // namespace pruuv::store
