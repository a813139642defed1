#include "vault_kv.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <fmt/format.h>

namespace sandbox::vault {
namespace {

constexpr std::string_view wrong_kind_warning =
    "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API "
    "endpoints to use. If using the Vault CLI, use 'vault kv get' for this operation.";

/// The ways into a KV v2 mount; the last two are not played.
constexpr std::array<std::string_view, 6> ways{"data",    "delete",   "undelete",
                                               "destroy", "metadata", "config"};

/// `data/clients/x` -> `data` and `clients/x`.
struct Way {
  std::string_view name;
  std::string_view path;
};

Way way_of(std::string_view rest) {
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return {rest, {}};
  return {rest.substr(0, slash), rest.substr(slash + 1)};
}

bool is_way(std::string_view name) {
  return std::find(ways.begin(), ways.end(), name) != ways.end();
}

Secret* find_secret(Mount& mount, std::string_view path) {
  const auto found = mount.secrets.find(path);
  return found == mount.secrets.end() ? nullptr : &found->second;
}

std::string metadata_of(std::int64_t number, const Version& version) {
  return fmt::format(
      R"({{"created_time":"{}","custom_metadata":null,"deletion_time":"{}","destroyed":{},)"
      R"("version":{}}})",
      version.created_time, version.deletion_time, version.destroyed, number);
}

/// The `version` asked for, 0 = the latest; nothing when it is no number.
std::optional<std::int64_t> wanted_version(const Request& request) {
  const auto found = request.query.find("version");
  if (found == request.query.end()) return 0;
  std::int64_t number = 0;
  const std::string& text = found->second;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || stop != end || number < 0) return std::nullopt;
  return number;
}

Outcome read_versioned(State& state, const Request& request, Mount& mount, std::string_view path) {
  const auto wanted = wanted_version(request);
  if (!wanted) {
    return error(400, "version",
                 "Field validation failed: error converting input for field \"version\"");
  }
  Secret* secret = find_secret(mount, path);
  if (secret == nullptr) {
    ++state.counts.missing_reads;
    return nothing_found();
  }
  auto& versions = secret->versions;
  const auto found = *wanted == 0 ? std::prev(versions.end()) : versions.find(*wanted);
  if (found == versions.end()) {
    ++state.counts.missing_reads;
    return nothing_found();
  }
  const auto& [number, version] = *found;
  const bool gone = version.destroyed || !version.deletion_time.empty();
  Outcome outcome = given(fmt::format(R"({{"data":{},"metadata":{}}})",
                                      gone ? "null" : version.data, metadata_of(number, version)));
  if (gone) {
    outcome.answer.status = 404;
    outcome.reason = version.destroyed ? "destroyed" : "deleted";
  }
  if (gone) {
    ++state.counts.missing_reads;
  } else {
    note_read(state, mount, path);
  }
  return outcome;
}

Outcome write_versioned(State& state, const Request& request, Mount& mount, std::string_view path) {
  const Json* data = find(request.body, "data");
  if (data == nullptr || !data->IsObject()) return error(400, "body", "no data provided");
  const Json* options = find(request.body, "options");
  const Json* cas = options == nullptr ? nullptr : find(*options, "cas");
  if (cas != nullptr) {
    const Secret* secret = find_secret(mount, path);
    const std::int64_t current = secret == nullptr ? 0 : secret->versions.rbegin()->first;
    if (!cas->IsInt64() || cas->GetInt64() != current) {
      return error(400, "cas", "check-and-set parameter did not match the current version");
    }
  }
  const std::int64_t number = add_version(state, mount, path, json_text(*data));
  ++state.counts.writes;
  return given(metadata_of(number, mount.secrets.find(path)->second.versions[number]));
}

void change(Version& version, std::string_view way, const std::string& now) {
  if (way == "undelete") {
    version.deletion_time.clear();
  } else if (way == "destroy") {
    version.destroyed = true;
    version.data.clear();
  } else if (version.deletion_time.empty()) {
    version.deletion_time = now;
  }
}

/// POST delete/, undelete/, destroy/: versions that are not there are passed over.
Outcome change_versions(State& state, const Request& request, Mount& mount, const Way& way) {
  const Json* versions = find(request.body, "versions");
  if (versions == nullptr || !versions->IsArray() || versions->Empty()) {
    return error(400, "versions", "No version number provided");
  }
  Secret* secret = find_secret(mount, way.path);
  for (const Json& number : versions->GetArray()) {
    if (!number.IsInt64()) return error(400, "versions", "versions must be numbers");
    if (secret == nullptr) continue;
    const auto found = secret->versions.find(number.GetInt64());
    if (found != secret->versions.end()) change(found->second, way.name, time_text(state.now));
  }
  ++state.counts.writes;
  return done();
}

Outcome answer_data(State& state, const Request& request, Mount& mount, std::string_view path) {
  if (request.method == "GET") return read_versioned(state, request, mount, path);
  if (request.method == "POST") return write_versioned(state, request, mount, path);
  if (request.method != "DELETE") return unsupported_operation();
  if (Secret* secret = find_secret(mount, path)) {
    change(secret->versions.rbegin()->second, "delete", time_text(state.now));
  }
  ++state.counts.writes;
  return done();
}

Outcome answer_versioned(State& state, const Request& request, const Place& place) {
  const Way way = way_of(place.rest);
  if (!is_way(way.name)) {
    const std::string warnings = "[" + json_quoted(wrong_kind_warning) + "]";
    Envelope parts;
    parts.warnings = warnings;
    Outcome outcome = plain(404, envelope(parts));
    outcome.reason = "wrong_kind";
    return outcome;
  }
  if (way.path.empty()) return unsupported_operation();
  if (way.name == "data") return answer_data(state, request, *place.mount, way.path);
  if (way.name == "metadata" || way.name == "config") {
    return error(404, "not_played", fmt::format("this sandbox does not play {}/", way.name));
  }
  if (request.method != "POST") return unsupported_operation();
  return change_versions(state, request, *place.mount, way);
}

Outcome answer_unversioned(State& state, const Request& request, const Place& place) {
  Secret* secret = find_secret(*place.mount, place.rest);
  if (request.method == "GET") {
    if (secret == nullptr) {
      ++state.counts.missing_reads;
      return nothing_found();
    }
    Outcome outcome = given(secret->versions.at(1).data);
    note_read(state, *place.mount, place.rest);
    return outcome;
  }
  if (request.method != "POST" && request.method != "DELETE") return unsupported_operation();
  ++state.counts.writes;
  if (request.method == "DELETE") {
    if (secret != nullptr) place.mount->secrets.erase(std::string(place.rest));
    return done();
  }
  if (request.body.ObjectEmpty()) return error(400, "body", "missing data fields");
  add_version(state, *place.mount, place.rest, json_text(request.body));
  return done();
}

}  // namespace

std::string_view Place::secret_path() const {
  if (mount == nullptr || mount->kind == 1) return rest;
  const Way way = way_of(rest);
  return is_way(way.name) ? way.path : rest;
}

Place find_place(State& state, const Request& request) {
  Place place;
  const auto mounts = state.namespaces.find(request.scope);
  if (mounts == state.namespaces.end()) return place;
  // A name comes before the longer ones that begin with it: the last that fits is the longest.
  for (auto& [name, mount] : mounts->second) {
    if (const auto rest = below(request.path, name + "/")) place = {&mount, *rest};
  }
  return place;
}

Outcome answer_kv(State& state, const Request& request, const Place& place) {
  // https://openbao.org/api-docs/#parameter-restrictions
  if (request.path.ends_with('.')) return error(404, "path", as_list("unsupported path"));
  return place.mount->kind == 1 ? answer_unversioned(state, request, place)
                                : answer_versioned(state, request, place);
}

}  // namespace sandbox::vault
