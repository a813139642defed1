#include "delivery/roster.hpp"

#include <utility>

#include <fmt/format.h>

namespace pruuv::delivery {

Result<Roster> Roster::make(std::vector<Connection> connections, const Endpoints& endpoints) {
  Roster roster;
  roster.connections_ = std::make_unique<std::vector<Connection>>(std::move(connections));
  roster.endpoints_ = std::make_unique<Endpoints>(endpoints);
  for (Connection& connection : *roster.connections_) {
    auto adapter = platforms::pick_adapter(connection.platform, connection.api);
    if (!adapter) {
      return Unexpected(std::move(adapter).error().during(
          fmt::format("read connection {} of client {}", connection.name, connection.client_id)));
    }
    connection.adapter = std::string((*adapter)->name);
    const auto endpoint =
        roster.endpoints_->try_emplace(connection.adapter, (*adapter)->default_endpoint).first;
    const resolve::Target target{&connection, *adapter, &endpoint->second};
    roster.all_.push_back(target);
    roster.by_client_[connection.client_id].push_back(target);
    roster.by_id_.emplace(connection.id, target);
  }
  return roster;
}

const std::vector<resolve::Target>& Roster::of_client(std::string_view client_id) const {
  static const std::vector<resolve::Target> none;
  const auto found = by_client_.find(std::string(client_id));
  return found == by_client_.end() ? none : found->second;
}

const resolve::Target* Roster::of_connection(std::int64_t connection_id) const {
  const auto found = by_id_.find(connection_id);
  return found == by_id_.end() ? nullptr : &found->second;
}

}  // namespace pruuv::delivery
