#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "doctor.hpp"
#include "platforms/transport.hpp"
#include "platforms/version.hpp"

namespace pruuv::app {
namespace {

struct Server {
  std::string name;  // "platform meta"
  std::string url;
  bool is_needed = false;  // by a connection that would send
  HttpResponse response;
};

bool is_needed(const Targets& targets, std::string_view adapter) {
  return std::ranges::any_of(targets, [&](const resolve::Target* target) {
    return target->connection->adapter == adapter;
  });
}

std::vector<Server> list_servers(const delivery::Endpoints& endpoints, const Targets& targets) {
  std::vector<Server> servers;
  for (const platforms::Platform& adapter : platforms::registry()) {
    const platforms::Endpoint& endpoint = endpoints.find(adapter.name)->second;
    const bool needed = is_needed(targets, adapter.name);
    servers.push_back({fmt::format("platform {}", adapter.name), endpoint.base_url, needed, {}});
    if (endpoint.token_url.empty()) continue;
    const std::string name = fmt::format("tokens of {}", adapter.platform);
    const auto known = std::ranges::find(servers, name, &Server::name);
    if (known != servers.end()) {
      known->is_needed = known->is_needed || needed;
    } else {
      servers.push_back({name, endpoint.token_url, needed, {}});
    }
  }
  return servers;
}

// All at once: an unreachable server costs its timeout once.
void ask_all(http::Client& client, std::vector<Server>& servers) {
  for (std::size_t i = 0; i < servers.size(); ++i) {
    HttpRequest request;
    request.method = "GET";
    request.url = servers[i].url;
    if (auto started = client.start(static_cast<std::int64_t>(i), std::move(request)); !started) {
      servers[i].response.transport_code = http::not_started_code;
      servers[i].response.transport_error = started.error().message;
    }
  }
  constexpr int turn_ms = 1000;
  while (client.in_flight() > 0) {
    for (http::Client::Completed& one : client.wait(turn_ms))
      servers[static_cast<std::size_t>(one.id)].response = std::move(one.response);
  }
}

void judge(const Server& server, Findings& findings) {
  const HttpResponse& response = server.response;
  // Any answer will do: a name, a route, a handshake and a server behind them.
  if (response.is_whole()) return findings.ok(server.name, fmt::format("{} answers", server.url));
  const std::string detail =
      fmt::format("{} does not answer: {}", server.url, response.transport_error);
  const auto verdict = platforms::classify_transport(response);
  const bool is_setup = verdict && verdict->reason == Reason::connection_misconfigured;
  const std::string fix =
      is_setup ? "see the URL, --ca-file, and whether something between breaks TLS open"
               : "see DNS, route and firewall of this machine, and the platform's status page";
  if (!server.is_needed)
    return findings.warn(server.name, detail + "; no active connection needs it", fix);
  findings.fail(server.name,
                Error{is_setup ? ErrorKind::config : ErrorKind::unavailable, detail, fix});
}

// The nearest of the servers' clocks: a single one that is wrong says nothing of ours.
std::optional<std::int64_t> skew_s(const std::vector<Server>& servers, std::int64_t now_s) {
  std::optional<std::int64_t> nearest;
  for (const Server& server : servers) {
    const auto date_s = platforms::parse_http_date(server.response.header("date"));
    if (!date_s) continue;
    const std::int64_t ahead_s = now_s - *date_s;
    if (!nearest || std::abs(ahead_s) < std::abs(*nearest)) nearest = ahead_s;
  }
  return nearest;
}

void check_clock(const std::vector<Server>& servers, std::int64_t now_s, Findings& findings) {
  constexpr std::int64_t skew_max_s = 300;  // a service account's token is refused beyond
  const auto ahead_s = skew_s(servers, now_s);
  if (!ahead_s) return findings.warn("clock", "not compared: no platform has told the time");
  const std::string detail = fmt::format("{} s {} the platforms'", std::abs(*ahead_s),
                                         *ahead_s < 0 ? "behind" : "ahead of");
  if (std::abs(*ahead_s) <= skew_max_s) return findings.ok("clock", detail);
  findings.fail("clock", Error{ErrorKind::config, detail,
                               "set the clock (timedatectl set-ntp true): tokens and windows of "
                               "time depend on it"});
}

}  // namespace

void check_platforms(const Context& context, http::Client& client, const Targets& targets,
                     Findings& findings) {
  const delivery::Endpoints endpoints = make_endpoints(context.config);
  std::vector<Server> servers = list_servers(endpoints, targets);
  ask_all(client, servers);
  for (const Server& server : servers) judge(server, findings);
  check_clock(servers, context.clock->now_s(), findings);
  for (const platforms::Platform& adapter : platforms::registry()) {
    const std::string warning = platforms::version_warning(
        adapter, endpoints.find(adapter.name)->second, context.clock->now_s());
    if (!warning.empty()) findings.warn("API version", warning);
  }
}

}  // namespace pruuv::app
