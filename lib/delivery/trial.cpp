#include "delivery/trial.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/uuid.hpp"
#include "delivery/check_only.hpp"
#include "delivery/made_up_event.hpp"
#include "delivery/token_desk.hpp"

namespace pruuv::delivery {
namespace {

// The reason's sentence and what the platform, or who read the credential, said: as far as known.
std::string words_of(const Verdict& verdict, const audit::Redactor& redactor) {
  std::vector<std::string> parts;
  if (verdict.reason != Reason::none) parts.emplace_back(text_of(verdict.reason).words);
  // Of this program's own, and said by the sentence already.
  if (!verdict.code.empty() && verdict.code != "credential") parts.push_back(verdict.code);
  if (!verdict.message.empty()) parts.push_back(verdict.message);
  if (parts.empty()) parts.emplace_back("the platform gives no reason");
  return redactor.redact(fmt::format("{}", fmt::join(parts, ": ")));
}

void set_fault(ConnectionTrial& trial, Reason reason) {
  trial.reason = reason == Reason::none ? std::string_view() : text_of(reason).code;
  trial.advice = reason == Reason::none ? std::string() : std::string(text_of(reason).advice);
}

void set_fault(ConnectionTrial& trial, const Verdict& verdict, const audit::Redactor& redactor) {
  trial.fault = words_of(verdict, redactor);
  trial.may_pass = verdict.outcome != Outcome::rejected;
  set_fault(trial, verdict.reason);
  if (trial.may_pass && trial.advice.empty())
    trial.advice = "try again later; `pruuv-send doctor` says whether the platform is reached";
}

// Whether the answer came.
bool try_event(const Services& services, const resolve::Target& target,
               const platforms::Credential& credential, ConnectionTrial& trial) {
  const FunnelEvent event =
      made_up_event(*target.connection, random_uuid(), services.clock->now_s());
  const Encoding encoding = target.adapter->encode(event, Phone(), *target.connection);
  if (!encoding.refusals.empty()) {
    const Reason reason = encoding.refusals.front();
    trial.fault = fmt::format("a made-up event `{}` cannot be sent: {}",
                              printable(event.event_name), text_of(reason).words);
    set_fault(trial, reason);
    return false;
  }
  const std::array<const Conversion*, 1> one = {&encoding.conversion};
  const Checked checked = check_only(services, target, one, credential);
  const Verdict& verdict = checked.verdicts.front();
  const bool is_judged =
      verdict.outcome == Outcome::rejected || verdict.outcome == Outcome::waiting;
  if (verdict.outcome == Outcome::accepted) {
    trial.fine.emplace_back("the platform takes a made-up event");
  } else if (is_judged && verdict.scope == Scope::event) {
    trial.fine.emplace_back("the platform objects to nothing but the made-up event");
    trial.remark = words_of(verdict, *services.redactor);
  } else {
    set_fault(trial, verdict, *services.redactor);
  }
  return checked.answered;
}

std::string next_of(const Connection& connection) {
  return fmt::format(
      "send one event with `pruuv-send send --client {} --platform {} --limit 1` and look in the "
      "platform's Events Manager",
      connection.client_id, connection.platform);
}

// Whether a platform answered the event.
bool try_one(const Services& services, TokenDesk& tokens, const resolve::Target& target,
             ConnectionTrial& trial) {
  trial.connection = *target.connection;
  const TokenDesk::Grant grant = wait_for_grant(services, tokens, target);
  if (grant.state == TokenDesk::Grant::State::refused) {
    set_fault(trial, grant.refusal, *services.redactor);
    return false;
  }
  trial.fine.emplace_back("credential read and well-formed");
  if (target.adapter->token_request != nullptr) trial.fine.emplace_back("access token given");
  if (target.adapter->can_validate) {
    trial.not_checked = "whether clicks are known";
    return try_event(services, target, grant.credential, trial);
  }
  trial.not_checked =
      "whether the platform takes the credential and the account, for it has no way to check "
      "without counting";
  trial.next = next_of(*target.connection);
  return false;
}

}  // namespace

Trials try_connections(const Services& services, const std::vector<resolve::Target>& targets,
                       std::uint64_t seed) {
  TokenDesk tokens(services, seed);
  Trials trials;
  for (const resolve::Target& target : targets) {
    ConnectionTrial& trial = trials.lines.emplace_back();
    if (try_one(services, tokens, target, trial)) ++trials.answered;
  }
  trials.answered += tokens.answered();
  return trials;
}

int exit_code_of(const Trials& trials) {
  constexpr int partly = 3;
  constexpr int service_down = 69;
  const auto failed = [](const ConnectionTrial& trial) { return !trial.fault.empty(); };
  const auto down = [](const ConnectionTrial& trial) { return trial.may_pass; };
  if (std::ranges::none_of(trials.lines, failed)) return 0;
  return trials.answered == 0 && std::ranges::any_of(trials.lines, down) ? service_down : partly;
}

}  // namespace pruuv::delivery
