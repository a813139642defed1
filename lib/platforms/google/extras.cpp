#include "platforms/google/extras.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "identity/identity.hpp"
#include "platforms/fields.hpp"
#include "platforms/google/settings.hpp"
#include "platforms/personal_data.hpp"

namespace pruuv::platforms::google {
namespace {

constexpr std::size_t session_attributes_size_max = 8192;
constexpr std::size_t custom_variables_max = 50;
constexpr std::size_t custom_variable_letters_max = 100;
constexpr std::size_t phone_digits_min = 7;

constexpr std::array<std::string_view, 3> customer_types = {"NEW", "RETURNING", "REENGAGED"};

// Countries whose visitors' addresses Google does not want: the EEA with the territories that have
// a code of their own, the UK with its islands, Switzerland.
// developers.google.com/data-manager/api/devguides/events/google-ads/offline
constexpr std::string_view no_ip_countries =
    "at be bg cy cz de dk ee es fi fr gr hr hu ie it lt lu lv mt nl pl pt ro se si sk is li no "
    "ax gf gp mf mq re yt sj gb gg gi im je ch";

void leave_out(std::string_view key, std::vector<Warning>& warnings) {
  const bool is_said = std::ranges::any_of(warnings, [&](const Warning& warning) {
    return warning.field == key && warning.reason == Reason::detail_left_out;
  });
  if (!is_said) warnings.push_back({key, Reason::detail_left_out});
}

bool is_base64(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return is_ascii_alpha(c) || is_ascii_digit(c) ||
           std::string_view("+/-_=").find(c) != std::string_view::npos;
  });
}

std::string read_session_attributes(const Details& details, const Connection& connection, Api api,
                                    std::vector<Warning>& warnings) {
  if (api == Api::google_ads && setting(connection, session_attributes_setting) != "send") {
    return {};
  }
  std::string text = details.text("session_attributes", warnings);
  if (text.size() <= session_attributes_size_max && is_base64(text)) return text;
  leave_out("session_attributes", warnings);
  return {};
}

std::string read_customer_type(const Details& details, Api api, std::vector<Warning>& warnings) {
  std::span<const std::string_view> known = customer_types;
  if (api == Api::google_ads) known = known.first(2);
  return details.choice("customer_type", known, warnings);
}

std::string digits_of(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), is_ascii_digit);
  return out;
}

// "+44 20 7031 3000": with the plus in front nothing else looks so.
bool is_international_phone(std::string_view value) {
  const bool fits = std::ranges::all_of(value, [](char c) {
    return is_ascii_digit(c) || std::string_view("+-. ()/").find(c) != std::string_view::npos;
  });
  return fits && value.starts_with('+') && digits_of(value).size() >= phone_digits_min;
}

// An e-mail address, a phone number, or one of the person's other fields word by word.
bool is_personal(std::string_view value, const FunnelEvent& event) {
  if (value.find('@') != std::string_view::npos || is_international_phone(value)) return true;
  if (Person(event).is_named_in(value)) return true;
  const std::string phone = digits_of(event.phone);
  if (phone.size() >= phone_digits_min && digits_of(value).find(phone) != std::string::npos) {
    return true;
  }
  for (const std::string FunnelEvent::*field :
       {&FunnelEvent::phone, &FunnelEvent::first_name, &FunnelEvent::last_name,
        &FunnelEvent::external_id, &FunnelEvent::ip}) {
    const std::string_view text = trim(event.*field);
    if (!text.empty() && equal_ignoring_ascii_case(text, value)) return true;
  }
  return false;
}

bool is_short(std::string_view text) {
  const auto letters = std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  return static_cast<std::size_t>(letters) <= custom_variable_letters_max;
}

// Whether nothing in it is a control character, which no name or value of a variable has.
bool is_line(std::string_view text) {
  return std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == '\x7f'; });
}

bool can_be_sent(std::string_view text) {
  return !text.empty() && is_valid_utf8(text) && is_short(text) && is_line(text);
}

std::vector<CustomVariable> read_custom_variables(const FunnelEvent& event, const Details& details,
                                                  const Connection& connection, Api api,
                                                  std::vector<Warning>& warnings) {
  constexpr std::string_view key = "custom_variables";
  const json::Value value = details[key];
  std::vector<CustomVariable> out;
  if (!value.exists()) return out;
  if (!value.is_object()) leave_out(key, warnings);
  const auto ids = custom_variable_ids(connection);
  for (const auto& [raw_name, member] : value.members()) {
    if (!member.exists()) continue;
    CustomVariable variable{
        std::string(trim(raw_name)), {}, std::string(trim(member.text().value_or("")))};
    if (member.text() && variable.value.empty()) continue;  // not stated
    const bool is_twice = std::ranges::find(out, variable.name, &CustomVariable::name) != out.end();
    const auto id = ids.find(variable.name);
    if (id != ids.end()) variable.id = id->second;
    const bool fits = can_be_sent(variable.name) && can_be_sent(variable.value) && !is_twice &&
                      !is_personal(variable.value, event) && !is_personal(variable.name, event) &&
                      (api == Api::data_manager || !variable.id.empty()) &&
                      out.size() < custom_variables_max;
    if (fits) {
      out.push_back(std::move(variable));
    } else {
      leave_out(key, warnings);
    }
  }
  return out;
}

std::optional<Cart> read_cart(const FunnelEvent& event, const Details& details,
                              const Connection& connection, std::vector<Warning>& warnings) {
  constexpr std::string_view key = "contents";
  Cart out;
  out.merchant_id = setting(connection, merchant_id_setting);
  if (out.merchant_id.empty()) return std::nullopt;
  out.feed_country = setting(connection, feed_country_setting);
  out.feed_language = setting(connection, feed_language_setting);
  for (ContentItem& item : details.contents(warnings)) {
    // To Google an absent number is a zero: an item that costs nothing, or was not sold.
    if (item.price.empty() || is_personal(item.id, event)) {
      leave_out(key, warnings);
      continue;
    }
    if (item.quantity.empty()) item.quantity = "1";
    out.items.push_back(std::move(item));
  }
  if (out.items.empty()) return std::nullopt;
  return out;
}

bool may_send_ip(const FunnelEvent& event, const Connection& connection) {
  if (setting(connection, ip_setting) != "outside_eea") return false;
  const auto country = identity::normalize_country(event.country);
  return country && no_ip_countries.find(*country) == std::string_view::npos;
}

}  // namespace

Extras read_extras(const FunnelEvent& event, const Connection& connection, Api api,
                   std::vector<Warning>& warnings) {
  const Details details(event);
  Extras out;
  out.session_attributes = read_session_attributes(details, connection, api, warnings);
  out.customer_type = read_customer_type(details, api, warnings);
  out.custom_variables = read_custom_variables(event, details, connection, api, warnings);
  out.cart = read_cart(event, details, connection, warnings);
  if (api == Api::data_manager && may_send_ip(event, connection)) {
    out.ip = sendable_ip(event, warnings);
    out.user_agent = sendable_plain_text(event.user_agent, "user_agent", Person(event), warnings);
  }
  return out;
}

}  // namespace pruuv::platforms::google
