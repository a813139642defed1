#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pruuv {

// The word somebody most likely meant: the one of `words` that fewest changes make of `word` (a
// letter more, less or other, or two neighbours swapped; case does not count), the first of
// several.
// "" where all are too far away: more than one change, and more than a third of its letters.
[[nodiscard]] std::string nearest_word(std::string_view word, std::span<const std::string> words);

// "did you mean X?" with `before` in front of the word; "" where none is near.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string> words,
                                       std::string_view before = "");

}  // namespace pruuv
