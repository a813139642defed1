#include "model/reason.hpp"

#include <array>

namespace pruuv {
namespace {

constexpr std::array texts = {
    ReasonText{Reason::none, "none", "no reason given", ""},
    ReasonText{Reason::routed, "routed", "goes to this platform", ""},
    ReasonText{Reason::confirmed, "confirmed", "the platform says that it counted the event", ""},
    ReasonText{Reason::no_connection, "no_connection",
               "the client has no connection to this platform",
               "add one with `pruuv-send connections import`"},
    ReasonText{
        Reason::no_click_id, "no_click_id", "the event carries no click id of this platform",
        "that is right if the visitor came another way; if it was one of its ads, check that the "
        "landing page keeps fbclid, gclid, gbraid, wbraid and ttclid"},
    ReasonText{Reason::unknown_client, "unknown_client", "no connection names this client",
               "check the client_id, or add connections for it"},
    ReasonText{Reason::not_matched, "not_matched",
               "the connection takes other events only (its `match` setting)", ""},
    ReasonText{Reason::before_connection, "before_connection",
               "the event reached the store before the connection existed",
               "import the connection again with --backfill 48h"},
    ReasonText{Reason::event_in_future, "event_in_future",
               "event_time lies more than 24 hours ahead", "check the clock of the collector"},
    ReasonText{Reason::no_conversion_action, "no_conversion_action",
               "the connection names no conversion action for this event",
               "set conversion_action_id or conversion_actions on the connection"},
    ReasonText{Reason::value_missing, "value_missing",
               "the platform demands a value for this event", "have the collector store value"},
    ReasonText{Reason::value_invalid, "value_invalid",
               "the platform demands a value and the stored one is no plain positive amount",
               "have the collector store value as a decimal such as 49.90"},
    ReasonText{Reason::currency_missing, "currency_missing",
               "the platform demands a currency and neither event nor connection has one",
               "set currency on the connection"},
    ReasonText{Reason::currency_invalid, "currency_invalid",
               "the platform demands a currency and does not take the stored one",
               "have the collector store a code such as EUR"},
    ReasonText{Reason::user_data_insufficient, "user_data_insufficient",
               "too little is known of the person for the platform to match anyone",
               "have the collector store e-mail, phone, or IP and user agent together"},
    ReasonText{Reason::page_url_missing, "page_url_missing",
               "the platform demands the URL of the page",
               "have the collector store page_url, or set tiktok.page_url on the connection"},
    ReasonText{Reason::consent_denied, "consent_denied",
               "the person did not consent to the use of their data for advertising", ""},
    ReasonText{Reason::event_name_invalid, "event_name_invalid",
               "the event name cannot be sent to this platform",
               "map it under event_names on the connection"},
    ReasonText{Reason::click_id_malformed, "click_id_malformed",
               "what stands in the field cannot be a click id of this platform",
               "have the collector store the URL parameter exactly as it came"},
    ReasonText{Reason::too_old, "too_old", "older than the platform accepts", ""},
    ReasonText{Reason::young_click, "young_click", "the click is younger than Google accepts", ""},
    ReasonText{Reason::not_yet, "not_yet", "event_time lies ahead", ""},
    ReasonText{Reason::asked_by_platform, "asked_by_platform",
               "the platform asked to send it later", ""},
    ReasonText{Reason::known_failure, "known_failure",
               "the last attempt failed and the platform kept nothing", ""},
    ReasonText{Reason::unknown_outcome, "unknown_outcome",
               "nobody knows whether the last attempt arrived; it is sent again under the same id",
               ""},
    ReasonText{Reason::refused_with_others, "refused_with_others",
               "its request was refused for another event in it", ""},
    ReasonText{Reason::not_planned, "not_planned", "no run has looked at the event yet",
               "it has its turn in the next run"},
    ReasonText{Reason::secrets_unavailable, "secrets_unavailable",
               "the place where the connection's credential is kept gives no answer",
               "`pruuv-send doctor` says what is wrong there"},
    ReasonText{Reason::paused, "paused", "the connection is paused",
               "let it go on with `pruuv-send connections resume CLIENT PLATFORM`"},
    ReasonText{Reason::credential_missing, "credential_missing",
               "the connection's credential could not be read",
               "check the credential reference of the connection"},
    ReasonText{Reason::credential_refused, "credential_refused",
               "the platform refuses the connection's token",
               "make a new token and store it under the same reference"},
    ReasonText{Reason::permission_missing, "permission_missing",
               "the token may not write to this destination",
               "grant the token access to the pixel or ad account"},
    ReasonText{Reason::connection_misconfigured, "connection_misconfigured",
               "the platform refuses the connection's settings",
               "compare destination and account ids with the ad account"},
    ReasonText{Reason::api_version_dead, "api_version_dead",
               "the configured API version is no longer served",
               "update the version or the program"},
    ReasonText{Reason::throttled, "throttled", "the platform limits how much may be sent now", ""},
    ReasonText{
        Reason::dedup_window_over, "dedup_window_over",
        "an earlier attempt may have arrived, and the platform no longer drops a second copy",
        "look the event up at the platform, then `retry --event` or leave it"},
    ReasonText{Reason::changed_after_unknown, "changed_after_unknown",
               "an earlier attempt may have arrived under another name or destination",
               "undo the change of the mapping, or `retry --event` after a look at the platform"},
    ReasonText{Reason::restored_copy, "restored_copy",
               "the store was restored from a copy; this may have been sent since",
               "look at the platform, then `retry --failed --include-ambiguous`"},
    ReasonText{Reason::unknown_outcome_held, "unknown_outcome_held",
               "nobody knows whether the last attempt arrived, and the connection says hold",
               "look at the platform, then `retry --event`"},
    ReasonText{Reason::probe_pending, "probe_pending",
               "the connection is at fault; one event is tried each run, this one waits", ""},
    ReasonText{Reason::crashed_runs, "crashed_runs",
               "three runs died while this event was under way; it may have arrived",
               "look the event up at the platform, then `retry --event`"},
    ReasonText{Reason::rejected_by_platform, "rejected_by_platform",
               "the platform refuses this event", "mend the event, then `retry --event`"},
    ReasonText{Reason::given_up, "given_up", "failed too often for too long",
               "`retry --event` tries again"},
    ReasonText{Reason::click_of_another_account, "click_of_another_account",
               "the click belongs to another ad account of the client", ""},
    ReasonText{Reason::refused_afterwards, "refused_afterwards",
               "the platform took the event and refused it when it looked closer",
               "look at the error in the audit log; mend its cause, then `retry --event`"},
    ReasonText{Reason::email_invalid, "email_invalid", "the e-mail address is malformed", ""},
    ReasonText{Reason::phone_invalid, "phone_invalid", "the phone number is not possible", ""},
    ReasonText{Reason::phone_without_country, "phone_without_country",
               "the phone number is national and no country is known",
               "set default_country on the connection"},
    ReasonText{Reason::fbc_malformed, "fbc_malformed", "the Meta click id is malformed", ""},
    ReasonText{Reason::fbc_too_old, "fbc_too_old", "the Meta click is older than 90 days", ""},
    ReasonText{Reason::fbc_after_event, "fbc_after_event", "the Meta click is later than the event",
               ""},
    ReasonText{Reason::ip_invalid, "ip_invalid", "the IP address is none, or not a public one", ""},
    ReasonText{Reason::value_left_out, "value_left_out", "the value is no plain positive amount",
               ""},
    ReasonText{Reason::currency_left_out, "currency_left_out",
               "value and currency are only sent together, and the platform takes no such currency",
               ""},
    ReasonText{Reason::ttclid_too_long, "ttclid_too_long",
               "the TikTok click id is over 1,000 characters", ""},
    ReasonText{Reason::user_agent_missing, "user_agent_missing",
               "the platform expects the visitor's user agent for a website event", ""},
    ReasonText{Reason::page_url_absent, "page_url_absent",
               "the platform expects the URL of the page for a website event", ""},
    ReasonText{Reason::identifiers_beside_braid, "identifiers_beside_braid",
               "e-mail and phone may not stand beside gbraid or wbraid", ""},
    ReasonText{Reason::several_google_click_ids, "several_google_click_ids",
               "one Google click id is sent: gclid, else gbraid, else wbraid", ""},
    ReasonText{Reason::country_invalid, "country_invalid", "the country is no ISO 3166 code", ""},
    ReasonText{Reason::action_source_invalid, "action_source_invalid",
               "action_source is none the platform knows", ""},
    ReasonText{Reason::text_not_utf8, "text_not_utf8", "a text is not valid UTF-8", ""},
    ReasonText{Reason::consent_denied_identifiers, "consent_denied_identifiers",
               "consent was denied, so e-mail and phone are left out", ""},
    ReasonText{Reason::url_parameters_dropped, "url_parameters_dropped",
               "URL parameters that look like personal data or secrets are dropped", ""},
    ReasonText{Reason::fbp_malformed, "fbp_malformed", "the Meta browser id is malformed", ""},
    ReasonText{Reason::click_timestamp_invalid, "click_timestamp_invalid",
               "the time of the click is no Unix time in seconds", ""},
    ReasonText{Reason::detail_left_out, "detail_left_out",
               "a detail in `extra` has a form the platform does not take and is left out",
               "see the table of details in the store's manual for the form"},
    ReasonText{Reason::beside_braid_left_out, "beside_braid_left_out",
               "Google takes it beside a gclid only, so it is left out beside gbraid or wbraid",
               ""},
    ReasonText{Reason::click_id_lower_cased, "click_id_lower_cased",
               "the click id has no capital letter: something lower-cased it, and it will match no "
               "click",
               "have the collector keep the case of URL parameters"},
    ReasonText{Reason::click_id_cut_off, "click_id_cut_off",
               "the click id looks cut off, and will match no click",
               "look for a length limit in the collector or its database column"},
    ReasonText{Reason::click_id_url_encoded, "click_id_url_encoded",
               "the click id still holds %XX codes of a URL",
               "have the collector decode URL parameters once"},
    ReasonText{Reason::click_id_of_another_platform, "click_id_of_another_platform",
               "this is a click id of another platform",
               "have the collector store each URL parameter in the field of its own name"},
    ReasonText{Reason::click_id_placeholder, "click_id_placeholder",
               "this is a placeholder, not a click id",
               "look for a template or a script on the landing page that was not filled in"},
    ReasonText{Reason::personal_data_left_out, "personal_data_left_out",
               "an e-mail address, phone number or name stands where it would go in the clear, so "
               "the field is left out",
               "have the collector put personal data into its own fields, where it is hashed"},
};

}  // namespace

ReasonClass class_of(Reason reason) {
  const auto number = static_cast<std::uint8_t>(reason);
  if (number < 10) return ReasonClass::routed;
  if (number < 40) return ReasonClass::skipped;
  if (number < 50) return ReasonClass::expired;
  if (number < 60) return ReasonClass::waiting;
  if (number < 80) return ReasonClass::held;
  if (number < 100) return ReasonClass::rejected;
  return ReasonClass::warning;
}

const ReasonText& text_of(Reason reason) {
  for (const ReasonText& text : texts) {
    if (text.reason == reason) return text;
  }
  return texts.front();
}

std::optional<Reason> reason_of_number(std::int64_t number) {
  for (const ReasonText& text : texts) {
    if (static_cast<std::int64_t>(text.reason) == number) return text.reason;
  }
  return std::nullopt;
}

}  // namespace pruuv
