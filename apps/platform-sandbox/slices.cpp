#include "slices.hpp"

#include <cstddef>

namespace sandbox {
namespace {

constexpr std::string_view white_space = " \t\r\n";

/// Walks over valid JSON text without building anything.
class Walker {
 public:
  explicit Walker(std::string_view json) : json_(json) { skip_space(); }

  [[nodiscard]] bool at(char expected) const {
    return at_ < json_.size() && json_[at_] == expected;
  }

  bool accept(char expected) {
    if (!at(expected)) return false;
    ++at_;
    skip_space();
    return true;
  }

  /// The text of the value here, white space around it left out; moves behind it.
  std::string_view value() {
    const std::size_t start = at_;
    std::size_t depth = 0;
    while (at_ < json_.size()) {
      const char c = json_[at_];
      if (c == '"') {
        skip_string();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (c == '}' || c == ']') {
        if (depth == 0) break;
        --depth;
        ++at_;
      } else if (depth == 0 && (c == ',' || c == ':')) {
        break;
      } else {
        ++at_;
      }
    }
    const std::string_view text = json_.substr(start, at_ - start);
    return text.substr(0, text.find_last_not_of(white_space) + 1);
  }

 private:
  void skip_space() {
    const std::size_t next = json_.find_first_not_of(white_space, at_);
    at_ = next == std::string_view::npos ? json_.size() : next;
  }

  void skip_string() {
    ++at_;
    while (at_ < json_.size() && json_[at_] != '"') at_ += json_[at_] == '\\' ? 2 : 1;
    ++at_;
  }

  std::string_view json_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<std::string_view> list_elements(std::string_view json, std::string_view key) {
  std::vector<std::string_view> elements;
  Walker walker(json);
  if (!walker.accept('{')) return elements;
  while (walker.at('"')) {
    const std::string_view name = walker.value();
    walker.accept(':');
    if (name.size() == key.size() + 2 && name.substr(1, key.size()) == key && walker.accept('[')) {
      while (!walker.at(']')) {
        const std::string_view element = walker.value();
        if (element.empty()) break;
        elements.push_back(element);
        walker.accept(',');
      }
      return elements;
    }
    walker.value();
    walker.accept(',');
  }
  return elements;
}

}  // namespace sandbox
