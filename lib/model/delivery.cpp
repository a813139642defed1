#include "model/delivery.hpp"

#include <array>

namespace pruuv {
namespace {

constexpr std::array<std::string_view, 8> state_words = {
    "waiting", "retryable", "ambiguous", "held", "accepted", "confirmed", "rejected", "expired"};
constexpr std::array<std::string_view, 7> status_words = {
    "accepted", "rejected", "retryable", "ambiguous", "waiting", "held", "not_sent"};

}  // namespace

std::string_view word_of(DeliveryState state) {
  return state_words.at(static_cast<std::size_t>(state));
}
std::string_view word_of(AttemptStatus status) {
  return status_words.at(static_cast<std::size_t>(status));
}

std::optional<AttemptStatus> attempt_status_of(std::string_view word) {
  for (std::size_t i = 0; i < status_words.size(); ++i) {
    if (status_words.at(i) == word) return static_cast<AttemptStatus>(i);
  }
  return std::nullopt;
}

}  // namespace pruuv
