#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/table.hpp"

namespace pruuv::report {

// One setting as it is in force. `value` is "" where nothing is set, and "***" for a secret.
struct SettingLine {
  std::string name;
  std::string value;
  std::string origin;  // "flag --store", "variable PRUUV_STORE", "/etc/x.toml, line 3", "default"
};

// Table: name and value, with the origin where asked for. JSON: {"settings": [{"name", "value",
// "origin"}], "unknown_variables": [...]}, a value null where nothing is set.
[[nodiscard]] std::string render_settings(std::span<const SettingLine> lines,
                                          std::span<const std::string> unknown_variables,
                                          bool with_origin, Format format);

}  // namespace pruuv::report
