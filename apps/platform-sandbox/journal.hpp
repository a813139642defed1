#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "platform.hpp"

namespace sandbox {

/// What happened to a request beside the judgement of its content.
struct Handling {
  int status = 200;             ///< of the answer; 0 when the connection was closed without one
  bool executed = true;         ///< false: a fault kept the platform from taking the events
  std::string_view fault = {};  ///< the misbehaviour, as faults name it
};

/// Everything that arrived, for tests to read. Safe to use from several threads.
class Journal {
 public:
  /// Without `keep` only numbers are counted: no lists and no memory of dedup keys, so that
  /// memory stays flat however much arrives.
  explicit Journal(bool keep) : keep_(keep) {}

  /// Marks the events the platform has taken before, and remembers the others as taken when the
  /// request is executed. Must come before the answer is made.
  void settle(const Platform& platform, Judgement& judgement, bool executed);

  void record(const Platform& platform, const Call& call, const Judgement& judgement,
              const Handling& handling);

  [[nodiscard]] std::string stats() const;     ///< JSON, one object a platform
  [[nodiscard]] std::string events() const;    ///< NDJSON, one line an event
  [[nodiscard]] std::string requests() const;  ///< NDJSON, one line a request
  void reset();

 private:
  struct Counts {
    std::uint64_t requests = 0;
    std::uint64_t events = 0;
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::uint64_t duplicates = 0;
  };

  const bool keep_;
  mutable std::mutex mutex_;
  std::array<Counts, 9> counts_{};  ///< in the order of `platforms` in journal.cpp
  std::uint64_t next_request_ = 1;
  std::uint64_t next_event_ = 1;
  std::deque<std::string> event_lines_;
  std::deque<std::string> request_lines_;
  std::unordered_set<std::string> taken_;  ///< dedup keys, the ledger's name in front
};

}  // namespace sandbox
