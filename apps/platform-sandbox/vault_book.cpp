#include "vault_book.hpp"

#include "vault_server.hpp"

namespace sandbox {

vault::Outcome VaultBook::answer(const Call& call, std::int64_t now, bool executed) {
  const std::lock_guard lock(mutex_);
  state_.now = now + state_.clock_offset;
  if (executed) return vault::handle(state_, call);
  vault::State tried = state_;
  return vault::handle(tried, call);
}

vault::Ordered VaultBook::order(std::string_view json, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  state_.now = now + state_.clock_offset;
  vault::State changed = state_;
  vault::Ordered result = vault::order(changed, json);
  if (!result.error) state_ = std::move(changed);
  return result;
}

std::string VaultBook::told(std::int64_t now) {
  const std::lock_guard lock(mutex_);
  state_.now = now + state_.clock_offset;
  return vault::told(state_);
}

void VaultBook::reset(std::int64_t now) {
  const std::lock_guard lock(mutex_);
  state_ = vault::start_state(state_.next_number, now);
}

}  // namespace sandbox
