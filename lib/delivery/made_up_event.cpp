#include "delivery/made_up_event.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace pruuv::delivery {
namespace {

// One that the connection takes, with a conversion action if any such has one.
std::string name_for(const Connection& connection) {
  const auto& taken = connection.match_event_names;
  const std::string usual = taken.empty() ? "lead" : taken.front();
  const auto& actions = connection.conversion_actions;
  if (!connection.conversion_action_id.empty() || actions.empty() || actions.contains(usual))
    return usual;
  if (taken.empty()) return actions.begin()->first;
  const auto found =
      std::ranges::find_if(taken, [&](const std::string& name) { return actions.contains(name); });
  return found == taken.end() ? usual : *found;
}

}  // namespace

FunnelEvent made_up_event(const Connection& connection, std::string id, std::int64_t now_s) {
  constexpr std::int64_t day_s = 86'400;
  FunnelEvent event;
  event.id = std::move(id);
  event.client_id = connection.client_id;
  event.event_name = name_for(connection);
  event.event_time = now_s - day_s;
  event.email = "test@example.com";
  event.gclid = "Cj0KCQ-connection-test";
  event.page_url =
      fmt::format("https://{}/", connection.match_hosts.empty() ? "www.example.com"
                                                                : connection.match_hosts.front());
  return event;
}

}  // namespace pruuv::delivery
