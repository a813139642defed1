#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/verdict.hpp"

// How an answer of Google becomes one verdict per row. A row is one conversion, by its place in the
// request, from 0.
namespace pruuv::platforms::google {

// What one error code means, before the answer's own words are added. The adapters' tables are made
// of the named ones below.
struct Meaning {
  Outcome outcome;
  Scope scope;
  Reason reason;
  std::int64_t wait_s = 0;  // where the answer itself gives no hint; 0 = none
};

// Google's figure for clicks and conversion actions that are too young.
inline constexpr std::int64_t too_recent_wait_s = 6 * 3600;

namespace meaning {
inline constexpr Meaning accepted{Outcome::accepted, Scope::event, Reason::none};
inline constexpr Meaning bad_event{Outcome::rejected, Scope::event, Reason::rejected_by_platform};
inline constexpr Meaning other_account{Outcome::rejected, Scope::event,
                                       Reason::click_of_another_account};
inline constexpr Meaning bad_request{Outcome::rejected, Scope::request,
                                     Reason::rejected_by_platform};
inline constexpr Meaning misconfigured{Outcome::rejected, Scope::connection,
                                       Reason::connection_misconfigured};
inline constexpr Meaning not_permitted{Outcome::rejected, Scope::connection,
                                       Reason::permission_missing};
inline constexpr Meaning bad_credential{Outcome::rejected, Scope::credential,
                                        Reason::credential_refused};
inline constexpr Meaning dead_version{Outcome::rejected, Scope::platform, Reason::api_version_dead};
inline constexpr Meaning too_recent{Outcome::waiting, Scope::event, Reason::asked_by_platform,
                                    too_recent_wait_s};
inline constexpr Meaning passing{Outcome::retryable, Scope::event, Reason::known_failure};
inline constexpr Meaning with_others{Outcome::retryable, Scope::request,
                                     Reason::refused_with_others};
inline constexpr Meaning down{Outcome::retryable, Scope::platform, Reason::known_failure};
inline constexpr Meaning throttled{Outcome::retryable, Scope::platform, Reason::throttled};
inline constexpr Meaning day_quota_used{Outcome::retryable, Scope::platform, Reason::throttled,
                                        too_recent_wait_s};
inline constexpr Meaning unknown_outcome{Outcome::ambiguous, Scope::request,
                                         Reason::unknown_outcome};
}  // namespace meaning

[[nodiscard]] Verdict make_verdict(const Meaning& meaning, std::string code = {},
                                   std::string message = {});

// The faults an answer names, gathered row by row. Of several faults of one row the worst stays:
// the event at fault, the connection at fault, wait, again, already there.
class Faults {
 public:
  explicit Faults(std::size_t rows) : rows_(rows) {}

  // No row, or one the request does not have: the fault is of the whole request.
  void add(std::optional<std::size_t> row, Verdict verdict);
  [[nodiscard]] bool empty() const { return !any_; }
  // One verdict per row; `otherwise` for those without a fault.
  [[nodiscard]] std::vector<Verdict> verdicts(const Verdict& otherwise) const;

 private:
  std::vector<std::optional<Verdict>> rows_;
  std::optional<Verdict> whole_;
  bool any_ = false;
};

// The row in a field path such as "events.events[1].event_source", where `list` is "events";
// nothing where the path names none.
[[nodiscard]] std::optional<std::size_t> row_in_path(std::string_view path, std::string_view list);

// A name the platform gave, fit to be kept as a code: its letters, digits and _.-:/[] only, at most
// 120 of them; "" where other characters stand in it.
[[nodiscard]] std::string code_word(std::string_view text);

}  // namespace pruuv::platforms::google
