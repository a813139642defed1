#include "store/connection_settings.hpp"

#include <map>
#include <vector>

#include "base/json.hpp"

namespace pruuv::store {
namespace {

using Texts = std::map<std::string, std::string>;

void write_texts(json::Writer& out, std::string_view name, const Texts& texts) {
  if (texts.empty()) return;
  out.key(name);
  out.begin_object();
  for (const auto& [key, value] : texts) {
    out.key(key);
    out.text(value);
  }
  out.end_object();
}

void write_list(json::Writer& out, std::string_view name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out.key(name);
  out.begin_array();
  for (const std::string& text : texts) out.text(text);
  out.end_array();
}

std::string read_text(const json::Value& value) { return std::string(value.text().value_or("")); }

Texts read_texts(const json::Value& value) {
  Texts texts;
  for (const auto& [key, text] : value.members()) texts[std::string(key)] = read_text(text);
  return texts;
}

std::vector<std::string> read_list(const json::Value& value) {
  std::vector<std::string> texts;
  for (const json::Value& text : value.items()) texts.push_back(read_text(text));
  return texts;
}

}  // namespace

std::string render_settings(const Connection& connection) {
  json::Writer out;
  out.begin_object();
  out.member("conversion_action_id", connection.conversion_action_id);
  out.member("login_customer_id", connection.login_customer_id);
  write_texts(out, "event_names", connection.event_names);
  write_texts(out, "conversion_actions", connection.conversion_actions);
  out.member("default_country", connection.default_country);
  out.member("currency", connection.currency);
  out.member("credential", connection.credential);
  out.member("test_event_code", connection.test_event_code);
  write_texts(out, "settings", connection.settings);
  write_list(out, "match_event_names", connection.match_event_names);
  write_list(out, "match_hosts", connection.match_hosts);
  out.member("on_unknown", connection.on_unknown == OnUnknown::hold ? "hold" : "resend");
  out.end_object();
  return out.str();
}

Result<void> parse_settings(std::string_view json, Connection& connection) {
  auto document = json::parse(json);
  if (!document) return fail(ErrorKind::store_content, document.error().message);
  const json::Value root = document->root();
  if (!root.is_object()) return fail(ErrorKind::store_content, "parse JSON: it is no object");
  connection.conversion_action_id = read_text(root["conversion_action_id"]);
  connection.login_customer_id = read_text(root["login_customer_id"]);
  connection.event_names = read_texts(root["event_names"]);
  connection.conversion_actions = read_texts(root["conversion_actions"]);
  connection.default_country = read_text(root["default_country"]);
  connection.currency = read_text(root["currency"]);
  connection.credential = read_text(root["credential"]);
  connection.test_event_code = read_text(root["test_event_code"]);
  connection.settings = read_texts(root["settings"]);
  connection.match_event_names = read_list(root["match_event_names"]);
  connection.match_hosts = read_list(root["match_hosts"]);
  connection.on_unknown =
      read_text(root["on_unknown"]) == "hold" ? OnUnknown::hold : OnUnknown::resend;
  return {};
}

}  // namespace pruuv::store
