#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "vault_answers.hpp"
#include "vault_control.hpp"
#include "vault_state.hpp"

namespace sandbox {

/// The played Vault, for the server and its control routes. Safe to use from several threads. `now`
/// is the sandbox's clock in Unix seconds; tests move Vault's own ahead of it.
class VaultBook {
 public:
  explicit VaultBook(std::int64_t now) : state_(vault::start_state(1, now)) {}

  /// Answers a request; without `executed` nothing comes of it but the answer.
  [[nodiscard]] vault::Outcome answer(const Call& call, std::int64_t now, bool executed);

  /// Carries out all of a test's orders or none.
  [[nodiscard]] vault::Ordered order(std::string_view json, std::int64_t now);

  [[nodiscard]] std::string told(std::int64_t now);

  /// What it was at the start; tokens handed out before are not good any more.
  void reset(std::int64_t now);

 private:
  std::mutex mutex_;
  vault::State state_;
};

}  // namespace sandbox
