#include "delivery/lane.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pruuv::delivery {
namespace {

// After an unknown outcome, and for events that were under way when a run died.
constexpr std::size_t cautious_events = 10;

// Takes everything from `first` on out of `items`.
Batch split_off(Batch& items, std::size_t first) {
  const auto begin = items.begin() + static_cast<std::ptrdiff_t>(first);
  Batch rest(std::make_move_iterator(begin), std::make_move_iterator(items.end()));
  items.erase(begin, items.end());
  return rest;
}

}  // namespace

Again again_of(const Item& item, int tries, std::int64_t now_s) {
  const Delivery& delivery = item.delivery;
  const bool is_due = delivery.next_at_s && *delivery.next_at_s <= now_s;
  return {delivery.event_seq, tries, delivery.state, is_due};
}

bool Lane::has_supply(Phase phase) const {
  if (state == State::stopped) return false;
  if (!queue.empty() || probing_for != Reason::none) return true;
  if (spooled > 0 && phase == Phase::ordinary) return true;
  for (std::size_t turn = 0; turn < turns; ++turn) {
    if (!is_in(static_cast<Turn>(turn), phase)) continue;
    if (picked ? !(*picked)[turn].empty() : !sources[turn].is_drained) return true;
  }
  return false;
}

bool Lane::is_busy() const {
  return in_flight > 0 || has_work(Phase::ordinary) || has_work(Phase::crashed_once) ||
         has_work(Phase::crashed_more);
}

std::int64_t Lane::later_ms() const {
  return std::ranges::min_element(later, {}, &Later::due_ms)->due_ms;
}

std::size_t Lane::events_max_of_next(Phase phase, bool is_searched) const {
  std::size_t most = events_max;
  if (is_searched) most = target.adapter->limits.events_max;
  if (cautious || phase == Phase::crashed_once) most = std::min(most, cautious_events);
  if (half_open || phase == Phase::crashed_more) most = 1;
  return most;
}

std::size_t Lane::queued_events() const {
  std::size_t events = 0;
  for (const Load& load : queue) events += load.items.size() + load.other_half.size();
  return events;
}

Load Lane::take_load(Phase phase) {
  Load load = std::move(queue.front());
  queue.pop_front();
  const std::size_t most = events_max_of_next(phase, load.is_searched);
  std::size_t count = 0;
  for (std::size_t bytes = 0; count < load.items.size() && count < most; ++count) {
    bytes += load.items[count].conversion.object.size() + 1;
    if (count > 0 && bytes > body_bytes_max) break;
  }
  if (count == load.items.size()) return load;
  // What is cut is no longer a half of anything.
  if (!load.other_half.empty()) put_back(std::exchange(load.other_half, {}), true);
  put_back(split_off(load.items, count), load.is_searched);
  return load;
}

void Lane::search(Load load) {
  if (!load.other_half.empty()) put_back(std::move(load.other_half), true);
  if (load.items.size() < 2) return put_back(std::move(load.items), true);
  // The smaller half first: found in there, the event has cost at most two requests a halving.
  Load half{std::move(load.items), {}, true};
  half.other_half = split_off(half.items, half.items.size() / 2);
  queue.push_front(std::move(half));
}

void Lane::search_other_half(Batch other_half) { search({std::move(other_half), {}, true}); }

void Lane::put_back(Batch items, bool is_searched) {
  if (!items.empty()) queue.push_front({std::move(items), {}, is_searched});
}

}  // namespace pruuv::delivery
