#include "base/nearest_word.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"

namespace pruuv {
namespace {

constexpr std::size_t word_length_max = 64;  // nobody misspells a longer one

// The optimal string alignment distance, by rows.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + other});
      const bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swap) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest_word(std::string_view word, std::span<const std::string> words) {
  if (word.empty() || word.size() > word_length_max) return {};
  const std::string wanted = ascii_lower(word);
  std::size_t least = std::max(std::size_t{1}, word.size() / 3) + 1;
  std::string nearest;
  for (const std::string& candidate : words) {
    const std::size_t changes = distance(wanted, ascii_lower(candidate));
    if (changes >= least) continue;
    least = changes;
    nearest = candidate;
  }
  return nearest;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> words,
                         std::string_view before) {
  const std::string nearest = nearest_word(word, words);
  return nearest.empty() ? nearest : fmt::format("did you mean {}{}?", before, nearest);
}

}  // namespace pruuv
