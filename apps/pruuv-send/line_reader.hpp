#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace pruuv::app {

// Lines of a file of any size, one at a time, none longer than a bound in memory.
class LineReader {
 public:
  // Does not own the file.
  LineReader(std::FILE* file, std::size_t line_bytes_max)
      : file_(file), line_bytes_max_(line_bytes_max), buffer_(std::size_t{1} << 18, '\0') {}

  // False at the end. The line is without its line break; one over the bound is cut to it and
  // marked.
  bool next();
  [[nodiscard]] const std::string& line() const { return line_; }
  [[nodiscard]] bool is_too_long() const { return too_long_; }
  [[nodiscard]] std::int64_t number() const { return number_; }  // from 1
  [[nodiscard]] std::int64_t bytes_read() const { return bytes_read_; }
  [[nodiscard]] bool failed() const { return std::ferror(file_) != 0; }

 private:
  std::FILE* file_;
  std::size_t line_bytes_max_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;  // of the buffer, what is not read yet
  std::string line_;
  bool too_long_ = false;
  std::int64_t number_ = 0;
  std::int64_t bytes_read_ = 0;
};

}  // namespace pruuv::app
