#include <algorithm>
#include <numeric>

#include "base/check.hpp"
#include "delivery/dispatcher.hpp"

// How answers come in, and time passes.
namespace pruuv::delivery {
namespace {

// A commit waits for the disk: answers share one that come within `close_ms` of each other, for so
// long and for so many events at most.
constexpr std::int64_t close_ms = 5;
constexpr std::int64_t gather_ms_max = 50;
constexpr std::size_t gather_events = 1'000;

}  // namespace

// Lets time pass, or takes in what arrives meanwhile.
void Dispatcher::collect(std::int64_t wait_ms) {
  if (in_flight_.empty() && tokens_.in_flight() == 0) {
    if (wait_ms > 0) services_.clock->sleep_ms(wait_ms);
    return;
  }
  const bool is_abort = services_.stop && services_.stop() == Stop::now;
  auto arrived =
      is_abort ? services_.client->abort() : services_.client->wait(static_cast<int>(wait_ms));
  for (http::Client::Completed& completed : arrived) {
    if (completed.id < 0) {
      tokens_.arrived(std::move(completed));
      continue;
    }
    if (completed.response.status != 0) ++summary_.answered_requests;
    auto sent = in_flight_.extract(completed.id);
    PRUUV_CHECK(!sent.empty(), "an answer to a request that is in flight");
    answers_.push_back({completed.id, std::move(sent.mapped()), std::move(completed.response)});
  }
}

// Waits for answers that come close after the first: they share its transaction.
void Dispatcher::gather() {
  const auto events = [](std::size_t sum, const Answered& answered) {
    return sum + answered.sent.load.items.size();
  };
  const std::int64_t latest_ms = services_.clock->steady_ms() + gather_ms_max;
  while (!answers_.empty() && !in_flight_.empty()) {
    if (std::accumulate(answers_.begin(), answers_.end(), std::size_t{0}, events) >= gather_events)
      return;
    const std::size_t before = answers_.size();
    const std::int64_t left_ms = latest_ms - services_.clock->steady_ms();
    if (left_ms <= 0) return;
    collect(std::min(left_ms, close_ms));
    if (answers_.size() == before) return;
  }
}

Patience Dispatcher::patience(bool for_room) {
  const auto pass = [this](std::int64_t pause_ms) {
    if (services_.stop && services_.stop() == Stop::now) return false;
    // Whoever waits for the store must not let answers time out. What has come in stays where it
    // is, so that waiting for more would not let time pass.
    collect(0);
    services_.clock->sleep_ms(pause_ms);
    return true;
  };
  return {*services_.clock, pass, for_room};
}

}  // namespace pruuv::delivery
