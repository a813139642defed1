#pragma once

#include <span>
#include <string>

#include "report/table.hpp"

namespace pruuv::report {

// One thing that was looked at.
struct Check {
  enum class Status { ok, warn, fail };
  std::string name;  // "store", "platform meta"
  Status status = Status::ok;
  std::string detail;  // what was found
  std::string fix;     // what a person can do; "" where there is nothing
};

// Table: a line a check, and its fix below it. JSON: {"checks": [{"name", "status", "detail",
// "fix"}], "exit"}; the status is ok, warn or fail, an empty fix null.
[[nodiscard]] std::string render_checks(std::span<const Check> checks, int exit_code,
                                        Format format);

}  // namespace pruuv::report
