#include "vault_request.hpp"

#include <charconv>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace sandbox::vault {
namespace {

constexpr std::string_view api = "/v1/";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// A path, in which '+' stands for itself; nothing when an escape is broken.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) {
      return std::nullopt;
    }
    out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
    i += 2;
  }
  return out;
}

std::string method_of(const Call& call) {
  if (call.method == "PUT") return "POST";
  if (call.method == "HEAD") return "GET";
  return call.method;
}

std::optional<Outcome> read_body(std::string_view text, rapidjson::Document& body) {
  body.SetObject();
  if (text.empty()) return std::nullopt;
  body.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (!body.HasParseError() && body.IsObject()) return std::nullopt;
  body.SetObject();
  return error(400, "body", "failed to parse JSON input: invalid character looking for a value");
}

}  // namespace

Reading read_request(const Call& call) {
  Reading reading;
  Request& request = reading.request;
  request.method = method_of(call);
  const auto path = decoded(std::string_view(call.path).substr(api.size()));
  if (!path) {
    reading.refusal = error(400, "path", "invalid URL escape");
    return reading;
  }
  request.path = *path;
  request.query = read_form(call.query);
  request.scope = without_slashes(call.header("X-Vault-Namespace"));
  request.token = call.header("X-Vault-Token");
  if (request.token.empty()) request.token = call.bearer_token();
  reading.refusal = read_body(call.body, request.body);
  return reading;
}

std::optional<std::int64_t> seconds_of(std::string_view duration) {
  std::int64_t unit = 1;
  if (!duration.empty()) {
    const char last = duration.back();
    if (last == 'm') unit = 60;
    if (last == 'h') unit = 3'600;
    if (last == 's' || last == 'm' || last == 'h') duration.remove_suffix(1);
  }
  std::int64_t value = 0;
  const char* const end = duration.data() + duration.size();
  const auto [stop, problem] = std::from_chars(duration.data(), end, value);
  constexpr std::int64_t longest = 1'000'000;
  if (problem != std::errc{} || stop != end || value < 0 || value > longest) return std::nullopt;
  return value * unit;
}

std::optional<std::int64_t> seconds_of(const Json* duration) {
  if (duration == nullptr) return std::nullopt;
  if (duration->IsInt64() && duration->GetInt64() >= 0) return duration->GetInt64();
  return duration->IsString() ? seconds_of(text_of(*duration)) : std::nullopt;
}

std::string_view without_slashes(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

std::optional<std::string_view> below(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return std::nullopt;
  return path.substr(prefix.size());
}

std::string json_text(const Json& value) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer(text);
  value.Accept(writer);
  return {text.GetString(), text.GetSize()};
}

}  // namespace sandbox::vault
