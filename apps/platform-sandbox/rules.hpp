#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rapidjson/document.h>

/// Checks every platform needs: the keys and types of a JSON object against a literal list, and the
/// shape of hashes, addresses and numbers. A platform names its keys, adds its own rules and turns
/// a violation into its own error body.
namespace sandbox {

using Json = rapidjson::Value;

/// What a value must be. Nothing may ever be null, an empty string, an empty list or an empty
/// object: an adapter leaves such a key out.
enum class Kind {
  text,          ///< a string
  plain,         ///< a string that must not be a hash
  hash,          ///< SHA-256 as 64 lower-case hex digits
  texts,         ///< a list of strings
  text_or_list,  ///< a string or a list of strings
  hash_or_list,  ///< a hash or a list of hashes
  integer,       ///< an integer, not negative
  number,        ///< a finite number, not negative
  boolean,
  choice,   ///< one of the strings in `choices`
  object,   ///< an object of the shape `fields`
  objects,  ///< a list of such objects
  items,    ///< a list whose elements are checked one by one by the platform
};

struct Field {
  std::string_view name;
  Kind kind = Kind::text;
  bool required = false;
  std::span<const Field> fields = {};
  std::span<const std::string_view> choices = {};
};

/// A literal key list: every key an object may have (at most 64). Other keys are refused.
using Shape = std::span<const Field>;
using Choices = std::span<const std::string_view>;

constexpr Field field(std::string_view name, Kind kind) { return {name, kind, false, {}, {}}; }
constexpr Field choice(std::string_view name, Choices choices) {
  return {name, Kind::choice, false, {}, choices};
}
constexpr Field object(std::string_view name, Shape shape) {
  return {name, Kind::object, false, shape, {}};
}
constexpr Field objects(std::string_view name, Shape shape) {
  return {name, Kind::objects, false, shape, {}};
}
constexpr Field required(Field field) {
  field.required = true;
  return field;
}

enum class Problem {
  missing,
  unknown_key,
  repeated_key,
  empty,
  wrong_type,
  not_a_choice,
  not_hashed,
  hashed,
  bad_value,  ///< every rule beyond keys, types and hashes
};

/// One step of the way to a value: a key, or a position in a list.
struct Step {
  std::string name;
  std::optional<std::size_t> index;
};
using Path = std::vector<Step>;

struct Violation {
  Problem problem = Problem::bad_value;
  std::string code;  ///< the platform's own name or number for it; empty = the platform maps it
  Path path;
  std::string message;
  std::string trigger;  ///< the offending input, where a platform echoes it
  bool named = true;    ///< whether the platform's answer says which event it was
};

/// The first thing wrong with an object, its path relative to the object.
[[nodiscard]] std::optional<Violation> check_shape(const Json& object, Shape shape);

/// A violation at `path`, with the platform's own code for it.
[[nodiscard]] Violation violation(std::string_view code, std::vector<std::string_view> path,
                                  std::string_view message);

/// Puts a key in front of a path.
void prepend(Violation& violation, std::string_view name);
/// Puts a place in a list in front of a path: the list's key, then the index.
void prepend(Violation& violation, std::string_view list, std::size_t index);

/// `data.3.user.email.0`
[[nodiscard]] std::string dotted(const Path& path);
/// `$['data'][3]['user_data']['em'][0]`
[[nodiscard]] std::string bracketed(const Path& path);
/// `conversions[3].user_identifiers[0].hashed_email`: Google answers in snake_case.
[[nodiscard]] std::string proto_path(const Path& path);
/// `hashedEmail` -> `hashed_email`
[[nodiscard]] std::string snake_case(std::string_view name);

[[nodiscard]] bool is_sha256(std::string_view text);
[[nodiscard]] bool is_digits(std::string_view text, std::size_t shortest, std::size_t longest);
/// Three upper-case letters; `any_case` allows lower case as well.
[[nodiscard]] bool is_currency_code(std::string_view text, bool any_case = false);
[[nodiscard]] bool is_ip_address(std::string_view text);
[[nodiscard]] bool is_base64url(std::string_view text);

[[nodiscard]] inline std::string_view text_of(const Json& value) {
  return {value.GetString(), value.GetStringLength()};
}
/// A member of an object; nullptr when it is absent or `object` is not an object.
[[nodiscard]] const Json* find(const Json& object, std::string_view name);
/// A text member; empty when it is absent or not a string.
[[nodiscard]] std::string_view find_text(const Json& object, std::string_view name);
/// The text as a JSON string, quotes included.
[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace sandbox
