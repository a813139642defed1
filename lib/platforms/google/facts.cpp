#include "platforms/google/facts.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "identity/identity.hpp"
#include "platforms/consent.hpp"
#include "platforms/fields.hpp"
#include "platforms/google/account.hpp"
#include "platforms/google/settings.hpp"
#include "platforms/money.hpp"

namespace pruuv::platforms::google {
namespace {

constexpr std::size_t postal_code_max = 16;

// An amount in a currency that cannot be named must not be counted in another one.
void read_value(const FunnelEvent& event, const Connection& connection, Facts& facts,
                std::vector<Warning>& warnings) {
  const Money money = read_money(event, connection);
  if (money.value_is == Stated::invalid) warnings.push_back({"value", Reason::value_left_out});
  if (money.value_is != Stated::given) return;
  if (money.currency_is == Stated::invalid) {
    warnings.push_back({"currency", Reason::currency_left_out});
    return;
  }
  facts.value = money.value;
  facts.currency = money.currency;
}

// The postal code goes in the clear, and one that the server takes for none refuses the whole
// request.
bool is_postal_code(std::string_view text) {
  if (text.empty() || text.size() > postal_code_max) return false;
  for (const char c : text) {
    if (!is_ascii_digit(c) && !is_ascii_alpha(c) && c != ' ' && c != '-') return false;
  }
  return std::ranges::any_of(text, is_ascii_digit);  // else it is a name in the wrong field
}

std::optional<Address> read_address(const FunnelEvent& event, std::vector<Warning>& warnings) {
  if (trim(event.country).empty()) return std::nullopt;
  const auto country = identity::normalize_country(event.country);
  if (!country) {
    warnings.push_back({"country", Reason::country_invalid});
    return std::nullopt;
  }
  Address out;
  out.given_name_sha256 =
      hashed_field(event.first_name, "first_name", identity::normalize_given_name_google,
                   Reason::none, warnings);
  out.family_name_sha256 = hashed_field(
      event.last_name, "last_name", identity::normalize_family_name_google, Reason::none, warnings);
  out.region_code = ascii_upper(*country);
  out.postal_code = identity::normalize_postal_code_google(event.zip).value_or("");
  const bool is_whole = !out.given_name_sha256.empty() && !out.family_name_sha256.empty() &&
                        is_postal_code(out.postal_code);
  if (!is_whole) return std::nullopt;
  return out;
}

UserData read_user_data(const FunnelEvent& event, const Phone& phone, Api api,
                        std::vector<Warning>& warnings) {
  UserData out;
  out.email_sha256 = hashed_email(event, identity::EmailRule::google, warnings);
  out.phone_sha256 = identity::hash_phone_with_plus(phone);
  warn_of_phone(event, phone, warnings);
  if (api == Api::data_manager) out.address = read_address(event, warnings);
  return out;
}

void leave_out_identifiers(Facts& facts, std::vector<Warning>& warnings) {
  Extras& extras = facts.extras;
  const bool has_any = !facts.user.empty() || !extras.session_attributes.empty() ||
                       !extras.ip.empty() || !extras.user_agent.empty();
  if (!has_any) return;
  warnings.push_back({"consent_ad_user_data", Reason::consent_denied_identifiers});
  facts.user = {};
  extras.session_attributes.clear();
  extras.ip.clear();
  extras.user_agent.clear();
}

void leave_out_beside_braid(Facts& facts, std::vector<Warning>& warnings) {
  if (!facts.user.empty()) {
    warnings.push_back({facts.click.field, Reason::identifiers_beside_braid});
    facts.user = {};
  }
  if (!facts.extras.custom_variables.empty()) {
    warnings.push_back({"custom_variables", Reason::beside_braid_left_out});
    facts.extras.custom_variables.clear();
  }
  if (facts.extras.cart) {
    warnings.push_back({"contents", Reason::beside_braid_left_out});
    facts.extras.cart.reset();
  }
}

}  // namespace

Facts read_facts(const FunnelEvent& event, const Phone& phone, const Connection& connection,
                 Api api, Encoding& encoding) {
  Facts facts;
  Conversion& conversion = encoding.conversion;
  conversion.event_seq = event.seq;
  conversion.event_id = event.id;

  const bool is_stopped = is_stopped_by_consent(event, connection, denied_consent_setting);
  if (is_stopped) {
    encoding.refusals.push_back(Reason::consent_denied);
  }
  facts.conversion_action = conversion_action(event, connection);
  if (facts.conversion_action.empty()) encoding.refusals.push_back(Reason::no_conversion_action);
  conversion.batch_key = facts.conversion_action;
  conversion.dedup_scope = connection.destination + "/" + facts.conversion_action;

  if (auto click = pick_click_id(event, encoding.warnings)) {
    facts.click = std::move(*click);
    // Google takes the same click at the same second for one conversion, whatever the order id.
    conversion.exclusive_key = facts.click.value + "@" + std::to_string(event.event_time);
  } else {
    encoding.refusals.push_back(claims(event) ? Reason::click_id_malformed : Reason::no_click_id);
  }
  if (is_click_timestamp_invalid(event)) {
    encoding.warnings.push_back({"click_timestamp", Reason::click_timestamp_invalid});
  }

  read_value(event, connection, facts, encoding.warnings);
  facts.user = read_user_data(event, phone, api, encoding.warnings);
  facts.extras = read_extras(event, connection, api, encoding.warnings);
  if (!is_stopped && consent(event.consent_ad_user_data) == Consent::denied) {
    leave_out_identifiers(facts, encoding.warnings);
  }
  if (facts.click.is_braid()) leave_out_beside_braid(facts, encoding.warnings);
  return facts;
}

}  // namespace pruuv::platforms::google
