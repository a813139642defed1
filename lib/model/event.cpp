#include "model/event.hpp"

#include "base/text.hpp"

namespace pruuv {
namespace {

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (equal_ignoring_ascii_case(text, word)) return true;
  }
  return false;
}

}  // namespace

std::optional<std::int64_t> click_time_s(const FunnelEvent& event) {
  const auto time = parse_int64(event.click_timestamp);
  if (!time || !is_possible_time(*time)) return std::nullopt;
  return time;
}

Consent consent(std::string_view text) {
  const std::string_view word = trim(text);
  if (word.empty()) return Consent::unknown;
  if (is_any_of(word, {"granted", "true", "1", "yes"})) return Consent::granted;
  if (is_any_of(word, {"denied", "false", "0", "no"})) return Consent::denied;
  return Consent::unknown;
}

bool is_limited_data_use(const FunnelEvent& event) {
  const std::string_view word = trim(event.limited_data_use);
  return !word.empty() && is_any_of(word, {"true", "1", "yes"});
}

}  // namespace pruuv
