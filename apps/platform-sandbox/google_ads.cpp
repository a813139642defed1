#include <algorithm>
#include <array>
#include <unordered_set>

#include <fmt/format.h>

#include "google.hpp"
#include "google_ads_errors.hpp"
#include "google_ads_keys.hpp"
#include "platform.hpp"
#include "times.hpp"
#include "token_book.hpp"

/// Google Ads API, POST /v25/customers/<10 digits>:uploadClickConversions.
/// https://developers.google.com/google-ads/api/docs/conversions/upload-offline
namespace sandbox {
namespace {

using namespace google_ads;

constexpr std::string_view event_list = "conversions";
constexpr std::size_t most_rows = 2'000;
constexpr std::size_t most_identifiers = 5;
constexpr int oldest_version = 23;
constexpr int newest_version = 26;
/// The longest click-through window there is.
constexpr std::int64_t time_window = 90 * seconds_per_day;
constexpr std::array<std::string_view, 3> click_keys{"gclid", "gbraid", "wbraid"};

struct Route {
  std::string_view version;   ///< "v25"
  std::string_view customer;  ///< as written, perhaps wrong
};

/// `/v<digits>/customers/<anything>:uploadClickConversions`, or nothing.
std::optional<Route> route_of(std::string_view path) {
  constexpr std::string_view middle = "/customers/";
  constexpr std::string_view verb = ":uploadClickConversions";
  const std::size_t at = path.find(middle);
  if (at == std::string_view::npos || !path.starts_with("/v") || !path.ends_with(verb) ||
      !is_digits(path.substr(2, at - 2), 1, 3)) {
    return std::nullopt;
  }
  const std::string_view rest = path.substr(at + middle.size());
  return Route{path.substr(1, at - 1), rest.substr(0, rest.size() - verb.size())};
}

/// The last number of `customers/<10 digits>/conversionActions/<digits>`; empty when malformed.
std::string_view action_id(std::string_view resource) {
  constexpr std::string_view collection = "customers/";
  constexpr std::string_view middle = "/conversionActions/";
  if (!resource.starts_with(collection)) return {};
  resource.remove_prefix(collection.size());
  const std::size_t at = resource.find(middle);
  if (at == std::string_view::npos || !is_digits(resource.substr(0, at), 10, 10)) return {};
  const std::string_view id = resource.substr(at + middle.size());
  return is_digits(id, 1, 19) ? id : std::string_view{};
}

std::optional<Refusal> check_call(const Call& call, const std::optional<Route>& route,
                                  const Conditions& conditions) {
  if (!route || call.method != "POST") {
    return Refusal{"unknown_path", google::front_end_not_found()};
  }
  const auto refused = [&](std::string_view reason, std::string_view code,
                           std::string_view message) {
    return Refusal{
        std::string(reason),
        request_error(400, "INVALID_ARGUMENT", violation(code, {}, message), route->version)};
  };
  const int version = std::stoi(std::string(route->version.substr(1)));
  if (version < oldest_version || version > newest_version) {
    return refused("unsupported_version", "requestError.UNSUPPORTED_VERSION",
                   "Version is not supported.");
  }
  if (auto refusal = google::check_call(call, adwords_scope, conditions)) return refusal;
  if (!is_digits(route->customer, 10, 10)) {
    return refused("customer_id", "requestError.INVALID_CUSTOMER_ID", "Invalid customer ID.");
  }
  const std::string_view login = call.header("login-customer-id");
  if (!login.empty() && !is_digits(login, 10, 10)) {
    return refused("login_customer_id", "headerError.INVALID_LOGIN_CUSTOMER_ID",
                   "The login customer ID could not be validated.");
  }
  return std::nullopt;
}

std::optional<Refusal> check_request(const Judgement& judgement, std::string_view version) {
  const auto refused = [&](std::string_view reason, const Violation& bad) {
    return Refusal{std::string(reason), request_error(400, "INVALID_ARGUMENT", bad, version)};
  };
  if (!judgement.body.IsObject()) return google::not_json_refusal();
  if (auto bad = check_shape(judgement.body, request_fields)) {
    if (google::breaks_the_proto(bad->problem)) return google::payload_refusal(*bad);
    bad->code = "fieldError.REQUIRED";
    return refused("request_keys", *bad);
  }
  if (judgement.events.size() > most_rows) {
    return refused("too_many_events",
                   violation("conversionUploadError.TOO_MANY_CONVERSIONS_IN_REQUEST", {event_list},
                             "The request contains more than 2000 conversions."));
  }
  const Json* partial = find(judgement.body, "partialFailure");
  if (partial == nullptr || !partial->GetBool()) {
    return refused("partial_failure",
                   violation("partialFailureError.PARTIAL_FAILURE_MODE_REQUIRED",
                             {"partialFailure"}, "The partialFailure field must be set to true."));
  }
  if (const Json* job = find(judgement.body, "jobId");
      job != nullptr && (job->GetInt64() < 1 || job->GetInt64() > 2'147'483'647)) {
    return refused("job_id", violation("conversionUploadError.INVALID_JOB_ID", {"jobId"},
                                       "The job ID must be in [1, 2^31)."));
  }
  return std::nullopt;
}

/// The code of a fault in keys, types and hashes.
std::string_view code_of(const Violation& bad) {
  const std::string_view key = bad.path.empty() ? std::string_view{} : bad.path.back().name;
  switch (bad.problem) {
    case Problem::missing:
      return "fieldError.REQUIRED";
    case Problem::not_hashed:
      return "conversionUploadError.INVALID_USER_IDENTIFIER";
    case Problem::empty:
      return key == "orderId" ? "stringLengthError.TOO_SHORT" : "fieldError.INVALID_VALUE";
    case Problem::hashed:
      return "fieldError.INVALID_VALUE";
    default:
      return "rangeError.TOO_LOW";
  }
}

std::optional<Violation> check_click(const Json& row) {
  const auto given = [&](std::string_view key) { return !find_text(row, key).empty(); };
  const bool braid = given("gbraid") || given("wbraid");
  if (given("gbraid") && given("wbraid")) {
    return violation("conversionUploadError.GBRAID_WBRAID_BOTH_SET", {},
                     "Both gbraid and wbraid are set.");
  }
  if (given("gclid") && braid) {
    return violation("fieldError.VALUE_MUST_BE_UNSET", {"gclid"}, "Only one click ID may be set.");
  }
  for (const auto& [key, code] :
       {std::pair{"gclid", "conversionUploadError.UNPARSEABLE_GCLID"},
        std::pair{"gbraid", "conversionUploadError.UNPARSEABLE_GBRAID"},
        std::pair{"wbraid", "conversionUploadError.UNPARSEABLE_WBRAID"}}) {
    if (!given(key) || google::is_click_id(find_text(row, key))) continue;
    Violation bad = violation(code, {key}, "The click ID could not be decoded.");
    bad.trigger = find_text(row, key);
    return bad;
  }
  for (const std::string_view key : {"userIdentifiers", "customVariables", "cartData"}) {
    if (braid && find(row, key) != nullptr) {
      return violation("fieldError.VALUE_MUST_BE_UNSET", {key}, "Not allowed with a braid.");
    }
  }
  if (!braid && !given("gclid") && find(row, "userIdentifiers") == nullptr) {
    return violation("fieldError.REQUIRED", {"gclid"}, "A click ID or user identifier is needed.");
  }
  return std::nullopt;
}

std::optional<Violation> check_time(const Json& row, const Conditions& conditions) {
  const auto bad_time = [&](std::string_view code, std::string_view message) {
    Violation bad = violation(code, {"conversionDateTime"}, message);
    bad.trigger = find_text(row, "conversionDateTime");
    return bad;
  };
  const auto time = parse_ads_time(find_text(row, "conversionDateTime"));
  if (!time) {
    return bad_time("dateError.INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET",
                    "The date must be in the format 'yyyy-mm-dd hh:mm:ss+hh:mm'.");
  }
  const std::int64_t age = conditions.now - *time;
  if (age < -clock_tolerance) {
    return bad_time("dateError.LATER_THAN_MAXIMUM_DATE", "The conversion is in the future.");
  }
  if (age > time_window) {
    return bad_time("conversionUploadError.EXPIRED_EVENT",
                    "The click occurred before the click-through window.");
  }
  // The sandbox does not know the click; its time is at the latest that of the conversion.
  if (age < conditions.min_click_age) {
    return bad_time("conversionUploadError.TOO_RECENT_EVENT",
                    "The click occurred less than 6 hours ago. Please try again after 6 hours.");
  }
  return std::nullopt;
}

std::optional<Violation> check_identifiers(const Json& row) {
  const Json* identifiers = find(row, "userIdentifiers");
  if (identifiers == nullptr) return std::nullopt;
  if (identifiers->Size() > most_identifiers) {
    return violation("collectionSizeError.TOO_MANY", {"userIdentifiers"},
                     "At most 5 user identifiers.");
  }
  for (const Json& identifier : identifiers->GetArray()) {
    if (find(identifier, "addressInfo") != nullptr) {
      return violation("conversionUploadError.UNSUPPORTED_USER_IDENTIFIER", {"userIdentifiers"},
                       "Only hashed email and phone number are supported.");
    }
    const bool email = find(identifier, "hashedEmail") != nullptr;
    const bool phone = find(identifier, "hashedPhoneNumber") != nullptr;
    if (email == phone) {
      return violation("conversionUploadError.INVALID_USER_IDENTIFIER", {"userIdentifiers"},
                       "Exactly one of hashedEmail and hashedPhoneNumber.");
    }
  }
  return std::nullopt;
}

std::optional<Violation> check_row(const Json& row, const Conditions& conditions) {
  if (auto bad = check_shape(row, conversion_fields)) {
    bad->code = code_of(*bad);
    return bad;
  }
  if (auto bad = check_click(row)) return bad;
  if (auto bad = check_time(row, conditions)) return bad;
  if (auto bad = check_identifiers(row)) return bad;
  if (action_id(find_text(row, "conversionAction")).empty()) {
    return violation("requestError.RESOURCE_NAME_MALFORMED", {"conversionAction"},
                     "Resource name is malformed.");
  }
  const std::string_view currency = find_text(row, "currencyCode");
  if (!currency.empty() && !is_currency_code(currency)) {
    return violation("currencyCodeError.UNSUPPORTED", {"currencyCode"},
                     "The currency code is not supported.");
  }
  if (find_text(row, "orderId").find('@') != std::string_view::npos) {
    return violation("conversionUploadError.ORDER_ID_CONTAINS_PII", {"orderId"},
                     "The order ID contains personal data.");
  }
  if (const Json* consent = find(row, "consent");
      consent != nullptr && find(*consent, "adPersonalization") != nullptr) {
    return violation("fieldError.VALUE_MUST_BE_UNSET", {"consent", "adPersonalization"},
                     "Ad personalization consent cannot be set for this service.");
  }
  return ordered_violation(conditions, find_text(row, "orderId"),
                           "conversionUploadError.EVENT_NOT_FOUND", true);
}

/// Names each row by what Google compares: order id and action, click and time.
void identify(Judgement& judgement, const std::optional<Route>& route) {
  const Json* rows = event_objects(judgement, event_list);
  for (rapidjson::SizeType i = 0; i < judgement.events.size(); ++i) {
    const Json& row = (*rows)[i];
    Verdict& verdict = judgement.events[i];
    const std::string_view action = action_id(find_text(row, "conversionAction"));
    verdict.destination = fmt::format("{}/{}", route ? route->customer : "", action);
    verdict.event_id = find_text(row, "orderId");
    verdict.dedup_key = fmt::format("{}|{}", action, verdict.event_id);
    const auto time = parse_ads_time(find_text(row, "conversionDateTime"));
    for (const std::string_view key : click_keys) {
      const std::string_view click = find_text(row, key);
      if (click.empty() || !time) continue;
      verdict.second_key = fmt::format("{}|{}|{}", action, click, *time);
    }
  }
}

/// The same order id twice: none of the request is processed.
std::optional<Violation> repeated_order(const Judgement& judgement) {
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < judgement.events.size(); ++i) {
    const Verdict& verdict = judgement.events[i];
    if (verdict.event_id.empty() || seen.insert(verdict.dedup_key).second) continue;
    Violation bad = violation("conversionUploadError.DUPLICATE_ORDER_ID", {"orderId"},
                              "The request contains the same order ID more than once.");
    bad.trigger = verdict.event_id;
    prepend(bad, event_list, i);
    return bad;
  }
  return std::nullopt;
}

Judgement judge(const Call& call, const Conditions& conditions) {
  Judgement judgement = open_judgement(call, event_list);
  const std::optional<Route> route = route_of(call.path);
  identify(judgement, route);
  std::optional<Refusal> refusal = check_call(call, route, conditions);
  if (!refusal) refusal = check_request(judgement, route->version);
  if (refusal) {
    return refuse(std::move(judgement), refusal->reason, std::move(refusal->answer));
  }
  const Json& rows = *event_objects(judgement, event_list);
  std::unordered_set<std::string_view> clicks;
  for (rapidjson::SizeType i = 0; i < rows.Size(); ++i) {
    Verdict& verdict = judgement.events[i];
    std::optional<Violation> bad = check_row(rows[i], conditions);
    if (!bad && !verdict.second_key.empty() && !clicks.insert(verdict.second_key).second) {
      bad = violation("conversionUploadError.DUPLICATE_CLICK_CONVERSION_IN_REQUEST", {},
                      "The request contains the same click and time more than once.");
    }
    if (!bad) continue;
    const bool unreadable = google::breaks_the_proto(bad->problem);
    if (unreadable) bad->code = "invalid_payload";
    blame(verdict, std::move(*bad), event_list, i);
    if (unreadable) {
      Refusal payload = google::payload_refusal(*verdict.violation);
      return refuse(std::move(judgement), payload.reason, std::move(payload.answer));
    }
  }
  if (const auto bad = repeated_order(judgement)) {
    return refuse(std::move(judgement), "duplicate_order_id",
                  request_error(400, "INVALID_ARGUMENT", *bad, route->version));
  }
  const Json* validate_only = find(judgement.body, "validateOnly");
  judgement.executed = validate_only == nullptr || !validate_only->GetBool();
  return judgement;
}

Answer answer(const Call& call, const Judgement& judgement) {
  std::vector<Violation> errors;
  for (std::size_t i = 0; i < judgement.events.size(); ++i) {
    const Verdict& verdict = judgement.events[i];
    if (verdict.violation) {
      errors.push_back(*verdict.violation);
    } else if (verdict.status == Status::duplicate) {
      Violation bad = verdict.repeats_second_key
                          ? violation("conversionUploadError.CLICK_CONVERSION_ALREADY_EXISTS", {},
                                      "This click conversion already exists.")
                          : violation("conversionUploadError.ORDER_ID_ALREADY_IN_USE", {"orderId"},
                                      "The order ID is already in use.");
      bad.trigger = verdict.event_id;
      prepend(bad, event_list, i);
      errors.push_back(std::move(bad));
    }
  }
  return row_answer(errors, judgement, route_of(call.path)->version);
}

}  // namespace

const Platform google_ads_platform{"google_ads", event_list, "google",
                                   judge,        answer,     google_ads::ready_made};

}  // namespace sandbox
