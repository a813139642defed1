#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pruuv::config {

struct FileEntry {
  enum class Kind { text, number, boolean };
  std::string key;
  std::string value;  // without its quotes
  Kind kind = Kind::text;
  int line = 0;  // from 1
};

struct ConfigFile {
  std::string path;  // "" = there is none
  std::vector<FileEntry> entries;
};

// Reads the file's text: it must be a regular file (a symlink to one will do), of ours or root's,
// that neither group nor others may change, at most 64 KiB. What is checked is the open file.
// Errors: permission (hint: the chmod) or config. "" gives a file without entries.
[[nodiscard]] Result<ConfigFile> read_config_file(const std::string& path);

// The part of TOML (v1.0.0) that settings need: `key = value`, one a line, and comments. A value is
// a string in "..." (escapes: \" and \\) or '...', a whole number, true or false. Tables, arrays,
// other numbers, dates and strings of several lines are refused, as are a key twice and an empty
// text. Error config naming path, line, and the key where there is one; never a value.
[[nodiscard]] Result<ConfigFile> parse_config_file(std::string_view text, const std::string& path);

}  // namespace pruuv::config
