#include "rules.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sandbox {
namespace {

// An adapter that hashes a missing value sends this one for every such person.
constexpr std::string_view hash_of_nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

Violation found(Problem problem, std::string_view message) {
  Violation result;
  result.problem = problem;
  result.message = message;
  return result;
}

bool is_empty(const Json& value) {
  if (value.IsString()) {
    const std::string_view text = text_of(value);
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  }
  return value.IsNull() || (value.IsArray() && value.Empty()) ||
         (value.IsObject() && value.ObjectEmpty());
}

std::optional<Violation> check_text(const Json& value, Kind kind) {
  if (!value.IsString()) return found(Problem::wrong_type, "Not a valid string.");
  const std::string_view text = text_of(value);
  if (kind == Kind::hash || kind == Kind::hash_or_list) {
    if (!is_sha256(text))
      return found(Problem::not_hashed, "Not a SHA-256 hash (64 lower-case hex).");
    if (text == hash_of_nothing) return found(Problem::not_hashed, "The hash of an empty string.");
  }
  if (kind == Kind::plain && is_sha256(text)) {
    return found(Problem::hashed, "Must not be hashed.");
  }
  return std::nullopt;
}

void put_first(Path& path, Step step) {
  Path longer;
  longer.reserve(path.size() + 1);
  longer.push_back(std::move(step));
  for (Step& other : path) longer.push_back(std::move(other));
  path = std::move(longer);
}

void put_index_first(Violation& violation, std::size_t index) {
  put_first(violation.path, Step{{}, index});
}

template <typename Check>
std::optional<Violation> check_list(const Json& list, Check check) {
  if (!list.IsArray()) return found(Problem::wrong_type, "Not a valid list.");
  for (rapidjson::SizeType i = 0; i < list.Size(); ++i) {
    std::optional<Violation> bad =
        is_empty(list[i]) ? found(Problem::empty, "Must not be empty.") : check(list[i]);
    if (bad) {
      put_index_first(*bad, i);
      return bad;
    }
  }
  return std::nullopt;
}

std::optional<Violation> check_choice(const Json& value, Choices choices) {
  if (!value.IsString()) return found(Problem::wrong_type, "Not a valid string.");
  if (std::find(choices.begin(), choices.end(), text_of(value)) != choices.end()) {
    return std::nullopt;
  }
  return found(Problem::not_a_choice, fmt::format("Must be one of: {}.", fmt::join(choices, ", ")));
}

std::optional<Violation> check_number(const Json& value, Kind kind) {
  if (kind == Kind::integer) {
    if (!value.IsInt64()) return found(Problem::wrong_type, "Not a valid integer.");
    if (value.GetInt64() < 0) return found(Problem::bad_value, "Must not be negative.");
    return std::nullopt;
  }
  if (!value.IsNumber()) return found(Problem::wrong_type, "Not a valid number.");
  if (!std::isfinite(value.GetDouble())) return found(Problem::bad_value, "Must be finite.");
  if (value.GetDouble() < 0) return found(Problem::bad_value, "Must not be negative.");
  return std::nullopt;
}

std::optional<Violation> check_value(const Json& value, const Field& field) {
  if (is_empty(value)) return found(Problem::empty, "Must not be empty.");
  switch (field.kind) {
    case Kind::text:
    case Kind::plain:
    case Kind::hash:
      return check_text(value, field.kind);
    case Kind::text_or_list:
    case Kind::hash_or_list:
      if (!value.IsArray()) return check_text(value, field.kind);
      [[fallthrough]];
    case Kind::texts:
      return check_list(value, [&](const Json& item) { return check_text(item, field.kind); });
    case Kind::integer:
    case Kind::number:
      return check_number(value, field.kind);
    case Kind::boolean:
      if (!value.IsBool()) return found(Problem::wrong_type, "Not a valid boolean.");
      return std::nullopt;
    case Kind::choice:
      return check_choice(value, field.choices);
    case Kind::object:
      return check_shape(value, field.fields);
    case Kind::objects:
      return check_list(value, [&](const Json& item) { return check_shape(item, field.fields); });
    case Kind::items:
      if (!value.IsArray()) return found(Problem::wrong_type, "Not a valid list.");
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violation> check_shape(const Json& object, Shape shape) {
  if (!object.IsObject()) return found(Problem::wrong_type, "Not a valid object.");
  std::uint64_t seen = 0;
  for (const auto& member : object.GetObject()) {
    const std::string_view name = text_of(member.name);
    const auto known = std::find_if(shape.begin(), shape.end(),
                                    [&](const Field& field) { return field.name == name; });
    std::optional<Violation> bad;
    if (known == shape.end()) {
      bad = found(Problem::unknown_key, "Unknown key.");
    } else {
      const std::uint64_t bit = std::uint64_t{1} << (known - shape.begin());
      if ((seen & bit) != 0)
        bad = found(Problem::repeated_key, "Key given twice.");
      else
        bad = check_value(member.value, *known);
      seen |= bit;
    }
    if (bad) {
      prepend(*bad, name);
      return bad;
    }
  }
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (!shape[i].required || (seen & (std::uint64_t{1} << i)) != 0) continue;
    Violation bad = found(Problem::missing, "Missing required key.");
    prepend(bad, shape[i].name);
    return bad;
  }
  return std::nullopt;
}

Violation violation(std::string_view code, std::vector<std::string_view> path,
                    std::string_view message) {
  Violation result = found(Problem::bad_value, message);
  result.code = code;
  for (const std::string_view name : path) {
    result.path.push_back(Step{std::string(name), std::nullopt});
  }
  return result;
}

void prepend(Violation& violation, std::string_view name) {
  put_first(violation.path, Step{std::string(name), std::nullopt});
}

void prepend(Violation& violation, std::string_view list, std::size_t index) {
  put_index_first(violation, index);
  prepend(violation, list);
}

std::string dotted(const Path& path) {
  std::string text;
  for (const Step& step : path) {
    if (!text.empty()) text += '.';
    text += step.index ? std::to_string(*step.index) : step.name;
  }
  return text;
}

std::string bracketed(const Path& path) {
  std::string text = "$";
  for (const Step& step : path) {
    text += step.index ? fmt::format("[{}]", *step.index) : fmt::format("['{}']", step.name);
  }
  return text;
}

std::string proto_path(const Path& path) {
  std::string text;
  for (const Step& step : path) {
    if (step.index) {
      text += fmt::format("[{}]", *step.index);
    } else {
      if (!text.empty()) text += '.';
      text += snake_case(step.name);
    }
  }
  return text;
}

std::string snake_case(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (is_upper(c)) {
      text += '_';
      text += static_cast<char>(c - 'A' + 'a');
    } else {
      text += c;
    }
  }
  return text;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f');
         });
}

bool is_digits(std::string_view text, std::size_t shortest, std::size_t longest) {
  return text.size() >= shortest && text.size() <= longest &&
         std::all_of(text.begin(), text.end(), is_digit);
}

bool is_currency_code(std::string_view text, bool any_case) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [any_case](char c) {
           return is_upper(c) || (any_case && is_lower(c));
         });
}

bool is_ip_address(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return false;
  const std::string address(text);
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  return inet_pton(AF_INET, address.c_str(), binary.data()) == 1 ||
         inet_pton(AF_INET6, address.c_str(), binary.data()) == 1;
}

bool is_base64url(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || is_lower(c) || is_upper(c) || c == '-' || c == '_';
  });
}

const Json* find(const Json& object, std::string_view name) {
  if (!object.IsObject()) return nullptr;
  for (const auto& member : object.GetObject()) {
    if (text_of(member.name) == name) return &member.value;
  }
  return nullptr;
}

std::string_view find_text(const Json& object, std::string_view name) {
  const Json* value = find(object, name);
  return value != nullptr && value->IsString() ? text_of(*value) : std::string_view{};
}

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n' || c == '\t') {
      out += c == '\n' ? "\\n" : "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

}  // namespace sandbox
