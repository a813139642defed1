#include "config/config_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/open_file.hpp"
#include "base/text.hpp"

namespace pruuv::config {
namespace {

constexpr std::size_t file_bytes_max = std::size_t{64} << 10;

Unexpected refuse(ErrorKind kind, const std::string& path, const std::string& cause,
                  std::string hint = {}) {
  return fail(kind, fmt::format("read the configuration {}: {}", printable(path), cause),
              std::move(hint));
}

Unexpected refuse_errno(const std::string& path, int number) {
  const bool is_denied = number == EACCES || number == EPERM;
  return refuse(is_denied ? ErrorKind::permission : ErrorKind::config, path,
                ascii_lower(std::generic_category().message(number)));
}

// The file says where conversions go: nobody else may change it.
Result<void> check_owner(const std::string& path, const struct stat& file) {
  if (!S_ISREG(file.st_mode)) return refuse(ErrorKind::config, path, "it is not a regular file");
  if (file.st_uid != ::geteuid() && file.st_uid != 0) {
    return refuse(ErrorKind::permission, path, "it belongs to another user",
                  fmt::format("chown {} {}", ::geteuid(), printable(path)));
  }
  if ((file.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return refuse(ErrorKind::permission, path, "people other than its owner may change it",
                  fmt::format("chmod go-w {}", printable(path)));
  }
  return {};
}

Result<std::string> read_text(const OpenFile& file, const std::string& path) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (text.size() <= file_bytes_max) {
    const ssize_t count = ::read(file.number(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refuse_errno(path, errno);
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return refuse(ErrorKind::config, path, "it is over 64 KiB long");
}

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

constexpr bool is_key_character(char c) {
  return is_ascii_alpha(c) || is_ascii_digit(c) || c == '-' || c == '_';
}

// One line, taken from its front.
class Line {
 public:
  Line(std::string_view text, int number, const std::string& path)
      : rest_(text), number_(number), path_(path) {}

  // A key and its value, or nothing in `entry` where the line is empty or a comment.
  Result<bool> take_entry(FileEntry& entry) {
    skip_blanks();
    if (is_at_end()) return false;
    if (rest_.starts_with('['))
      return wrong("there are no sections", "settings stand by themselves");
    entry.line = number_;
    entry.key = take_while(is_key_character);
    skip_blanks();
    if (entry.key.empty() || !take('='))
      return wrong("it is not `key = value`", "text stands in quotes; # begins a comment");
    key_ = entry.key;  // no sooner: a line without = may be a token
    skip_blanks();
    PRUUV_TRY(take_value(entry));
    skip_blanks();
    if (!is_at_end()) return wrong("something stands behind the value", "one setting a line");
    return true;
  }

  Unexpected wrong(const std::string& cause, std::string hint) const {
    const std::string key = key_.empty() ? "" : key_ + ": ";
    return fail(ErrorKind::config,
                fmt::format("read the configuration {}, line {}: {}{}", printable(path_), number_,
                            key, cause),
                std::move(hint));
  }

 private:
  void skip_blanks() { static_cast<void>(take_while(is_blank)); }
  [[nodiscard]] bool is_at_end() const { return rest_.empty() || rest_.front() == '#'; }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  template <typename Is>
  std::string take_while(Is is) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is);
    std::string taken(rest_.begin(), end);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  Result<void> take_value(FileEntry& entry) {
    if (is_at_end()) return wrong("there is no value", "leave the line out to use the default");
    if (rest_.starts_with(R"(""")") || rest_.starts_with("'''"))
      return wrong("a text of several lines", "write it in one line");
    if (rest_.starts_with('[') || rest_.starts_with('{'))
      return wrong("a list where one value is expected",
                   "several addresses stand in one text, with commas");
    if (rest_.starts_with('"') || rest_.starts_with('\'')) return take_text(entry);
    const std::string word = take_while([](char c) { return !is_blank(c) && c != '#'; });
    entry.value = word;
    if (word == "true" || word == "false") {
      entry.kind = FileEntry::Kind::boolean;
    } else if (is_all_digits(word)) {
      entry.kind = FileEntry::Kind::number;
    } else {
      return wrong("neither a text in quotes nor a whole number, true or false",
                   "put it in quotes");
    }
    return {};
  }

  Result<void> take_text(FileEntry& entry) {
    const char quote = rest_.front();
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != quote) {
      const bool is_escape = quote == '"' && take('\\');
      if (is_escape && !rest_.starts_with('"') && !rest_.starts_with('\\'))
        return wrong("an escape other than \\\" and \\\\", "write the text in single quotes");
      entry.value += rest_.front();
      rest_.remove_prefix(1);
    }
    if (!take(quote)) return wrong("the text has no end", "close its quotes in the same line");
    if (trim(entry.value).empty())
      return wrong("an empty text", "leave the line out to use the default");
    return {};
  }

  std::string_view rest_;
  int number_;
  const std::string& path_;
  std::string key_;
};

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

}  // namespace

Result<ConfigFile> parse_config_file(std::string_view text, const std::string& path) {
  ConfigFile file;
  file.path = path;
  int number = 0;
  for (std::string_view line_text : split(text, '\n')) {
    ++number;
    if (line_text.ends_with('\r')) line_text.remove_suffix(1);
    Line line(line_text, number, path);
    if (!is_valid_utf8(line_text) || std::ranges::any_of(line_text, is_control))
      return line.wrong("it is not plain text in UTF-8", "write the file again with a text editor");
    FileEntry entry;
    PRUUV_TRY_ASSIGN(const bool is_entry, line.take_entry(entry));
    if (!is_entry) continue;
    const auto earlier = std::ranges::find(file.entries, entry.key, &FileEntry::key);
    if (earlier != file.entries.end()) {
      return line.wrong(fmt::format("the key stands in line {} already", earlier->line),
                        "keep one of the two");
    }
    file.entries.push_back(std::move(entry));
  }
  return file;
}

Result<ConfigFile> read_config_file(const std::string& path) {
  if (path.empty()) return ConfigFile{};
  // O_NONBLOCK: a pipe put in the file's place must not hold up the run.
  const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.number() < 0) return refuse_errno(path, errno);
  struct stat found {};
  if (::fstat(file.number(), &found) != 0) return refuse_errno(path, errno);
  PRUUV_TRY(check_owner(path, found));
  PRUUV_TRY_ASSIGN(const std::string text, read_text(file, path));
  return parse_config_file(text, path);
}

}  // namespace pruuv::config
