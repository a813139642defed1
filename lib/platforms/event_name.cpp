#include "platforms/event_name.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace pruuv::platforms {
namespace {

// Of valid UTF-8: every byte but the continuing ones begins a character.
std::size_t characters(std::string_view text) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins));
}

bool is_between_parts(char c) { return c == ' ' || c == '-' || c == '_'; }

// Whether squashed_event_name(name) is `squashed`.
bool is_squashed_to(std::string_view name, std::string_view squashed) {
  for (const char c : name) {
    if (is_between_parts(c)) continue;
    if (squashed.empty() || ascii_lower(c) != squashed.front()) return false;
    squashed.remove_prefix(1);
  }
  return squashed.empty();
}

std::string_view standard_spelling(std::string_view name, std::span<const EventWord> words,
                                   std::span<const std::string_view> standard) {
  const std::string squashed = squashed_event_name(name);
  const auto own = std::ranges::find(words, squashed, &EventWord::word);
  if (own != words.end()) return own->standard;
  for (const std::string_view one : standard) {
    if (is_squashed_to(one, squashed)) return one;
  }
  const auto known = common_event_words();
  const auto common = std::ranges::find(known, squashed, &EventWord::word);
  if (common == known.end()) return name;
  const auto spelling = std::ranges::find(standard, common->standard);
  return spelling == standard.end() ? name : *spelling;
}

}  // namespace

std::string squashed_event_name(std::string_view name) {
  std::string squashed = ascii_lower(name);
  std::erase_if(squashed, is_between_parts);
  return squashed;
}

std::optional<std::string> platform_event_name(const std::string& funnel_name, const Person& person,
                                               const Connection& connection,
                                               std::span<const EventWord> words,
                                               std::span<const std::string_view> standard) {
  const auto mapped = connection.event_names.find(funnel_name);
  const std::string_view name = mapped != connection.event_names.end()
                                    ? trim(mapped->second)
                                    : standard_spelling(trim(funnel_name), words, standard);
  if (name.empty() || !is_valid_utf8(name) || characters(name) > event_name_max ||
      person.is_named_in(name)) {
    return std::nullopt;
  }
  return std::string(name);
}

}  // namespace pruuv::platforms
