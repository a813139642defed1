#include "delivery/check_only.hpp"

#include <utility>

#include "base/check.hpp"
#include "http/client.hpp"

namespace pruuv::delivery {

TokenDesk::Grant wait_for_grant(const Services& services, TokenDesk& tokens,
                                const resolve::Target& target) {
  constexpr int wait_ms = 250;
  for (;;) {
    TokenDesk::Grant grant = tokens.ask(target);
    if (grant.state == TokenDesk::Grant::State::paused) {
      services.clock->sleep_ms(*grant.until_ms - services.clock->steady_ms());
      continue;
    }
    if (grant.state != TokenDesk::Grant::State::asked) return grant;
    while (!tokens.has_answers()) {
      for (http::Client::Completed& completed : services.client->wait(wait_ms))
        tokens.arrived(std::move(completed));
    }
    for (const TokenDesk::Settled& settled : tokens.settle()) {
      const std::int64_t pause_ms = settled.wait_until_ms - services.clock->steady_ms();
      if (pause_ms > 0) services.clock->sleep_ms(pause_ms);
    }
  }
}

Checked check_only(const Services& services, const resolve::Target& target,
                   std::span<const Conversion* const> conversions,
                   const platforms::Credential& credential) {
  const platforms::Platform& adapter = *target.adapter;
  PRUUV_CHECK(adapter.can_validate, "a platform that would count what it checks is not asked");
  const HttpResponse response = http::perform(
      *services.client, adapter.build(conversions, *target.connection, *target.endpoint, credential,
                                      platforms::Purpose::validate));
  Classification read = adapter.classify(response, conversions.size());
  PRUUV_CHECK(read.verdicts.size() == conversions.size(), "one verdict an event");
  return {std::move(read.verdicts), response.status != 0};
}

}  // namespace pruuv::delivery
