// Any bytes as an event and a connection: what every adapter makes of it is JSON without anything
// empty in it, the same each time. Lines "field=text", separated by NUL.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/text.hpp"
#include "identity/identity.hpp"
#include "platforms/click_id.hpp"
#include "platforms/page_url.hpp"
#include "platforms/platform.hpp"

namespace pruuv::platforms {
namespace {

void require(bool is_right) {
  if (!is_right) std::abort();
}

void read_line(std::string_view line, FunnelEvent& event, Connection& connection) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return;
  const std::string_view name = line.substr(0, equals);
  const std::string text(line.substr(equals + 1));
  const auto* const field = std::ranges::find(event_fields, name, &EventField::name);
  if (field != event_fields.end()) event.*field->text = text;
  if (name == "event_name") event.event_name = text;
  // Impossible times are told before an adapter is asked.
  const auto time_s = name == "event_time" ? parse_int64(text) : std::nullopt;
  if (time_s && is_possible_time(*time_s)) event.event_time = *time_s;
  if (name == "extra") event.extra = text;
  if (name == "default_country") connection.default_country = text;
  if (name == "connection_currency") connection.currency = text;
  // Settings come through import, which takes UTF-8 alone.
  if (name.find('.') != std::string_view::npos && is_valid_utf8(text))
    connection.settings[std::string(name)] = text;
}

void check_nothing_empty(json::Value value) {
  require(value.exists());
  if (value.is_string()) require(!value.text()->empty() && is_valid_utf8(*value.text()));
  if (value.is_array()) {
    require(!value.items().empty());
    for (const json::Value item : value.items()) check_nothing_empty(item);
  }
  if (value.is_object()) {
    require(!value.members().empty());
    for (const auto& [key, member] : value.members()) check_nothing_empty(member);
  }
}

void check_adapter(const Platform& adapter, const FunnelEvent& event, Connection connection) {
  connection.platform = adapter.platform;
  connection.api = adapter.api;
  connection.adapter = adapter.name;
  connection.destination = "1234567890";
  connection.conversion_action_id = "987654321";
  if (!adapter.check_connection(connection)) return;
  const Phone phone = identity::parse_phone(event.phone, event.country, connection.default_country);
  const Encoding out = adapter.encode(event, phone, connection);
  require(out.conversion.object == adapter.encode(event, phone, connection).conversion.object);
  for (const Warning& warning : out.warnings) require(!warning.field.empty());
  if (!out.refusals.empty()) return;
  const auto object = json::parse(out.conversion.object);
  require(object.has_value() && object->root().is_object());
  check_nothing_empty(object->root());
  const std::array<const Conversion*, 1> conversions = {&out.conversion};
  Credential credential;
  credential.access_token = Secret("placeholder-access-token");
  const HttpRequest request = adapter.build(conversions, connection, adapter.default_endpoint,
                                            credential, Purpose::deliver);
  const auto body = json::parse(request.body);
  require(body.has_value());
  check_nothing_empty(body->root());
  (void)adapter.timing(event, connection, adapter.default_endpoint, 1795400000);
}

}  // namespace
}  // namespace pruuv::platforms

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace pruuv::platforms;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are what a fuzzer gives
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  pruuv::FunnelEvent event;
  event.id = "3f2a9c1e-7b4d-4e8a-9c55-0d6e1f2a3b4c";
  event.event_name = "lead";
  event.event_time = 1795400000;
  pruuv::Connection connection;
  for (const std::string_view line : pruuv::split(input, '\0')) read_line(line, event, connection);
  for (const Platform& adapter : registry()) check_adapter(adapter, event, connection);
  require(look_at_click_ids(event).size() <= 6);
  const auto url = clean_url(event.page_url);
  require(!url || url->url.find('#') == std::string::npos);
  return 0;
}
