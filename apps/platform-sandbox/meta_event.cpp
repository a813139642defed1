#include "meta_event.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "meta_errors.hpp"
#include "meta_keys.hpp"
#include "times.hpp"

namespace sandbox::meta {
namespace {

constexpr std::int64_t website_window = 7 * seconds_per_day;
constexpr std::int64_t store_window = 62 * seconds_per_day;
constexpr std::string_view physical_store = "physical_store";

/// `fb.<subdomain index>.<13 digits>.<click or browser id>`, and perhaps the appendix of the
/// parameter builder (Parameters > fbp and fbc).
bool is_browser_cookie(std::string_view text) {
  std::array<std::string_view, 5> parts{};
  std::size_t count = 0;
  while (true) {
    if (count == parts.size()) return false;
    const std::size_t dot = text.find('.');
    parts[count++] = text.substr(0, dot);
    if (dot == std::string_view::npos) break;
    text.remove_prefix(dot + 1);
  }
  const bool appendix_good =
      count == 4 ||
      (count == 5 && (parts[4].size() == 2 || parts[4].size() == 8) && is_base64url(parts[4]));
  return appendix_good && parts[0] == "fb" && is_digits(parts[1], 1, 2) &&
         is_digits(parts[2], 13, 13) && is_base64url(parts[3]);
}

/// True when the keys are a subset of a set Meta calls too broad (Best practices).
bool is_too_broad(const Json& user_data) {
  constexpr std::string_view place[] = {"ct", "country", "st", "zp", "ge", "client_user_agent"};
  constexpr std::string_view birth[] = {"db", "client_user_agent"};
  constexpr std::string_view first_name[] = {"fn", "ge"};
  constexpr std::string_view last_name[] = {"ln", "ge"};
  for (const Choices set :
       {Choices(place), Choices(birth), Choices(first_name), Choices(last_name)}) {
    const bool within = std::all_of(
        user_data.MemberBegin(), user_data.MemberEnd(), [&](const Json::Member& member) {
          return std::find(set.begin(), set.end(), text_of(member.name)) != set.end();
        });
    if (within) return true;
  }
  return false;
}

std::optional<Violation> check_time(const Json& event, const Conditions& conditions) {
  const std::int64_t time = find(event, "event_time")->GetInt64();
  const bool in_store = find_text(event, "action_source") == physical_store;
  if (time > conditions.now + clock_tolerance) {
    return violation(event_in_future, {"event_time"},
                     "The timestamp for this event is in the future.");
  }
  if (conditions.now - time > (in_store ? store_window : website_window)) {
    return violation(event_too_old, {"event_time"},
                     "The timestamp for this event is too far in the past. Events need to be sent "
                     "from your server within 7 days of when they happened.");
  }
  return std::nullopt;
}

std::optional<Violation> check_user_data(const Json& user_data) {
  if (const auto fbc = find_text(user_data, "fbc"); !fbc.empty() && !is_browser_cookie(fbc)) {
    return violation(bad_click_id, {"user_data", "fbc"}, "The click ID is not of the form fbc.");
  }
  if (const auto fbp = find_text(user_data, "fbp"); !fbp.empty() && !is_browser_cookie(fbp)) {
    return violation(parameter_error, {"user_data", "fbp"}, "Not a valid browser ID.");
  }
  if (std::string_view address = find_text(user_data, "client_ip_address"); !address.empty()) {
    // Addresses captured with the parameter builder carry an appendix of 8 characters.
    const std::size_t dot = address.rfind('.');
    const bool appended = dot != std::string_view::npos && address.size() - dot == 9;
    if (!is_ip_address(address) && !(appended && is_ip_address(address.substr(0, dot)))) {
      return violation(parameter_error, {"user_data", "client_ip_address"},
                       "Not a valid IP address.");
    }
  }
  if (const Json* lead = find(user_data, "lead_id");
      lead != nullptr && !is_digits(std::to_string(lead->GetInt64()), 15, 17)) {
    return violation(bad_lead_id, {"user_data", "lead_id"}, "Not a valid lead ID.");
  }
  if (is_too_broad(user_data)) {
    return violation(user_data_too_broad, {"user_data"},
                     "This event doesn't have enough customer information parameters.");
  }
  return std::nullopt;
}

std::optional<Violation> check_purchase(const Json& event, const Json* value,
                                        std::string_view currency) {
  const bool purchase = find_text(event, "event_name") == "Purchase";
  if (purchase && value == nullptr) {
    return violation(purchase_without_value, {"custom_data", "value"},
                     "The purchase event has no value.");
  }
  if (value != nullptr && currency.empty()) {
    return violation(purchase ? purchase_without_currency : value_without_currency,
                     {"custom_data", "currency"}, "The value has no currency.");
  }
  // Meta keeps a list of its own: the valid ISO code MRU is refused.
  if (!currency.empty() && (!is_currency_code(currency, true) || currency == "MRU")) {
    return violation(currency_not_accepted, {"custom_data", "currency"},
                     "The currency is not accepted.");
  }
  return std::nullopt;
}

/// Custom data that belongs to one standard event (Parameters > Custom data).
std::optional<Violation> check_event_details(const Json& event, const Json& data) {
  constexpr std::pair<std::string_view, std::string_view> owners[] = {
      {"num_items", "InitiateCheckout"},
      {"search_string", "Search"},
      {"status", "CompleteRegistration"}};
  for (const auto& [key, owner] : owners) {
    if (find(data, key) == nullptr || find_text(event, "event_name") == owner) continue;
    return violation(parameter_error, {"custom_data", key}, "Not a parameter of this event.");
  }
  const bool is_crm = find(data, "event_source") != nullptr;
  if (is_crm && find_text(event, "action_source") != "system_generated") {
    return violation(parameter_error, {"custom_data", "event_source"},
                     "A CRM's events are system_generated.");
  }
  return std::nullopt;
}

/// Data processing options: country and state stand beside the option, and are of its table.
std::optional<Violation> check_processing_options(const Json& event) {
  const Json* const options = find(event, "data_processing_options");
  const Json* const country = find(event, "data_processing_options_country");
  const Json* const state = find(event, "data_processing_options_state");
  if (options == nullptr && country == nullptr && state == nullptr) return std::nullopt;
  const auto wrong = [](std::string_view key) {
    return violation(parameter_error, {key}, "Not a data processing option.");
  };
  if (options == nullptr) return wrong("data_processing_options");
  const bool known = std::all_of(options->Begin(), options->End(),
                                 [](const Json& option) { return text_of(option) == "LDU"; });
  if (!known) return wrong("data_processing_options");
  const std::int64_t country_code = country == nullptr ? 0 : country->GetInt64();
  const std::int64_t state_code = state == nullptr ? 0 : state->GetInt64();
  if (country_code > 1) return wrong("data_processing_options_country");
  const bool is_state = state_code >= 1000 && state_code <= 1013;
  if (state_code != 0 && (!is_state || country_code != 1))
    return wrong("data_processing_options_state");
  if (country != nullptr && state == nullptr) return wrong("data_processing_options_state");
  return std::nullopt;
}

std::optional<Violation> check_custom_data(const Json& event) {
  static const Json nothing(rapidjson::kObjectType);
  const Json* given = find(event, "custom_data");
  const Json& data = given != nullptr ? *given : nothing;
  if (auto bad = check_purchase(event, find(data, "value"), find_text(data, "currency"))) {
    return bad;
  }
  if (const Json* contents = find(data, "contents")) {
    for (const Json& item : contents->GetArray()) {
      if (find(item, "id") != nullptr) continue;
      return violation(content_without_id, {"custom_data", "contents"},
                       "An item of contents has no id.");
    }
  }
  if (auto bad = check_event_details(event, data)) return bad;
  // Offline events are deduplicated by order_id alone (Offline events).
  if (find_text(event, "action_source") == physical_store && find(data, "order_id") == nullptr) {
    return violation(parameter_error, {"custom_data", "order_id"},
                     "A physical_store event needs an order_id.");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violation> check_event(const Json& event, const Conditions& conditions) {
  if (auto bad = check_shape(event, event_fields)) {
    bad->code = parameter_error;
    if (bad->problem == Problem::empty && dotted(bad->path) == "user_data") {
      bad->code = user_data_too_broad;
      bad->named = false;
    }
    return bad;
  }
  if (auto bad = check_time(event, conditions)) return bad;
  if (auto bad = check_user_data(*find(event, "user_data"))) return bad;
  if (auto bad = check_custom_data(event)) return bad;
  if (auto bad = check_processing_options(event)) return bad;
  return ordered_violation(conditions, find_text(event, "event_id"), invalid_parameter, false);
}

}  // namespace sandbox::meta
