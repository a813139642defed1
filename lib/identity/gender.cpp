#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "identity/characters.hpp"
#include "identity/digest.hpp"
#include "identity/identity.hpp"

namespace pruuv::identity {
namespace {

constexpr std::array<std::string_view, 8> female = {"f",   "female", "woman", "she",
                                                    "her", "mrs",    "ms",    "miss"};
constexpr std::array<std::string_view, 6> male = {"m", "male", "man", "he", "him", "mr"};

}  // namespace

std::optional<std::string> normalize_gender(std::string_view raw) {
  if (auto digest = read_digest(raw)) return digest;
  const std::string word = without_ascii_punctuation(ascii_lower(trim(raw)));
  if (std::ranges::find(female, word) != female.end()) return "f";
  if (std::ranges::find(male, word) != male.end()) return "m";
  return std::nullopt;
}

}  // namespace pruuv::identity
