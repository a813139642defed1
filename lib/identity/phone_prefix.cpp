#include "identity/phone_prefix.hpp"

#include "base/text.hpp"

namespace pruuv::identity {
namespace {

constexpr DigitSet all_digits = 0x3FF;

struct Piece {
  DigitSet first = 0;
  bool can_be_empty = true;
};

// Recursive descent over the pattern; every function gives nothing at the first thing it does not
// know.
class Reader {
 public:
  explicit Reader(std::string_view pattern) : rest_(pattern) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::optional<Piece> alternatives() {
    auto all = sequence();
    while (all && take('|')) {
      const auto next = sequence();
      if (!next) return std::nullopt;
      all->first = static_cast<DigitSet>(all->first | next->first);
      all->can_be_empty = all->can_be_empty || next->can_be_empty;
    }
    return all;
  }

 private:
  std::optional<Piece> sequence() {
    Piece all;
    while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
      auto next = atom();
      if (!next || !take_quantifier(*next)) return std::nullopt;
      if (all.can_be_empty) all.first = static_cast<DigitSet>(all.first | next->first);
      all.can_be_empty = all.can_be_empty && next->can_be_empty;
    }
    return all;
  }

  std::optional<Piece> atom() {
    if (is_ascii_digit(rest_.front())) return Piece{digit_bit(take_any()), false};
    if (take("\\d")) return Piece{all_digits, false};
    if (take('$')) return Piece{};
    if (take('[')) return digit_class();
    if (!take('(')) return std::nullopt;
    if (!take("?:") && rest_.starts_with('?')) return std::nullopt;
    const auto inside = alternatives();
    if (!inside || !take(')')) return std::nullopt;
    return inside;
  }

  std::optional<Piece> digit_class() {
    DigitSet digits = 0;
    while (!take(']')) {
      if (rest_.empty() || !is_ascii_digit(rest_.front())) return std::nullopt;
      const char from = take_any();
      char to = from;
      if (take('-')) {
        if (rest_.empty() || !is_ascii_digit(rest_.front())) return std::nullopt;
        to = take_any();
      }
      for (char digit = from; digit <= to; ++digit)
        digits = static_cast<DigitSet>(digits | digit_bit(digit));
    }
    return Piece{digits, false};
  }

  bool take_quantifier(Piece& piece) {
    if (take('?') || take('*')) {
      piece.can_be_empty = true;
    } else if (take('{')) {
      if (rest_.starts_with('0') || rest_.starts_with(',')) piece.can_be_empty = true;
      const std::size_t end = rest_.find('}');
      if (end == std::string_view::npos) return false;
      rest_.remove_prefix(end + 1);
    } else if (!take('+')) {
      return true;
    }
    // A second mark makes it lazy or possessive: not read here.
    return rest_.empty() || std::string_view("?*+{").find(rest_.front()) == std::string_view::npos;
  }

  char take_any() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  bool take(char c) { return take(std::string_view(&c, 1)); }
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<DigitSet> first_digits(std::string_view pattern) {
  Reader reader(pattern);
  const auto all = reader.alternatives();
  if (!all || !reader.at_end() || all->can_be_empty) return std::nullopt;
  return all->first;
}

}  // namespace pruuv::identity
