#pragma once

#include <span>
#include <vector>

#include "delivery/run.hpp"
#include "delivery/token_desk.hpp"
#include "model/conversion.hpp"
#include "model/verdict.hpp"
#include "resolve/resolve.hpp"

// Requests one after another, for commands that check and count nothing. The client is idle.
namespace pruuv::delivery {

// What the connection's credential is good for; waits where it or a token is asked for, so the
// state is `ready` or `refused`.
[[nodiscard]] TokenDesk::Grant wait_for_grant(const Services& services, TokenDesk& tokens,
                                              const resolve::Target& target);

struct Checked {
  std::vector<Verdict> verdicts;  // one a conversion, in order; not redacted
  bool answered = false;          // an answer came, whatever it says
};

// Asks the platform to check conversions of one batch; the adapter can_validate.
[[nodiscard]] Checked check_only(const Services& services, const resolve::Target& target,
                                 std::span<const Conversion* const> conversions,
                                 const platforms::Credential& credential);

}  // namespace pruuv::delivery
