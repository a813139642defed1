#include "vault_control.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "vault_auth.hpp"
#include "vault_request.hpp"

namespace sandbox::vault {
namespace {

/// Seconds a wrapped secret id can be had for.
constexpr std::int64_t wrapped_for = 300;
constexpr std::int64_t longest_time = 1'000'000'000;

using Error = std::optional<std::string>;

struct Flag {
  std::string_view key;
  bool Settings::*member;
};
constexpr std::array<Flag, 6> flags{
    {{"sealed", &Settings::sealed},
     {"initialised", &Settings::initialised},
     {"renewable", &Settings::renewable},
     {"renew_refused", &Settings::renew_refused},
     {"writable", &Settings::writable},
     {"require_request_header", &Settings::require_request_header}}};

struct Number {
  std::string_view key;
  std::int64_t Settings::*member;
};
constexpr std::array<Number, 4> numbers{{{"token_ttl", &Settings::token_ttl},
                                         {"token_max_ttl", &Settings::token_max_ttl},
                                         {"token_uses", &Settings::token_uses},
                                         {"secret_id_uses", &Settings::secret_id_uses}}};

struct Name {
  std::string_view key;
  std::string Settings::*member;
};
constexpr std::array<Name, 3> names{{{"approle_mount", &Settings::approle_mount},
                                     {"jwt_mount", &Settings::jwt_mount},
                                     {"login_namespace", &Settings::login_namespace}}};

struct ModeName {
  std::string_view name;
  Mode mode;
};
constexpr std::array<ModeName, 6> modes{{{"active", Mode::active},
                                         {"standby", Mode::standby},
                                         {"performance_standby", Mode::performance_standby},
                                         {"dr_secondary", Mode::dr_secondary},
                                         {"cut_off", Mode::cut_off},
                                         {"removed", Mode::removed}}};

Error put(State& state, const Json& order) {
  const std::string_view mount = without_slashes(find_text(order, "mount"));
  const std::string_view path = without_slashes(find_text(order, "path"));
  const Json* data = find(order, "data");
  if (mount.empty() || path.empty() || data == nullptr || !data->IsObject()) {
    return "put needs mount, path and data, an object";
  }
  for (const auto& member : order.GetObject()) {
    const std::string_view key = text_of(member.name);
    if (key != "mount" && key != "path" && key != "data" && key != "namespace" &&
        key != "after_reads") {
      return fmt::format("put: unknown key \"{}\"", key);
    }
  }
  const std::string scope(without_slashes(find_text(order, "namespace")));
  Mount& place = state.namespaces[scope][std::string(mount)];
  const Json* after_reads = find(order, "after_reads");
  if (after_reads == nullptr) {
    add_version(state, place, path, json_text(*data));
    return std::nullopt;
  }
  const auto secret = place.secrets.find(path);
  if (!after_reads->IsInt64() || after_reads->GetInt64() < 1 || secret == place.secrets.end()) {
    return "put: after_reads must be a number from 1, of a secret that is there";
  }
  secret->second.next = {json_text(*data), after_reads->GetInt64()};
  return std::nullopt;
}

/// An empty base makes the server the active node again.
Error redirect(Settings& settings, std::string_view base) {
  if (!base.empty() && !base.starts_with("http")) return "redirect must be a base address";
  settings.redirect = base;
  settings.mode = base.empty() ? Mode::active : Mode::standby;
  return std::nullopt;
}

Error set_mode(Settings& settings, std::string_view name) {
  const auto found = std::find_if(modes.begin(), modes.end(),
                                  [&](const ModeName& mode) { return mode.name == name; });
  if (found == modes.end()) return fmt::format("there is no mode \"{}\"", name);
  settings.mode = found->mode;
  return std::nullopt;
}

/// Root tokens stay: a test goes on with them.
void expire_tokens(State& state) {
  std::erase_if(state.tokens, [](const auto& entry) { return !entry.second.root; });
  state.wrapped.clear();
}

/// The settings that are nothing but a value; nothing when the key is none of them.
std::optional<Error> set_value(State& state, std::string_view key, const Json& value) {
  Settings& settings = state.settings;
  for (const Flag& flag : flags) {
    if (flag.key != key) continue;
    if (!value.IsBool()) return Error(fmt::format("{} must be true or false", key));
    settings.*flag.member = value.GetBool();
    return Error();
  }
  for (const Number& number : numbers) {
    if (number.key != key) continue;
    if (!value.IsInt64() || value.GetInt64() < 0 || value.GetInt64() > longest_time) {
      return Error(fmt::format("{} must be a number from 0", key));
    }
    settings.*number.member = value.GetInt64();
    return Error();
  }
  for (const Name& name : names) {
    if (name.key != key) continue;
    if (!value.IsString()) return Error(fmt::format("{} must be a string", key));
    settings.*name.member = without_slashes(text_of(value));
    return Error();
  }
  return std::nullopt;
}

Error order_text(State& state, std::string_view key, const Json& value) {
  if (!value.IsString()) return fmt::format("{} must be a string", key);
  const std::string_view text = text_of(value);
  if (key == "redirect") return redirect(state.settings, text);
  if (key == "mode") return set_mode(state.settings, text);
  const std::string path(without_slashes(text));
  if (path.empty()) return fmt::format("{} needs a path", key);
  if (key == "deny") state.settings.denied.insert(path);
  if (key == "allow") state.settings.denied.erase(path);
  return std::nullopt;
}

Error order_one(State& state, std::string_view key, const Json& value, std::string& body) {
  if (auto set = set_value(state, key, value)) {
    if (key == "secret_id_uses") {
      for (auto& [secret_id, uses_left] : state.secret_ids) {
        uses_left = state.settings.secret_id_uses;
      }
    }
    return *set;
  }
  if (key == "put") return put(state, value);
  if (key == "redirect" || key == "mode" || key == "deny" || key == "allow") {
    return order_text(state, key, value);
  }
  if (key == "advance_s") {
    if (!value.IsInt64() || value.GetInt64() < 0 || value.GetInt64() > longest_time) {
      return "advance_s must be a number of seconds";
    }
    state.clock_offset += value.GetInt64();
    state.now += value.GetInt64();
    return std::nullopt;
  }
  if (key == "expire_tokens" || key == "wrap_secret_id") {
    if (!value.IsBool() || !value.GetBool()) return fmt::format("{} must be true", key);
    if (key == "expire_tokens") {
      expire_tokens(state);
      return std::nullopt;
    }
    const std::string answer = given(secret_id_data(state, issue_secret_id(state))).answer.body;
    body = fmt::format("{{\"token\":\"{}\"}}\n", wrap(state, answer, wrapped_for));
    return std::nullopt;
  }
  return fmt::format("unknown key \"{}\"", key);
}

}  // namespace

Ordered order(State& state, std::string_view json) {
  rapidjson::Document orders;
  orders.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  Ordered result;
  if (orders.HasParseError() || !orders.IsObject() || orders.ObjectEmpty()) {
    result.error = "the body must be a JSON object of orders";
    return result;
  }
  const Json& all = orders;
  for (const auto& one : all.GetObject()) {
    result.error = order_one(state, text_of(one.name), one.value, result.body);
    if (result.error) return result;
  }
  return result;
}

}  // namespace sandbox::vault
