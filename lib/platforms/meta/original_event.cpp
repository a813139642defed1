#include "platforms/meta/original_event.hpp"

#include "base/text.hpp"

namespace pruuv::platforms::meta {
namespace {

// The text, "" where absent; nothing where it is none that can be sent.
std::optional<std::string> text_of(json::Value value, const Person& person) {
  if (!value.exists()) return "";
  const auto text = value.text();
  if (!text || !is_valid_utf8(*text) || person.is_named_in(*text)) return std::nullopt;
  return std::string(trim(*text));
}

std::optional<OriginalEvent> parse(json::Value value, std::int64_t event_time_s,
                                   const Person& person, const NameOf& name_of) {
  const auto funnel_name = text_of(value["event_name"], person);
  const auto time_s = value["event_time"].integer();
  const auto order_id = text_of(value["order_id"], person);
  const auto event_id = text_of(value["event_id"], person);
  if (!funnel_name || funnel_name->empty() || !order_id || !event_id) return std::nullopt;
  if (!time_s || !is_possible_time(*time_s) || *time_s > event_time_s) return std::nullopt;
  const auto name = name_of(*funnel_name);
  if (!name) return std::nullopt;
  return OriginalEvent{*name, *time_s, *order_id, *event_id};
}

}  // namespace

std::optional<OriginalEvent> read_original_event(const FunnelEvent& event, const Details& details,
                                                 const Person& person, const NameOf& name_of,
                                                 std::vector<Warning>& warnings) {
  constexpr std::string_view key = "original_event";
  const json::Value value = details[key];
  if (!value.exists()) return std::nullopt;
  auto original = parse(value, event.event_time, person, name_of);
  if (!original) warnings.push_back({key, Reason::detail_left_out});
  return original;
}

void write_original_event(json::Writer& out, const OriginalEvent& original) {
  out.key("original_event_data");
  out.begin_object();
  out.member("event_name", original.event_name);
  out.member_integer("event_time", original.event_time);
  out.member("order_id", original.order_id);
  out.member("event_id", original.event_id);
  out.end_object();
}

}  // namespace pruuv::platforms::meta
