#include "delivery/simulation/run_rules.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace pruuv::delivery::simulation {
namespace {

constexpr std::int64_t requests_max = 5000;
// The longest a run waits because a platform asks for it.
constexpr std::int64_t run_waits_ms_max = std::int64_t{15} * 60 * 1000;

}  // namespace

RunRules::RunRules(const RunOptions& options, std::string_view without)
    : options_(options),
      has_retry_after_rule_(!is_among("retry_after_rule", without)),
      has_dead_token_rule_(!is_among("dead_token_rule", without)),
      has_retries_rule_(!is_among("retries_rule", without)) {}

void RunRules::check_time(std::int64_t steady_ms) const {
  if (is_told_to_stop_) throw Violation{"a request was begun after the run was told to stop"};
  if (options_.deadline_ms && steady_ms + options_.request_timeout_ms >= *options_.deadline_ms)
    throw Violation{"a request was begun too near to the deadline"};
  if (requests_ > requests_max)
    throw Violation{fmt::format("more than {} requests in one run", requests_max)};
}

// Sent again after a failure, it is a retry; cut smaller after a refusal, it is not.
void RunRules::count_try(PerConnection& own, const std::vector<std::int64_t>& seqs) const {
  bool is_retry = false;
  bool is_search = false;
  for (const std::int64_t seq : seqs) {
    const auto last = own.last.find(seq);
    if (last == own.last.end()) continue;
    is_retry = is_retry || last->second == Last::failed;
    is_search = is_search || last->second == Last::refused;
  }
  if (!is_retry) {
    if (!is_search) ++own.first_tries;
    return;
  }
  ++own.retries;
  constexpr std::int64_t always = 3;
  const std::int64_t most = std::max(always, own.first_tries / 10);
  if (has_retries_rule_ && own.retries > most)
    throw Violation{fmt::format("{} retries after {} first tries", own.retries, own.first_tries)};
}

void RunRules::begin_request(const FleetConnection& connection,
                             const std::vector<std::int64_t>& seqs, std::int64_t steady_ms) {
  ++requests_;
  check_time(steady_ms);
  PerConnection& own = connections_[connection.stored.id];
  count_try(own, seqs);
  if (has_retry_after_rule_ && steady_ms < own.quiet_until_ms) {
    throw Violation{fmt::format("connection {} was asked {} ms before the time it named",
                                connection.stored.name, own.quiet_until_ms - steady_ms)};
  }
  for (const std::int64_t seq : seqs) tried_.emplace(connection.stored.id, seq);
  if (options_.limit > 0 && tried_.size() > options_.limit)
    throw Violation{
        fmt::format("{} deliveries tried, the limit is {}", tried_.size(), options_.limit)};
}

void RunRules::begin_token_request(std::int64_t steady_ms) {
  ++requests_;
  check_time(steady_ms);
}

void RunRules::end_request(const FleetConnection& connection, const std::vector<std::int64_t>& seqs,
                           const Reply& reply, std::int64_t steady_ms) {
  PerConnection& own = connections_[connection.stored.id];
  const std::string& credential = connection.credential;
  for (std::size_t i = 0; i < seqs.size(); ++i) {
    const bool has_failed = reply.has_failed || reply.own_fault[i];
    own.last[seqs[i]] = has_failed ? Last::failed : Last::refused;
  }
  if (reply.trouble == Trouble::connection) own.is_in_trouble = true;
  if (reply.trouble == Trouble::credential) credentials_in_trouble_.insert(credential);
  if (reply.trouble == Trouble::adapter) vendors_in_trouble_.insert(connection.vendor);
  if (reply.is_dead_token && ++dead_tokens_[credential] > 1 && has_dead_token_rule_)
    throw Violation{"a dead token cost a second request: " + credential};
  if (reply.asked_s) {
    constexpr std::int64_t for_the_run_ms = std::int64_t{86400} * 1000;
    const bool is_long = *reply.asked_s * 1000 > run_waits_ms_max;
    const std::int64_t wait_ms = is_long ? for_the_run_ms : *reply.asked_s * 1000;
    own.quiet_until_ms = std::max(own.quiet_until_ms, steady_ms + wait_ms);
  }
}

void RunRules::end_token_request(const std::string& credential, const Reply& reply) {
  if (reply.trouble != Trouble::none) credentials_in_trouble_.insert(credential);
  if (reply.is_dead_token && ++dead_tokens_[credential] > 1 && has_dead_token_rule_)
    throw Violation{"a dead refresh token cost a second request: " + credential};
}

bool RunRules::is_clean(const FleetConnection& connection) const {
  const auto own = connections_.find(connection.stored.id);
  return (own == connections_.end() || !own->second.is_in_trouble) &&
         !credentials_in_trouble_.contains(connection.credential) &&
         !vendors_in_trouble_.contains(connection.vendor);
}

}  // namespace pruuv::delivery::simulation
