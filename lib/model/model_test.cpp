#include <set>

#include "base/text.hpp"
#include "model/connection.hpp"
#include "model/delivery.hpp"
#include "model/event.hpp"
#include "model/http_message.hpp"
#include "model/phone.hpp"
#include "model/reason.hpp"
#include "testing/testing.hpp"

namespace pruuv {
namespace {

// Every reason there is. The compiler refuses a switch that lacks one, so a new reason cannot be
// forgotten here, and so not below.
bool is_reason(Reason reason) {
  switch (reason) {
    case Reason::none:
    case Reason::routed:
    case Reason::confirmed:
    case Reason::no_connection:
    case Reason::no_click_id:
    case Reason::unknown_client:
    case Reason::not_matched:
    case Reason::before_connection:
    case Reason::event_in_future:
    case Reason::no_conversion_action:
    case Reason::value_missing:
    case Reason::value_invalid:
    case Reason::currency_missing:
    case Reason::currency_invalid:
    case Reason::user_data_insufficient:
    case Reason::page_url_missing:
    case Reason::consent_denied:
    case Reason::event_name_invalid:
    case Reason::click_id_malformed:
    case Reason::too_old:
    case Reason::young_click:
    case Reason::not_yet:
    case Reason::asked_by_platform:
    case Reason::known_failure:
    case Reason::unknown_outcome:
    case Reason::refused_with_others:
    case Reason::not_planned:
    case Reason::secrets_unavailable:
    case Reason::paused:
    case Reason::credential_missing:
    case Reason::credential_refused:
    case Reason::permission_missing:
    case Reason::connection_misconfigured:
    case Reason::api_version_dead:
    case Reason::throttled:
    case Reason::dedup_window_over:
    case Reason::changed_after_unknown:
    case Reason::restored_copy:
    case Reason::unknown_outcome_held:
    case Reason::probe_pending:
    case Reason::crashed_runs:
    case Reason::rejected_by_platform:
    case Reason::given_up:
    case Reason::click_of_another_account:
    case Reason::refused_afterwards:
    case Reason::email_invalid:
    case Reason::phone_invalid:
    case Reason::phone_without_country:
    case Reason::fbc_malformed:
    case Reason::fbc_too_old:
    case Reason::fbc_after_event:
    case Reason::ip_invalid:
    case Reason::value_left_out:
    case Reason::currency_left_out:
    case Reason::ttclid_too_long:
    case Reason::user_agent_missing:
    case Reason::page_url_absent:
    case Reason::identifiers_beside_braid:
    case Reason::several_google_click_ids:
    case Reason::country_invalid:
    case Reason::action_source_invalid:
    case Reason::text_not_utf8:
    case Reason::consent_denied_identifiers:
    case Reason::url_parameters_dropped:
    case Reason::fbp_malformed:
    case Reason::click_timestamp_invalid:
    case Reason::detail_left_out:
    case Reason::beside_braid_left_out:
    case Reason::click_id_lower_cased:
    case Reason::click_id_cut_off:
    case Reason::click_id_url_encoded:
    case Reason::click_id_of_another_platform:
    case Reason::click_id_placeholder:
    case Reason::personal_data_left_out:
      return true;
  }
  return false;
}

std::vector<Reason> all_reasons() {
  std::vector<Reason> out;
  for (int number = 0; number <= 255; ++number) {
    if (is_reason(static_cast<Reason>(number))) out.push_back(static_cast<Reason>(number));
  }
  return out;
}

bool is_code(std::string_view code) {
  if (code.empty()) return false;
  for (const char c : code) {
    if (c != '_' && !is_ascii_digit(c) && !(c >= 'a' && c <= 'z')) return false;
  }
  return true;
}

TEST_CASE("every reason has a text of its own") {
  std::set<std::string_view> codes;
  std::set<std::string_view> words;
  for (const Reason reason : all_reasons()) {
    const ReasonText& text = text_of(reason);
    INFO("reason number " << static_cast<int>(reason));
    CHECK(text.reason == reason);
    CHECK(is_code(text.code));
    CHECK(code_of(reason) == text.code);
    CHECK_FALSE(text.words.empty());
    CHECK(text.words.back() != '.');
    CHECK(codes.insert(text.code).second);
    CHECK(words.insert(text.words).second);
  }
  CHECK(codes.size() == 74);
}

TEST_CASE("a number of the store gives its reason back") {
  for (int number = -1; number <= 300; ++number) {
    const auto reason = reason_of_number(number);
    INFO(number);
    const bool known = number >= 0 && number <= 255 && is_reason(static_cast<Reason>(number));
    CHECK(reason.has_value() == known);
    if (reason) CHECK(static_cast<int>(*reason) == number);
  }
}

// The numbers are in stores out there.
TEST_CASE("the groups of reasons keep their numbers") {
  CHECK(class_of(Reason::none) == ReasonClass::routed);
  CHECK(class_of(Reason::routed) == ReasonClass::routed);
  CHECK(class_of(Reason::no_connection) == ReasonClass::skipped);
  CHECK(class_of(Reason::click_id_malformed) == ReasonClass::skipped);
  CHECK(class_of(Reason::too_old) == ReasonClass::expired);
  CHECK(class_of(Reason::young_click) == ReasonClass::waiting);
  CHECK(class_of(Reason::unknown_outcome) == ReasonClass::waiting);
  CHECK(class_of(Reason::paused) == ReasonClass::held);
  CHECK(class_of(Reason::probe_pending) == ReasonClass::held);
  CHECK(class_of(Reason::rejected_by_platform) == ReasonClass::rejected);
  CHECK(class_of(Reason::click_of_another_account) == ReasonClass::rejected);
  CHECK(class_of(Reason::email_invalid) == ReasonClass::warning);
  CHECK(class_of(Reason::click_timestamp_invalid) == ReasonClass::warning);
  CHECK(static_cast<int>(Reason::no_connection) == 10);
  CHECK(static_cast<int>(Reason::too_old) == 40);
  CHECK(static_cast<int>(Reason::young_click) == 50);
  CHECK(static_cast<int>(Reason::paused) == 60);
  CHECK(static_cast<int>(Reason::rejected_by_platform) == 80);
  CHECK(static_cast<int>(Reason::email_invalid) == 100);
}

TEST_CASE("consent is read in the words collectors use") {
  for (const char* text : {"granted", "GRANTED", " true ", "1", "Yes"})
    CHECK(consent(text) == Consent::granted);
  for (const char* text : {"denied", "Denied", "false", "0", "NO\n"})
    CHECK(consent(text) == Consent::denied);
  for (const char* text : {"", " ", "unspecified", "grant", "2", "null"})
    CHECK(consent(text) == Consent::unknown);
}

TEST_CASE("limited data use must be said") {
  FunnelEvent event;
  CHECK_FALSE(is_limited_data_use(event));
  for (const char* text : {"true", "TRUE", "1", " yes"}) {
    event.limited_data_use = text;
    CHECK(is_limited_data_use(event));
  }
  for (const char* text : {"false", "0", "no", "LDU", "granted"}) {
    event.limited_data_use = text;
    CHECK_FALSE(is_limited_data_use(event));
  }
}

TEST_CASE("the time of a click is a possible one in seconds, or nothing") {
  FunnelEvent event;
  CHECK_FALSE(click_time_s(event).has_value());
  event.click_timestamp = "1795402800";
  CHECK(click_time_s(event) == 1795402800);
  event.click_timestamp = "946684800";
  CHECK(click_time_s(event) == event_time_min_s);
  event.click_timestamp = "4102444799";
  CHECK(click_time_s(event) == event_time_max_s - 1);
  for (const char* text : {"1795402800000", "946684799", "4102444800", "-1", "0", "soon",
                           "1795402800.5", " 1795402800"}) {
    INFO(text);
    event.click_timestamp = text;
    CHECK_FALSE(click_time_s(event).has_value());
  }
}

TEST_CASE("the list of event fields names each field once") {
  std::set<std::string_view> names;
  FunnelEvent event;
  for (const EventField& field : event_fields) {
    INFO(field.name);
    CHECK(names.insert(field.name).second);
    std::string& text = event.*(field.text);
    CHECK(text.empty());  // two entries of one member would find the other's text
    text = field.name;
  }
  CHECK(event.extra.empty());
  CHECK(event.id.empty());
  CHECK(event.event_name.empty());
}

TEST_CASE("what tells who somebody is counts as personal") {
  std::set<std::string_view> personal;
  for (const EventField& field : event_fields) {
    if (field.personal) personal.insert(field.name);
  }
  for (const char* name : {"email", "phone", "first_name", "last_name", "city", "zip",
                           "external_id", "ip", "user_agent", "fbclid", "fbc", "fbp", "gclid",
                           "gbraid", "wbraid", "ttclid", "ttp", "page_url", "referrer"}) {
    INFO(name);
    CHECK(personal.count(name) == 1);
  }
}

TEST_CASE("states and statuses have words of their own") {
  std::set<std::string_view> words;
  for (int number = 0; number <= static_cast<int>(DeliveryState::expired); ++number) {
    words.insert(word_of(static_cast<DeliveryState>(number)));
  }
  CHECK(words.size() == 8);
  CHECK(word_of(DeliveryState::waiting) == "waiting");
  CHECK(word_of(DeliveryState::held) == "held");
  CHECK(word_of(DeliveryState::accepted) == "accepted");
  CHECK(word_of(DeliveryState::expired) == "expired");
  for (int number = 0; number <= static_cast<int>(AttemptStatus::not_sent); ++number) {
    const auto status = static_cast<AttemptStatus>(number);
    CHECK(attempt_status_of(word_of(status)) == status);
  }
  CHECK(word_of(AttemptStatus::ambiguous) == "ambiguous");
  CHECK(word_of(AttemptStatus::not_sent) == "not_sent");
  CHECK_FALSE(attempt_status_of("sent").has_value());
}

TEST_CASE("open states are those a run may still act on") {
  for (const DeliveryState state : {DeliveryState::waiting, DeliveryState::retryable,
                                    DeliveryState::ambiguous, DeliveryState::held}) {
    CHECK(is_open(state));
  }
  for (const DeliveryState state : {DeliveryState::accepted, DeliveryState::confirmed,
                                    DeliveryState::rejected, DeliveryState::expired}) {
    CHECK_FALSE(is_open(state));
  }
}

TEST_CASE("small helpers of the model's structs") {
  Connection connection;
  connection.settings["tiktok.page_url"] = "https://example.com";
  CHECK(setting(connection, "tiktok.page_url") == "https://example.com");
  CHECK(setting(connection, "absent").empty());

  HttpResponse response;
  CHECK_FALSE(response.is_whole());
  response.status = 200;
  response.headers = {{"retry-after", "7"}};
  CHECK(response.is_whole());
  CHECK(response.header("retry-after") == "7");
  CHECK(response.header("absent").empty());
  response.transport_code = 28;
  CHECK_FALSE(response.is_whole());

  CHECK(Phone{}.absent());
  CHECK_FALSE(Phone{"+16505551212", "", Reason::none}.absent());
  CHECK_FALSE(Phone{"", std::string(64, '0'), Reason::none}.absent());
}

}  // namespace
}  // namespace pruuv
