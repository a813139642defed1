#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pruuv {

// Why an event does not go, not yet, or goes without a field. The numbers are in the store: never
// change or reuse one; add at the end of a group.
enum class Reason : std::uint8_t {
  none = 0,
  routed = 1,
  confirmed = 2,

  // skipped: never becomes a delivery
  no_connection = 10,
  no_click_id = 11,
  unknown_client = 12,
  not_matched = 13,
  before_connection = 14,
  event_in_future = 15,
  no_conversion_action = 16,
  value_missing = 17,
  value_invalid = 18,
  currency_missing = 19,
  currency_invalid = 20,
  user_data_insufficient = 21,
  page_url_missing = 22,
  consent_denied = 23,
  event_name_invalid = 24,
  click_id_malformed = 26,

  // expired: too old before it could go
  too_old = 40,

  // waiting
  young_click = 50,
  not_yet = 51,
  asked_by_platform = 52,
  known_failure = 53,
  unknown_outcome = 54,
  refused_with_others = 55,
  not_planned = 56,
  secrets_unavailable = 57,

  // held: the connection is at fault, or a person must decide
  paused = 60,
  credential_missing = 61,
  credential_refused = 62,
  permission_missing = 63,
  connection_misconfigured = 64,
  api_version_dead = 65,
  throttled = 66,
  dedup_window_over = 67,
  changed_after_unknown = 68,
  restored_copy = 69,
  unknown_outcome_held = 70,
  probe_pending = 71,
  crashed_runs = 72,

  // rejected
  rejected_by_platform = 80,
  given_up = 81,
  click_of_another_account = 82,
  refused_afterwards = 83,

  // a field is left out, the event goes on
  email_invalid = 100,
  phone_invalid = 101,
  phone_without_country = 102,
  fbc_malformed = 103,
  fbc_too_old = 104,
  fbc_after_event = 105,
  ip_invalid = 106,
  value_left_out = 107,
  currency_left_out = 108,
  ttclid_too_long = 109,
  user_agent_missing = 110,
  page_url_absent = 111,
  identifiers_beside_braid = 112,
  several_google_click_ids = 113,
  country_invalid = 114,
  action_source_invalid = 115,
  text_not_utf8 = 116,
  consent_denied_identifiers = 117,
  url_parameters_dropped = 118,
  fbp_malformed = 119,
  click_timestamp_invalid = 120,
  detail_left_out = 121,
  beside_braid_left_out = 122,
  click_id_lower_cased = 123,
  click_id_cut_off = 124,
  click_id_url_encoded = 125,
  click_id_of_another_platform = 126,
  click_id_placeholder = 127,
  personal_data_left_out = 128,
};

enum class ReasonClass { routed, skipped, expired, waiting, held, rejected, warning };

struct ReasonText {
  Reason reason;
  std::string_view code;    // stable word for SQL, JSON and the audit log
  std::string_view words;   // one plain sentence for account staff
  std::string_view advice;  // what a person can do; empty where nothing
};

[[nodiscard]] ReasonClass class_of(Reason reason);
[[nodiscard]] const ReasonText& text_of(Reason reason);
[[nodiscard]] inline std::string_view code_of(Reason reason) { return text_of(reason).code; }
[[nodiscard]] std::optional<Reason> reason_of_number(std::int64_t number);

}  // namespace pruuv
