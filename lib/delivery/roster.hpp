#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "model/connection.hpp"
#include "platforms/platform.hpp"
#include "resolve/resolve.hpp"

namespace pruuv::delivery {

// The endpoints in force, by adapter name.
using Endpoints = std::map<std::string, platforms::Endpoint, std::less<>>;

// Every connection of the store with the adapter and endpoint that go with it. A run reads it once
// and keeps to it, whatever is changed meanwhile.
class Roster {
 public:
  // Error config when a stored connection names a platform or api this binary does not know.
  static Result<Roster> make(std::vector<Connection> connections, const Endpoints& endpoints);

  // The targets of one client; empty for an unknown one.
  [[nodiscard]] const std::vector<resolve::Target>& of_client(std::string_view client_id) const;
  // The target of a connection, or null.
  [[nodiscard]] const resolve::Target* of_connection(std::int64_t connection_id) const;
  [[nodiscard]] const std::vector<resolve::Target>& all() const { return all_; }

 private:
  // Targets point into these; they stay where they are when the Roster is moved.
  std::unique_ptr<std::vector<Connection>> connections_;
  std::unique_ptr<Endpoints> endpoints_;
  std::vector<resolve::Target> all_;
  std::unordered_map<std::string, std::vector<resolve::Target>> by_client_;
  std::unordered_map<std::int64_t, resolve::Target> by_id_;
};

}  // namespace pruuv::delivery
