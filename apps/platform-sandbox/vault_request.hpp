#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "query.hpp"
#include "rules.hpp"
#include "vault_answers.hpp"

/// A call to Vault, taken apart.
namespace sandbox::vault {

struct Request {
  std::string method;  ///< GET, POST or DELETE: PUT is POST, HEAD is GET
  std::string path;    ///< below /v1/, percent-decoded
  Form query;
  rapidjson::Document body;  ///< an object; an empty one when none was sent
  std::string scope;         ///< the namespace, without slashes at its ends
  std::string token;         ///< empty = none was sent
};

/// What the call asks, or the refusal of one that cannot be read.
struct Reading {
  Request request;
  std::optional<Outcome> refusal;
};
[[nodiscard]] Reading read_request(const Call& call);

/// "90", "90s", "15m", "1h" or a number: seconds; nothing for anything else.
[[nodiscard]] std::optional<std::int64_t> seconds_of(const Json* duration);
[[nodiscard]] std::optional<std::int64_t> seconds_of(std::string_view duration);

/// Without slashes at its ends.
[[nodiscard]] std::string_view without_slashes(std::string_view text);

/// What follows `prefix` in `path`; nothing when it does not begin with it.
[[nodiscard]] std::optional<std::string_view> below(std::string_view path, std::string_view prefix);

/// The value as JSON text.
[[nodiscard]] std::string json_text(const Json& value);

}  // namespace sandbox::vault
