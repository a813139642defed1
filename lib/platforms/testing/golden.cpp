#include "platforms/testing/golden.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/json.hpp"
#include "identity/identity.hpp"

namespace pruuv::platforms::testing {
namespace {

json::Document parsed(std::string_view json) {
  auto document = json::parse(json, json::Numbers::as_text);
  if (!document) throw std::runtime_error(document.error().message);
  return std::move(document).value();
}

std::string as_text(json::Value value) {
  if (const auto text = value.text()) return std::string(*text);
  if (const auto truth = value.boolean()) return *truth ? "true" : "false";
  throw std::runtime_error("test data: neither text nor number nor boolean: " + value.dump());
}

std::map<std::string, std::string> as_map(json::Value object) {
  std::map<std::string, std::string> out;
  for (const auto& [key, value] : object.members()) out.emplace(key, as_text(value));
  return out;
}

std::string* place_of(Connection& connection, std::string_view key, const Platform& platform) {
  if (key == platform.destination_key) return &connection.destination;
  if (key == "client_id") return &connection.client_id;
  if (key == "name") return &connection.name;
  if (key == "conversion_action_id") return &connection.conversion_action_id;
  if (key == "login_customer_id") return &connection.login_customer_id;
  if (key == "default_country") return &connection.default_country;
  if (key == "currency") return &connection.currency;
  if (key == "test_event_code") return &connection.test_event_code;
  return nullptr;
}

void write_strings(json::Writer& out, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out.key(key);
  out.begin_array();
  for (const std::string& text : texts) out.text(text);
  out.end_array();
}

void write_request(json::Writer& out, const HttpRequest& request) {
  out.member("method", request.method);
  out.member("url", request.url);
  out.key("headers");
  out.begin_object();
  for (const HttpHeader& header : request.headers) {
    const auto* const plain = std::get_if<std::string>(&header.value);
    out.member(header.name, plain != nullptr ? std::string_view(*plain) : std::string_view("***"));
  }
  out.end_object();
  out.key("body");
  if (request.body.empty() && !request.secret_body.empty()) {
    out.text("***");
  } else if (json::parse(request.body)) {
    out.raw(request.body);
  } else {
    out.text(request.body);
  }
  if (!request.body.empty() && !request.secret_body.empty()) out.member("secret_body", "***");
}

std::string render_case(const Platform& platform, const FunnelEvent& event,
                        const Connection& connection) {
  const Encoding encoding = platform.encode(event, phone_of(event, connection), connection);
  std::vector<std::string> refusals;
  for (const Reason reason : encoding.refusals) refusals.emplace_back(code_of(reason));
  std::vector<std::string> warnings;
  for (const Warning& warning : encoding.warnings) {
    warnings.push_back(std::string(warning.field) + ": " + std::string(code_of(warning.reason)));
  }
  json::Writer out;
  out.begin_object();
  write_strings(out, "refusals", refusals);
  write_strings(out, "warnings", warnings);
  if (refusals.empty()) {
    const std::array<const Conversion*, 1> conversions = {&encoding.conversion};
    write_request(out, platform.build(conversions, connection, platform.default_endpoint,
                                      placeholder_credential(), Purpose::deliver));
  }
  out.end_object();
  return json::pretty(out.view()) + "\n";
}

std::vector<std::string> names_in(const std::string& folder, bool folders) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(testdata_path(folder))) {
    if (folders && entry.is_directory()) names.push_back(entry.path().filename().string());
    if (!folders && entry.path().extension() == ".json")
      names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

FunnelEvent event_from_json(std::string_view json) {
  const json::Document document = parsed(json);
  FunnelEvent event;
  event.seq = 1;
  for (const auto& [key, value] : document.root().members()) {
    const auto field = std::ranges::find(event_fields, key, &EventField::name);
    if (field != event_fields.end()) {
      event.*(field->text) = as_text(value);
    } else if (key == "id") {
      event.id = as_text(value);
    } else if (key == "client_id") {
      event.client_id = as_text(value);
    } else if (key == "event_name") {
      event.event_name = as_text(value);
    } else if (key == "event_time") {
      event.event_time = value.integer().value_or(0);
    } else if (key == "extra") {
      // Numbers come as texts with their digits, which Details reads alike.
      event.extra = value.is_object() ? value.dump() : as_text(value);
    } else {
      throw std::runtime_error("test data: an event has no field " + std::string(key));
    }
  }
  return event;
}

Connection connection_from_json(std::string_view json, const Platform& platform) {
  const json::Document document = parsed(json);
  Connection connection;
  connection.platform = platform.platform;
  connection.api = platform.api;
  connection.adapter = platform.name;
  for (const auto& [key, value] : document.root().members()) {
    if (std::string* const place = place_of(connection, key, platform)) {
      *place = as_text(value);
    } else if (key == "settings") {
      connection.settings = as_map(value);
    } else if (key == "event_names") {
      connection.event_names = as_map(value);
    } else if (key == "conversion_actions") {
      connection.conversion_actions = as_map(value);
    } else {
      throw std::runtime_error("test data: a connection has no field " + std::string(key));
    }
  }
  const auto checked = platform.check_connection(connection);
  if (!checked) throw std::runtime_error("test data: " + checked.error().message);
  return connection;
}

Credential placeholder_credential() {
  Credential credential;
  credential.access_token = Secret("placeholder-access-token");
  credential.client_id = Secret("placeholder-client-id");
  credential.client_secret = Secret("placeholder-client-secret");
  credential.refresh_token = Secret("placeholder-refresh-token");
  return credential;
}

Phone phone_of(const FunnelEvent& event, const Connection& connection) {
  return identity::parse_phone(event.phone, event.country, connection.default_country);
}

std::string render_request(const HttpRequest& request) {
  json::Writer out;
  out.begin_object();
  write_request(out, request);
  out.end_object();
  return json::pretty(out.view()) + "\n";
}

std::vector<std::string> folders_in(const std::string& folder) { return names_in(folder, true); }
std::vector<std::string> json_files_in(const std::string& folder) {
  return names_in(folder, false);
}

void check_golden_requests(const Platform& platform, const std::string& folder,
                           std::size_t at_least) {
  const auto cases = folders_in("golden/" + folder);
  CHECK(cases.size() >= at_least);
  for (const std::string& name : cases) {
    const std::string path = "golden/" + folder + "/" + name + "/";
    INFO(path);
    const FunnelEvent event = event_from_json(read_testdata(path + "event.json"));
    const Connection connection =
        connection_from_json(read_testdata(path + "connection.json"), platform);
    CHECK(matches_golden(path + "request.json", render_case(platform, event, connection)));
  }
}

}  // namespace pruuv::platforms::testing
