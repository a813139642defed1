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

std::string_view standard_spelling(std::string_view name, std::span<const EventWord> words,
                                   std::span<const std::string_view> standard) {
  for (const EventWord& word : words) {
    if (equal_ignoring_ascii_case(name, word.word)) return word.standard;
  }
  for (const std::string_view one : standard) {
    if (equal_ignoring_ascii_case(name, one)) return one;
  }
  return name;
}

}  // namespace

std::optional<std::string> platform_event_name(const FunnelEvent& event,
                                               const Connection& connection,
                                               std::span<const EventWord> words,
                                               std::span<const std::string_view> standard) {
  const auto mapped = connection.event_names.find(event.event_name);
  const std::string_view name = mapped != connection.event_names.end()
                                    ? trim(mapped->second)
                                    : standard_spelling(trim(event.event_name), words, standard);
  if (name.empty() || !is_valid_utf8(name) || characters(name) > event_name_max)
    return std::nullopt;
  return std::string(name);
}

}  // namespace pruuv::platforms
