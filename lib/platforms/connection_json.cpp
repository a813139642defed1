#include "platforms/connection_json.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "platforms/platform.hpp"

namespace pruuv::platforms {
namespace {

constexpr std::array<std::string_view, 15> common_keys = {"client_id",
                                                          "platform",
                                                          "name",
                                                          "api",
                                                          "conversion_action_id",
                                                          "event_names",
                                                          "conversion_actions",
                                                          "default_country",
                                                          "currency",
                                                          "credential",
                                                          "test_event_code",
                                                          "paused",
                                                          "on_unknown",
                                                          "match",
                                                          "login_customer_id"};

Unexpected refuse(std::string_view key, std::string_view what, std::string hint = {}) {
  return fail(ErrorKind::config, fmt::format("{}: {}", key, what), std::move(hint));
}

Result<std::string> text_member(const json::Value& object, std::string_view key) {
  const json::Value value = object[key];
  if (!value.exists()) return std::string();
  const auto text = value.text();
  if (!text) return refuse(key, "is no text");
  return std::string(trim(*text));
}

Result<std::map<std::string, std::string>> map_member(const json::Value& object,
                                                      std::string_view key) {
  std::map<std::string, std::string> out;
  const json::Value value = object[key];
  if (!value.exists()) return out;
  if (!value.is_object()) return refuse(key, "is no object");
  for (const auto& [name, member] : value.members()) {
    const auto text = member.text();
    if (!text || trim(*text).empty())
      return refuse(fmt::format("{}.{}", key, printable(name)), "is no text");
    out.emplace(std::string(name), std::string(trim(*text)));
  }
  return out;
}

Result<std::vector<std::string>> list_member(const json::Value& object, std::string_view key) {
  std::vector<std::string> out;
  const json::Value value = object[key];
  if (!value.exists()) return out;
  if (!value.is_array()) return refuse(fmt::format("match.{}", key), "is no list");
  for (const json::Value& item : value.items()) {
    const auto text = item.text();
    if (!text || trim(*text).empty())
      return refuse(fmt::format("match.{}", key), "holds something else than texts");
    out.emplace_back(trim(*text));
  }
  return out;
}

bool is_letters(std::string_view text, std::size_t count) {
  return text.size() == count && std::all_of(text.begin(), text.end(), is_ascii_alpha);
}

Result<void> check_keys(const json::Value& object, const Connection& connection,
                        const Platform& adapter) {
  for (const auto& [key, value] : object.members()) {
    const bool common = std::find(common_keys.begin(), common_keys.end(), key) != common_keys.end();
    const bool is_settings = key == connection.platform || key.find('.') != std::string_view::npos;
    if (common || is_settings || key == adapter.destination_key) continue;
    return refuse(printable(key), fmt::format("is no key of a {} connection", connection.platform),
                  fmt::format("there are {}, {}, and the platform's settings",
                              adapter.destination_key, fmt::join(common_keys, ", ")));
  }
  return {};
}

// A setting that no adapter of the platform knows is a typing error; one of the platform's other
// API stays, so that a connection can change its api and back.
Result<void> check_setting(std::string_view name, std::string& value,
                           const Connection& connection) {
  std::string known;
  for (const Platform& adapter : registry()) {
    if (adapter.platform != connection.platform) continue;
    for (const SettingSpec& spec : adapter.settings) {
      if (spec.name != name) {
        // Two APIs of one platform share most of their settings.
        const std::string word = fmt::format("{}{}", known.empty() ? "" : ", ", spec.name);
        if (known.find(spec.name) == std::string::npos) known += word;
        continue;
      }
      if (spec.choices.empty()) return {};
      for (const std::string_view choice : spec.choices) {
        if (!equal_ignoring_ascii_case(value, choice)) continue;
        value = choice;
        return {};
      }
      return refuse(name, "is none of its words",
                    fmt::format("write {}", fmt::join(spec.choices, " or ")));
    }
  }
  return refuse(printable(name),
                fmt::format("is no setting of a {} connection", connection.platform),
                known.empty() ? std::string() : "there are " + known);
}

Result<void> read_settings(const json::Value& object, Connection& connection) {
  PRUUV_TRY_ASSIGN(const auto nested, map_member(object, connection.platform));
  for (const auto& [name, value] : nested)
    connection.settings[connection.platform + "." + name] = value;
  for (const auto& [key, value] : object.members()) {
    if (key.find('.') == std::string_view::npos) continue;
    PRUUV_TRY_ASSIGN(connection.settings[std::string(key)], text_member(object, key));
  }
  std::erase_if(connection.settings, [](const auto& entry) { return entry.second.empty(); });
  for (auto& [name, value] : connection.settings) PRUUV_TRY(check_setting(name, value, connection));
  return {};
}

Result<void> read_choices(const json::Value& object, Connection& connection) {
  const json::Value paused = object["paused"];
  if (paused.exists()) {
    const auto flag = paused.boolean();
    if (!flag) return refuse("paused", "is neither true nor false", "write true or false");
    connection.paused = *flag;
  }
  PRUUV_TRY_ASSIGN(const std::string on_unknown, text_member(object, "on_unknown"));
  if (on_unknown == "hold") {
    connection.on_unknown = OnUnknown::hold;
  } else if (!on_unknown.empty() && on_unknown != "resend") {
    return refuse("on_unknown", "is neither resend nor hold", "write resend or hold");
  }
  const json::Value match = object["match"];
  if (match.exists() && !match.is_object()) return refuse("match", "is no object");
  for (const auto& [key, value] : match.members()) {
    if (key != "event_names" && key != "hosts")
      return refuse(fmt::format("match.{}", printable(key)), "is unknown");
  }
  PRUUV_TRY_ASSIGN(connection.match_event_names, list_member(match, "event_names"));
  PRUUV_TRY_ASSIGN(connection.match_hosts, list_member(match, "hosts"));
  return {};
}

Result<void> read_country_and_currency(const json::Value& object, Connection& connection) {
  PRUUV_TRY_ASSIGN(const std::string country, text_member(object, "default_country"));
  connection.default_country = ascii_upper(country);
  if (connection.default_country == "UK") connection.default_country = "GB";
  if (!country.empty() && !is_letters(country, 2)) {
    return refuse("default_country", "is no ISO 3166-1 code of two letters",
                  "write DE, GB, US ...");
  }
  PRUUV_TRY_ASSIGN(const std::string currency, text_member(object, "currency"));
  connection.currency = ascii_upper(currency);
  if (!currency.empty() && !is_letters(currency, 3)) {
    return refuse("currency", "is no ISO 4217 code of three letters", "write EUR, GBP, USD ...");
  }
  return {};
}

// Members in the order they are written, unless `changes` has another text for them.
class Members {
 public:
  explicit Members(const std::map<std::string, std::string>& changes) : changes_(changes) {
    out_.begin_object();
  }
  void text(const std::string& key, const std::string& value) {
    const auto changed = changes_.find(key);
    out_.member(key, changed == changes_.end() ? value : changed->second);
    if (changed != changes_.end()) changes_.erase(changed);
  }
  // "true" and "false" of the changes are taken for what they say; another word stays one, and is
  // refused when it is read.
  void flag(const std::string& key, bool value) {
    const auto changed = changes_.find(key);
    if (changed == changes_.end()) {
      if (value) out_.member_boolean(key, true);
      return;
    }
    if (changed->second == "true" || changed->second == "false") {
      out_.member_boolean(key, changed->second == "true");
    } else {
      out_.member(key, changed->second);
    }
    changes_.erase(changed);
  }
  void map(std::string_view key, const std::map<std::string, std::string>& texts) {
    if (texts.empty()) return;
    out_.key(key);
    out_.begin_object();
    for (const auto& [name, value] : texts) out_.member(name, value);
    out_.end_object();
  }
  void list(std::string_view key, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    out_.key(key);
    out_.begin_array();
    for (const std::string& one : texts) out_.text(one);
    out_.end_array();
  }
  json::Writer& writer() { return out_; }
  std::string finish() {
    for (const auto& [key, value] : changes_) out_.member(key, value);
    out_.end_object();
    return out_.str();
  }

 private:
  std::map<std::string, std::string> changes_;
  json::Writer out_;
};

}  // namespace

std::string render_connection(const Connection& connection,
                              const std::map<std::string, std::string>& changes) {
  const auto adapter = pick_adapter(connection.platform, connection.api);
  Members out(changes);
  out.text("client_id", connection.client_id);
  out.text("platform", connection.platform);
  out.text("name", connection.name);
  out.text("api", connection.api);
  out.text(adapter ? std::string((*adapter)->destination_key) : "destination",
           connection.destination);
  out.text("conversion_action_id", connection.conversion_action_id);
  out.text("login_customer_id", connection.login_customer_id);
  out.map("event_names", connection.event_names);
  out.map("conversion_actions", connection.conversion_actions);
  out.text("default_country", connection.default_country);
  out.text("currency", connection.currency);
  out.text("credential", connection.credential);
  out.text("test_event_code", connection.test_event_code);
  out.flag("paused", connection.paused);
  out.text("on_unknown", connection.on_unknown == OnUnknown::hold ? "hold" : "");
  if (!connection.match_event_names.empty() || !connection.match_hosts.empty()) {
    out.writer().key("match");
    out.writer().begin_object();
    out.list("event_names", connection.match_event_names);
    out.list("hosts", connection.match_hosts);
    out.writer().end_object();
  }
  for (const auto& [name, value] : connection.settings) out.text(name, value);
  return out.finish();
}

Result<Connection> parse_connection(const json::Value& value) {
  if (!value.is_object()) return fail(ErrorKind::config, "a connection is no JSON object");
  Connection connection;
  PRUUV_TRY_ASSIGN(connection.client_id, text_member(value, "client_id"));
  if (connection.client_id.empty()) return refuse("client_id", "is missing");
  PRUUV_TRY_ASSIGN(connection.platform, text_member(value, "platform"));
  PRUUV_TRY_ASSIGN(connection.api, text_member(value, "api"));
  PRUUV_TRY_ASSIGN(const Platform* adapter, pick_adapter(connection.platform, connection.api));
  connection.api = std::string(adapter->api);
  connection.adapter = std::string(adapter->name);
  PRUUV_TRY(check_keys(value, connection, *adapter));

  PRUUV_TRY_ASSIGN(connection.name, text_member(value, "name"));
  if (connection.name.empty()) connection.name = "default";
  PRUUV_TRY_ASSIGN(connection.destination, text_member(value, adapter->destination_key));
  if (connection.destination.empty()) return refuse(adapter->destination_key, "is missing");
  PRUUV_TRY_ASSIGN(connection.conversion_action_id, text_member(value, "conversion_action_id"));
  PRUUV_TRY_ASSIGN(connection.login_customer_id, text_member(value, "login_customer_id"));
  PRUUV_TRY_ASSIGN(connection.event_names, map_member(value, "event_names"));
  PRUUV_TRY_ASSIGN(connection.conversion_actions, map_member(value, "conversion_actions"));
  PRUUV_TRY_ASSIGN(connection.credential, text_member(value, "credential"));
  if (connection.credential.empty()) {
    return refuse("credential", "is missing", "write a reference such as env:NAME or file:/path");
  }
  PRUUV_TRY_ASSIGN(connection.test_event_code, text_member(value, "test_event_code"));
  PRUUV_TRY(read_country_and_currency(value, connection));
  PRUUV_TRY(read_choices(value, connection));
  PRUUV_TRY(read_settings(value, connection));
  PRUUV_TRY(adapter->check_connection(connection));
  return connection;
}

std::vector<std::string> connection_keys(std::string_view platform) {
  std::vector<std::string> keys(common_keys.begin(), common_keys.end());
  const auto add = [&](std::string_view key) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.emplace_back(key);
  };
  for (const Platform& adapter : registry()) {
    if (adapter.platform != platform) continue;
    add(adapter.destination_key);
    for (const SettingSpec& spec : adapter.settings) add(spec.name);
  }
  return keys;
}

}  // namespace pruuv::platforms
