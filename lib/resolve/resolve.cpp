#include "resolve/resolve.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "identity/identity.hpp"

namespace pruuv::resolve {
namespace {

// "https://user@shop.example:8443/thanks" -> "shop.example"; "" where there is no host.
std::string host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const std::size_t user = url.rfind('@');
  if (user != std::string_view::npos) url.remove_prefix(user + 1);
  return ascii_lower(url.substr(0, url.find(':')));
}

// A host matches itself and its subdomains: "example.com" takes "shop.example.com" too.
bool host_matches(std::string_view host, std::string_view pattern) {
  if (host.size() == pattern.size()) return equal_ignoring_ascii_case(host, pattern);
  if (host.size() < pattern.size() + 1) return false;
  const std::string_view tail = host.substr(host.size() - pattern.size());
  return host[host.size() - pattern.size() - 1] == '.' && equal_ignoring_ascii_case(tail, pattern);
}

bool matches(const FunnelEvent& event, const Connection& connection) {
  const auto& names = connection.match_event_names;
  const auto& hosts = connection.match_hosts;
  if (!names.empty() && std::find(names.begin(), names.end(), event.event_name) == names.end())
    return false;
  if (hosts.empty()) return true;
  const std::string host = host_of(event.page_url);
  return std::any_of(hosts.begin(), hosts.end(),
                     [&](const std::string& pattern) { return host_matches(host, pattern); });
}

// The code of a platform that got no delivery: the reason of its first connection, or of having
// none.
Reason summarize(const FunnelEvent& event, std::string_view platform,
                 const std::vector<Target>& targets, const std::vector<Decision>& decisions) {
  std::optional<Reason> first;
  for (const Decision& decision : decisions) {
    if (decision.target.adapter->platform != platform) continue;
    if (decision.becomes_delivery()) return Reason::routed;
    if (!first) first = decision.reason;
  }
  if (first) return *first;
  for (const platforms::Platform& adapter : platforms::registry()) {
    if (adapter.platform == platform && adapter.claims(event)) {
      return targets.empty() ? Reason::unknown_client : Reason::no_connection;
    }
  }
  return Reason::no_click_id;
}

// Reasons that need no look at the platform's object, in the order of their weight.
std::vector<Reason> reasons_before_encoding(const FunnelEvent& event, const Target& target,
                                            std::int64_t now_s, bool use_from_seq) {
  const Connection& connection = *target.connection;
  std::vector<Reason> reasons;
  if (!target.adapter->claims(event)) reasons.push_back(Reason::no_click_id);
  if (use_from_seq && event.seq <= connection.from_seq)
    reasons.push_back(Reason::before_connection);
  if (!matches(event, connection)) reasons.push_back(Reason::not_matched);
  // Import takes no such time, but a collector may have written it; no adapter reckons with it.
  if (!is_possible_time(event.event_time))
    reasons.push_back(event.event_time > now_s ? Reason::event_in_future : Reason::too_old);
  return reasons;
}

void add_once(std::vector<Reason>& reasons, Reason reason) {
  if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) reasons.push_back(reason);
}

// The decision as far as it can be made without the platform's object; reason none: not made yet.
Decision before_encoding(const FunnelEvent& event, const Target& target, std::int64_t now_s,
                         bool use_from_seq, Reasons wanted) {
  Decision decision;
  decision.target = target;
  decision.reasons = reasons_before_encoding(event, target, now_s, use_from_seq);
  const bool is_enough = wanted == Reasons::leading || !is_possible_time(event.event_time);
  if (decision.reasons.empty() || !is_enough) return decision;
  decision.reason = decision.reasons.front();
  if (wanted == Reasons::leading) decision.reasons.resize(1);
  return decision;
}

void decide_by_encoding(Decision& decision, const FunnelEvent& event, const Phone& phone,
                        std::int64_t now_s) {
  const Target& target = decision.target;
  decision.encoding = target.adapter->encode(event, phone, *target.connection);
  decision.timing = target.adapter->timing(event, *target.connection, *target.endpoint, now_s);
  const Reason time = decision.timing.reason;
  // An event that is too old is expired, whatever else is wrong with it: nothing can be mended any
  // more.
  if (class_of(time) == ReasonClass::expired || class_of(time) == ReasonClass::skipped)
    add_once(decision.reasons, time);
  for (const Reason refusal : decision.encoding.refusals) add_once(decision.reasons, refusal);
  if (!decision.reasons.empty()) {
    decision.reason = decision.reasons.front();
  } else {
    decision.reason = time == Reason::none ? Reason::routed : time;
  }
}

}  // namespace

Decision decide(const FunnelEvent& event, const Target& target, const Phone& phone,
                std::int64_t now_s, bool use_from_seq, Reasons wanted) {
  Decision decision = before_encoding(event, target, now_s, use_from_seq, wanted);
  if (decision.reason == Reason::none) decide_by_encoding(decision, event, phone, now_s);
  return decision;
}

Resolution resolve(const FunnelEvent& event, const std::vector<Target>& targets, std::int64_t now_s,
                   Reasons wanted) {
  Resolution resolution;
  resolution.decisions.reserve(targets.size());
  // Connections of one client nearly always share their default country: the number is parsed once,
  // and not at all where nothing is encoded.
  std::optional<Phone> phone;
  std::string_view phone_country;
  for (const Target& target : targets) {
    Decision decision = before_encoding(event, target, now_s, true, wanted);
    if (decision.reason == Reason::none) {
      const std::string_view country = target.connection->default_country;
      if (!phone || phone_country != country) {
        phone = identity::parse_phone(event.phone, event.country, country);
        phone_country = country;
      }
      decide_by_encoding(decision, event, *phone, now_s);
    }
    resolution.decisions.push_back(std::move(decision));
  }
  const std::vector<std::string_view>& names = platforms::platform_names();
  resolution.by_platform.reserve(names.size());
  for (const std::string_view platform : names) {
    resolution.by_platform.emplace_back(platform,
                                        summarize(event, platform, targets, resolution.decisions));
  }
  return resolution;
}

}  // namespace pruuv::resolve
