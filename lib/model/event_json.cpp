#include "model/event_json.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/uuid.hpp"

namespace pruuv {
namespace {

// The text of a member, trimmed; "" for what counts as absent. Objects and arrays keep their JSON:
// they fit no field, and planning will say so.
std::string text_of_value(const json::Value& value) {
  if (!value.exists()) return {};
  if (const auto text = value.text()) return std::string(trim(*text));
  if (const auto flag = value.boolean()) return *flag ? "true" : "false";
  return value.dump();
}

bool is_known_key(std::string_view key) {
  if (key == "id" || key == "client_id" || key == "event_name" || key == "event_time") return true;
  return std::any_of(event_fields.begin(), event_fields.end(),
                     [&](const EventField& field) { return field.name == key; });
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

}  // namespace

Result<FunnelEvent> parse_event(std::string_view json_text) {
  constexpr json::Limits limits{std::size_t{1} << 20, 16};
  PRUUV_TRY_ASSIGN(const json::Document document,
                   json::parse(json_text, json::Numbers::as_text, limits));
  const json::Value object = document.root();
  if (!object.is_object()) return fail(ErrorKind::config, "not a JSON object");

  FunnelEvent event;
  event.id = text_of_value(object["id"]);
  if (event.id.empty()) return fail(ErrorKind::config, "id is missing");
  if (!is_uuid(event.id)) return fail(ErrorKind::config, "id is no UUID");
  event.client_id = text_of_value(object["client_id"]);
  if (event.client_id.empty()) return fail(ErrorKind::config, "client_id is missing");
  event.event_name = text_of_value(object["event_name"]);
  if (event.event_name.empty()) return fail(ErrorKind::config, "event_name is missing");
  PRUUV_TRY(check_time(text_of_value(object["event_time"]), event.event_time));

  for (const EventField& field : event_fields)
    event.*field.text = text_of_value(object[field.name]);
  event.extra = unknown_members(object);
  return event;
}

}  // namespace pruuv
