#include "line_reader.hpp"

#include <algorithm>
#include <string_view>

namespace pruuv::app {

bool LineReader::next() {
  line_.clear();
  too_long_ = false;
  bool any = false;
  for (;;) {
    if (begin_ == end_) {
      begin_ = 0;
      end_ = std::fread(buffer_.data(), 1, buffer_.size(), file_);
      if (end_ == 0) break;
    }
    any = true;
    const std::string_view rest(buffer_.data() + begin_, end_ - begin_);
    const std::size_t newline = rest.find('\n');
    const std::string_view piece = rest.substr(0, newline);
    const std::size_t room = line_bytes_max_ - line_.size();
    if (piece.size() > room) too_long_ = true;
    line_.append(piece.substr(0, room));
    const std::size_t used = newline == std::string_view::npos ? rest.size() : newline + 1;
    begin_ += used;
    bytes_read_ += static_cast<std::int64_t>(used);
    if (newline != std::string_view::npos) break;
  }
  if (any) ++number_;
  return any;
}

}  // namespace pruuv::app
