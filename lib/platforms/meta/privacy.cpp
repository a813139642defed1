#include "platforms/meta/privacy.hpp"

#include "base/text.hpp"

namespace pruuv::platforms::meta {
namespace {

constexpr std::string_view country_key = "data_processing_options_country";
constexpr std::string_view state_key = "data_processing_options_state";
constexpr std::int64_t united_states = 1;

// California is the first of the page's table, Rhode Island the last.
bool is_state(std::int64_t state) { return state == 0 || (state >= 1000 && state <= 1013); }

void read_place(Privacy& privacy, const Details& details, std::vector<Warning>& warnings) {
  const auto country = details.integer(country_key, 0, united_states, warnings);
  const auto state = details.integer(state_key, 0, 1013, warnings);
  const bool is_foreign_state = country == 0 && state.value_or(0) != 0;
  if (is_foreign_state || !is_state(state.value_or(0))) {
    warnings.push_back({state_key, Reason::detail_left_out});
    privacy.country = country.value_or(0);
    return;
  }
  privacy.state = state.value_or(0);
  privacy.country = country.value_or(privacy.state != 0 ? united_states : 0);
}

// A word that is neither yes nor no may have been meant as yes.
void warn_of_opt_out(const Details& details, std::vector<Warning>& warnings) {
  constexpr std::string_view key = "opt_out";
  const json::Value value = details[key];
  if (!value.exists() || value.boolean() || details.flag(key)) return;
  const std::string_view word = trim(value.text().value_or("?"));
  const bool is_no = word.empty() || word == "0" || equal_ignoring_ascii_case(word, "false") ||
                     equal_ignoring_ascii_case(word, "no");
  if (!is_no) warnings.push_back({key, Reason::detail_left_out});
}

}  // namespace

Privacy read_privacy(const FunnelEvent& event, const Details& details,
                     std::vector<Warning>& warnings) {
  Privacy privacy;
  privacy.opt_out =
      details.flag("opt_out") || consent(event.consent_ad_user_data) == Consent::denied;
  warn_of_opt_out(details, warnings);
  privacy.is_limited = is_limited_data_use(event);
  if (privacy.is_limited) read_place(privacy, details, warnings);
  return privacy;
}

void write_privacy(json::Writer& out, const Privacy& privacy) {
  if (privacy.opt_out) out.member_boolean("opt_out", true);
  if (!privacy.is_limited) return;
  out.key("data_processing_options");
  out.begin_array();
  out.text("LDU");
  out.end_array();
  out.member_integer(country_key, privacy.country);
  out.member_integer(state_key, privacy.state);
}

}  // namespace pruuv::platforms::meta
