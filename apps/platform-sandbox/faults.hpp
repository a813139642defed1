#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "platform.hpp"

namespace sandbox {

/// One ordered misbehaviour. README.md describes the rules a test writes.
struct Fault {
  enum class Action {
    answer,          ///< a status and body of the test's own
    platform_error,  ///< a ready-made error of the platform, by name
    truncate,        ///< the right Content-Length, fewer bytes, then the end of the connection
    close,           ///< no answer, the end of the connection
    garbage,         ///< a web page with status 200
    delay,           ///< the usual answer, late
  };

  Action action = Action::delay;
  bool process = false;  ///< the events are taken before the misbehaviour
  std::int64_t delay_ms = 0;
  Answer answer;            ///< for `answer`
  std::string error;        ///< for `platform_error`
  std::size_t bytes = 0;    ///< for `truncate`
  std::string description;  ///< "status 503", "platform_error quota", ...
};

/// A rule as a test wrote it: which requests misbehave, and how.
struct FaultRule {
  std::string platform;    ///< "*" = every platform
  std::int64_t times = 1;  ///< requests left to misbehave; negative = always
  std::int64_t skip = 0;   ///< requests to let pass first
  Fault fault;
  std::string event_id;  ///< set: the rule marks this event as invalid and does nothing else
  MarkedEvent mark;
};

/// The list of rules tests have posted. Safe to use from several threads.
class FaultPlan {
 public:
  /// Appends the rules of a JSON list, all of them or none; what is wrong with it, or nothing.
  [[nodiscard]] std::optional<std::string> add(std::string_view json);

  /// The misbehaviour for the next request of this platform; uses it up.
  [[nodiscard]] std::optional<Fault> next(std::string_view platform);

  /// The events declared invalid for this platform, by event id.
  [[nodiscard]] std::shared_ptr<const MarkedEvents> marked(std::string_view platform) const;

  /// The rules not yet used up, as a JSON list.
  [[nodiscard]] std::string remaining() const;
  void clear();

 private:
  mutable std::mutex mutex_;
  std::deque<FaultRule> rules_;
  std::map<std::string, std::shared_ptr<const MarkedEvents>, std::less<>> marked_;  ///< by platform
};

}  // namespace sandbox
