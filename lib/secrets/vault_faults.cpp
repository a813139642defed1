#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "secrets/vault.hpp"

// What failures that may pass lead to: pauses, other addresses, the end of it for this run.
namespace pruuv::secrets {
namespace {

using vault::Refusal;

// Failures in a row that are followed by another try: after half a second, one, two, and four.
constexpr int tries_max = 4;
constexpr int moves_max = 2;
// The longest that a run waits because Vault asked it to.
constexpr std::int64_t asked_wait_s_max = 30;
// As much of an address that somebody else names is shown.
constexpr std::size_t address_bytes_max = 200;

std::string status_words(const HttpResponse& response) {
  if (response.is_whole()) return fmt::format("it answered with status {}", response.status);
  return response.transport_error.empty() ? std::string("its answer broke off")
                                          : response.transport_error;
}

}  // namespace

// To be read again: next, or in a pause when whoever wants it asks again.
std::vector<Settled> Vault::put_back(const Reference& reference, std::int64_t now_ms) {
  if (not_before_ms_ > now_ms) return {{reference.text, Answer::paused(not_before_ms_)}};
  waiting_.push_front(reference);
  return {};
}

// A failure that may pass: a pause, another address, or the end of it for this run.
std::vector<Settled> Vault::try_again(Refusal refusal, const HttpResponse& response,
                                      std::int64_t now_ms) {
  if (step_ == Step::over) return end_with(end_.reach, end_.error);
  if (refusal == Refusal::moved) return follow(response);
  if (refusal == Refusal::untrusted) {
    return end_with(Reach::place,
                    error_of(ErrorKind::config, response.transport_error,
                             "set VAULT_CACERT to the certificates that Vault's is signed by"));
  }
  ++failures_;
  ++setbacks_;
  const auto addresses = static_cast<int>(settings_.addresses.size());
  const bool is_other_left = failures_ < addresses;
  const std::string cause =
      refusal == Refusal::sealed ? vault::with_words("it is sealed or not ready", response)
      : refusal == Refusal::busy ? vault::with_words("it has too much to do", response)
                                 : status_words(response);
  const auto asked_s = vault::retry_after_s(response);
  const bool is_over = (refusal == Refusal::sealed && !is_other_left) ||
                       failures_ >= tries_max + addresses || asked_s > asked_wait_s_max;
  if (is_over) {
    return end_with(Reach::outage,
                    error_of(ErrorKind::unavailable, cause, "the next run asks again"));
  }
  address_ = (address_ + 1) % settings_.addresses.size();
  session_.address = settings_.addresses[address_];
  const int round = std::max(0, failures_ - addresses);
  const std::int64_t pause_ms = is_other_left ? 0 : std::int64_t{500} << round;
  return pause_all(now_ms + std::max(pause_ms, asked_s.value_or(0) * 1000));
}

// A standby names the active server. Only one that the operator named is followed.
std::vector<Settled> Vault::follow(const HttpResponse& response) {
  const std::string to = vault::moved_to(response);
  const auto known = std::ranges::find(settings_.addresses, to);
  if (known == settings_.addresses.end() || ++moves_ > moves_max) {
    return end_with(
        Reach::place,
        error_of(ErrorKind::config,
                 fmt::format("it sends us on to {}",
                             to.empty() ? "nowhere" : cut(printable(to), address_bytes_max)),
                 "if that is the active server of the same Vault, add it to vault-addr behind a "
                 "comma: others are not followed"));
  }
  ++setbacks_;
  address_ = static_cast<std::size_t>(known - settings_.addresses.begin());
  session_.address = *known;
  return {};
}

std::vector<Settled> Vault::pause_all(std::int64_t until_ms) {
  not_before_ms_ = std::max(not_before_ms_, until_ms);
  return settle_all(Answer::paused(not_before_ms_));
}

std::vector<Settled> Vault::end_with(Reach reach, Error error) {
  step_ = Step::over;
  end_ = {reach, std::move(error)};
  return settle_all(Answer::failed(end_.reach, end_.error));
}

std::vector<Settled> Vault::settle_all(const Answer& answer) {
  std::vector<Settled> settled;
  for (std::deque<Reference>* queue : {&waiting_, &doubted_}) {
    for (const Reference& reference : *queue) settled.push_back({reference.text, answer});
    queue->clear();
  }
  return settled;
}

}  // namespace pruuv::secrets
