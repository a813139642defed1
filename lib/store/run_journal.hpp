#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pruuv::store {

struct JournalLine {
  std::int64_t number = 0;  // from 1
  std::string store_id;
  std::string run_id;
  bool is_end = false;
  std::string chain_head_hex;  // "" where the line has none
};

// Each line of the journal. `text` is the whole file; `path` is for errors. A torn last line (the
// machine died in the write) is passed over; any other unreadable line is an error.
[[nodiscard]] Result<void> for_each_line(std::string_view text, const std::string& path,
                                         const std::function<void(const JournalLine&)>& take);

// The run ids of one store, each once, in order.
[[nodiscard]] Result<std::vector<std::string>> parse_run_journal(std::string_view text,
                                                                 std::string_view store_id,
                                                                 const std::string& path);

}  // namespace pruuv::store
