#include "model/event_json.hpp"

#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/uuid.hpp"

namespace pruuv {
namespace {

// The keys of an event: first the four it cannot be without, then event_fields in their order.
enum Key : std::size_t { id, client_id, event_name, event_time, first_field };
constexpr std::size_t key_count = first_field + event_fields.size();

constexpr std::string_view name_of(std::size_t key) {
  constexpr std::array<std::string_view, first_field> required = {"id", "client_id", "event_name",
                                                                  "event_time"};
  return key < first_field ? required[key] : event_fields[key - first_field].name;
}

// The keys by the length of their name, so that only those of the right length are compared: those
// of length n are by_length[starts[n]] up to by_length[starts[n + 1]].
struct KeyTable {
  static constexpr std::size_t length_max = 26;
  std::array<std::size_t, key_count> by_length{};
  std::array<std::size_t, length_max + 2> starts{};

  constexpr KeyTable() {
    std::size_t at = 0;
    for (std::size_t length = 0; length <= length_max; ++length) {
      starts[length] = at;
      for (std::size_t key = 0; key < key_count; ++key) {
        if (name_of(key).size() == length) by_length[at++] = key;
      }
    }
    starts[length_max + 1] = at;
  }

  [[nodiscard]] constexpr std::optional<std::size_t> find(std::string_view name) const {
    if (name.size() > length_max) return std::nullopt;
    for (std::size_t i = starts[name.size()]; i < starts[name.size() + 1]; ++i) {
      if (name_of(by_length[i]) == name) return by_length[i];
    }
    return std::nullopt;
  }
};
constexpr KeyTable keys;
static_assert(keys.starts.back() == key_count, "length_max is that of the longest name");

bool is_known_key(std::string_view key) { return keys.find(key).has_value(); }

// The text of a member, trimmed; "" for what counts as absent. Objects and arrays keep their JSON:
// they fit no field, and planning will say so.
void take_text(const json::Value& value, std::string& into) {
  if (!value.exists()) {
    into.clear();
  } else if (const auto text = value.text()) {
    into = trim(*text);
  } else if (const auto flag = value.boolean()) {
    into = *flag ? "true" : "false";
  } else {
    into = value.dump();
  }
}

// An object called `extra` is taken for what it is in the store: its members stand beside the other
// unknown ones, which win over it.
std::string unknown_members(const json::Value& object) {
  constexpr std::string_view nested = "extra";
  json::Writer writer;
  writer.begin_object();
  bool any = false;
  const auto add = [&](std::string_view key, const json::Value& value) {
    writer.member_raw(key, value.dump());
    any = true;
  };
  for (const auto& [key, value] : object.members()) {
    if (!is_known_key(key) && !(key == nested && value.is_object())) add(key, value);
  }
  if (object[nested].is_object()) {
    for (const auto& [key, value] : object[nested].members()) {
      if (!object[key].exists() || is_known_key(key)) add(key, value);
    }
  }
  writer.end_object();
  return any ? writer.str() : std::string();
}

Result<void> check_time(const std::string& text, std::int64_t& time_s) {
  const auto number = parse_int64(text);
  if (text.empty()) return fail(ErrorKind::config, "event_time is missing");
  if (!number) {
    return fail(ErrorKind::config, "event_time is no whole number of seconds",
                "write Unix seconds in UTC, such as 1795400000");
  }
  if (!is_possible_time(*number)) {
    const bool milliseconds = text.size() == 13 && is_possible_time(*number / 1000);
    return fail(ErrorKind::config, "event_time is not between the years 2000 and 2100",
                milliseconds ? "13 digits look like milliseconds: divide by 1000" : "");
  }
  time_s = *number;
  return {};
}

// The values of the keys. Of a key that stands there twice the first counts.
struct Members {
  std::array<json::Value, key_count> values;
  bool any_unknown = false;

  explicit Members(const json::Value& object) {
    std::array<bool, key_count> is_there{};
    for (const auto& [name, value] : object.members()) {
      const auto key = keys.find(name);
      if (!key) {
        any_unknown = true;
      } else if (!is_there[*key]) {
        is_there[*key] = true;
        values[*key] = value;
      }
    }
  }
};

}  // namespace

Result<void> parse_event(std::string_view json_text, FunnelEvent& event) {
  constexpr json::Limits limits{std::size_t{1} << 20, 16};
  PRUUV_TRY_ASSIGN(const json::Document document,
                   json::parse(json_text, json::Numbers::as_text, limits));
  const json::Value object = document.root();
  if (!object.is_object()) return fail(ErrorKind::config, "not a JSON object");
  const Members members(object);
  const auto& values = members.values;

  event.seq = 0;
  take_text(values[id], event.id);
  if (event.id.empty()) return fail(ErrorKind::config, "id is missing");
  if (!is_uuid(event.id)) return fail(ErrorKind::config, "id is no UUID");
  take_text(values[client_id], event.client_id);
  if (event.client_id.empty()) return fail(ErrorKind::config, "client_id is missing");
  take_text(values[event_name], event.event_name);
  if (event.event_name.empty()) return fail(ErrorKind::config, "event_name is missing");
  std::string time;
  take_text(values[event_time], time);
  PRUUV_TRY(check_time(time, event.event_time));

  for (std::size_t i = 0; i < event_fields.size(); ++i)
    take_text(values[first_field + i], event.*event_fields[i].text);
  event.extra = members.any_unknown ? unknown_members(object) : std::string();
  return {};
}

}  // namespace pruuv
