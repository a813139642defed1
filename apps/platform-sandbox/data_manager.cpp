#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "data_manager_errors.hpp"
#include "data_manager_keys.hpp"
#include "google.hpp"
#include "platform.hpp"
#include "request_book.hpp"
#include "times.hpp"
#include "token_book.hpp"
#include "trace_ids.hpp"

/// Google Data Manager API, POST /v1/events:ingest. It fails fast: one faulty event refuses the
/// whole request, and the answer names every faulty event.
/// https://developers.google.com/data-manager/api/devguides/events/google-ads/offline
namespace sandbox {
namespace {

using namespace data_manager;

constexpr std::string_view event_list = "events";
constexpr std::string_view ingest_path = "/v1/events:ingest";
constexpr std::size_t most_events = 2'000;
constexpr std::size_t most_destinations = 10;
constexpr std::size_t most_identifiers = 10;
/// The real platform accepts an old event and reports EVENT_TOO_OLD hours later; here it is refused
/// at once, because nothing that old may be sent at all.
constexpr std::int64_t time_window = 90 * seconds_per_day;

/// The ErrorReason of a fault in keys and types.
std::string_view reason_of_problem(Problem problem) {
  switch (problem) {
    case Problem::missing:
      return "REQUIRED_FIELD_MISSING";
    case Problem::empty:
      return "FIELD_VALUE_TOO_SHORT";
    default:
      return "INVALID_FORMAT";
  }
}

std::optional<Violation> check_destination(const Json& destination) {
  if (auto bad = check_shape(destination, destination_fields)) {
    bad->code = reason_of_problem(bad->problem);
    return bad;
  }
  for (const std::string_view key : {"operatingAccount", "loginAccount", "linkedAccount"}) {
    const Json* account = find(destination, key);
    if (account == nullptr) continue;
    if (!is_digits(find_text(*account, "accountId"), 1, 10)) {
      return violation("INVALID_NUMBER_FORMAT", {key, "accountId"}, "Must be digits only.");
    }
    if (find_text(*account, "accountType") == "GOOGLE_ADS" &&
        find_text(*account, "accountId").size() != 10) {
      return violation("INVALID_NUMBER_FORMAT", {key, "accountId"}, "Must have 10 digits.");
    }
  }
  if (find_text(*find(destination, "operatingAccount"), "accountType") != "GOOGLE_ADS") {
    return violation("DESTINATION_ACCOUNT_TYPE_MISMATCH", {"operatingAccount", "accountType"},
                     "Must be a Google Ads account.");
  }
  if (!is_digits(find_text(destination, "productDestinationId"), 1, 19)) {
    return violation("INVALID_CONVERSION_ACTION_ID", {"productDestinationId"},
                     "Must be the numeric ID of the conversion action.");
  }
  return std::nullopt;
}

/// The first fault of the destinations; `references` gets their names.
std::optional<Violation> check_destinations(const Json& destinations,
                                            std::unordered_set<std::string_view>& references) {
  if (destinations.Size() > most_destinations) {
    return violation("TOO_MANY_DESTINATIONS", {"destinations"}, "At most 10 destinations.");
  }
  for (rapidjson::SizeType i = 0; i < destinations.Size(); ++i) {
    std::optional<Violation> bad = check_destination(destinations[i]);
    const std::string_view reference = find_text(destinations[i], "reference");
    if (!bad && !references.insert(reference).second) {
      bad = violation("DUPLICATE_DESTINATION_REFERENCE", {"reference"}, "Given twice.");
    }
    if (bad) {
      prepend(*bad, "destinations", i);
      return bad;
    }
  }
  return std::nullopt;
}

std::optional<Violation> check_hash(std::string_view text, std::string_view encoding,
                                    std::vector<std::string_view> path) {
  if (encoding == "BASE64") {
    if (text.size() == 44 && text.back() == '=') return std::nullopt;
    return violation("INVALID_BASE64_ENCODING", std::move(path), "Not base64 of a SHA-256 hash.");
  }
  if (is_sha256(text)) return std::nullopt;
  const bool hex = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
  return violation(hex ? "INVALID_SHA256_FORMAT" : "INVALID_HEX_ENCODING", std::move(path),
                   "Not a SHA-256 hash in lower-case hex.");
}

std::optional<Violation> check_identifier(const Json& identifier, std::string_view encoding) {
  if (identifier.MemberCount() != 1) {
    return violation("INVALID_FORMAT", {}, "Exactly one identifier.");
  }
  for (const std::string_view key : {"emailAddress", "phoneNumber"}) {
    if (const std::string_view hash = find_text(identifier, key); !hash.empty()) {
      return check_hash(hash, encoding, {key});
    }
  }
  const Json& address = *find(identifier, "address");
  for (const std::string_view key : {"givenName", "familyName"}) {
    if (auto bad = check_hash(find_text(address, key), encoding, {"address", key})) return bad;
  }
  const std::string_view region = find_text(address, "regionCode");
  const bool upper =
      std::all_of(region.begin(), region.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (region.size() != 2 || !upper) {
    return violation("INVALID_REGION_CODE", {"address", "regionCode"}, "Two upper-case letters.");
  }
  return std::nullopt;
}

std::optional<Violation> check_user_data(const Json& event, std::string_view encoding) {
  const Json* user_data = find(event, "userData");
  if (user_data == nullptr) return std::nullopt;
  const Json& identifiers = *find(*user_data, "userIdentifiers");
  if (identifiers.Size() > most_identifiers) {
    return violation("TOO_MANY_USER_IDENTIFIERS", {"userData", "userIdentifiers"},
                     "At most 10 identifiers.");
  }
  for (rapidjson::SizeType i = 0; i < identifiers.Size(); ++i) {
    if (auto bad = check_identifier(identifiers[i], encoding)) {
      prepend(*bad, "userIdentifiers", i);
      prepend(*bad, "userData");
      return bad;
    }
  }
  return std::nullopt;
}

std::optional<Violation> check_identity(const Json& event) {
  static const Json nothing(rapidjson::kObjectType);
  const Json* given = find(event, "adIdentifiers");
  const Json& ids = given != nullptr ? *given : nothing;
  std::size_t clicks = 0;
  for (const std::string_view key : {"gclid", "gbraid", "wbraid"}) {
    const std::string_view click = find_text(ids, key);
    if (click.empty()) continue;
    ++clicks;
    if (!google::is_click_id(click)) {
      return violation("INVALID_FORMAT", {"adIdentifiers", key}, "Not a valid click ID.");
    }
  }
  if (clicks > 1) {
    return violation("INVALID_EVENT", {"adIdentifiers"}, "Only one click ID.");
  }
  const bool user_data = find(event, "userData") != nullptr;
  const bool braid = clicks == 1 && find(ids, "gclid") == nullptr;
  if (braid && user_data) {
    return violation("INVALID_EVENT", {"userData"}, "No user data beside a braid.");
  }
  for (const std::string_view key : {"customVariables", "cartData"}) {
    if (find_text(ids, "gclid").empty() && find(event, key) != nullptr) {
      return violation("INVALID_EVENT", {key}, "Beside a gclid only.");
    }
  }
  if (clicks == 0 && !user_data && find(ids, "sessionAttributes") == nullptr &&
      find(ids, "landingPageDeviceInfo") == nullptr) {
    return violation("NO_IDENTIFIERS_PROVIDED", {}, "No identifier provided.");
  }
  return std::nullopt;
}

std::optional<Violation> check_values(const Json& event, const Conditions& conditions,
                                      const std::unordered_set<std::string_view>& references) {
  const auto time = parse_rfc3339(find_text(event, "eventTimestamp"));
  if (!time) return violation("INVALID_FORMAT", {"eventTimestamp"}, "Not an RFC 3339 time.");
  if (*time > conditions.now + clock_tolerance || conditions.now - *time > time_window) {
    return violation("EVENT_TIME_INVALID", {"eventTimestamp"}, "Outside the accepted window.");
  }
  // Purely numeric ids pass validateOnly and are refused by the real ingest.
  const std::string_view id = find_text(event, "transactionId");
  if (is_digits(id, 1, id.size())) {
    return violation("INVALID_FORMAT", {"transactionId"}, "Must not be a number.");
  }
  const std::string_view currency = find_text(event, "currency");
  if (!currency.empty() && !is_currency_code(currency)) {
    return violation("INVALID_CURRENCY_CODE", {"currency"}, "Not an ISO 4217 code.");
  }
  if (const Json* names = find(event, "destinationReferences")) {
    for (const Json& name : names->GetArray()) {
      if (references.contains(text_of(name))) continue;
      return violation("INVALID_DESTINATION", {"destinationReferences"}, "Unknown reference.");
    }
  }
  return std::nullopt;
}

std::optional<Violation> check_event(const Json& event, const Conditions& conditions,
                                     const std::unordered_set<std::string_view>& references,
                                     std::string_view encoding) {
  if (auto bad = check_shape(event, event_fields)) {
    bad->code = reason_of_problem(bad->problem);
    return bad;
  }
  if (auto bad = check_identity(event)) return bad;
  if (auto bad = check_user_data(event, encoding)) return bad;
  if (auto bad = check_values(event, conditions, references)) return bad;
  return ordered_violation(conditions, find_text(event, "transactionId"), "INVALID_EVENT", true);
}

std::optional<Refusal> check_request(const Judgement& judgement,
                                     std::unordered_set<std::string_view>& references) {
  const auto refused = [](std::string_view reason, const Violation& bad) {
    return Refusal{std::string(reason), fast_fail(std::span(&bad, 1))};
  };
  if (!judgement.body.IsObject()) return google::not_json_refusal();
  if (auto bad = check_shape(judgement.body, request_fields)) {
    if (google::breaks_the_proto(bad->problem)) return google::payload_refusal(*bad);
    bad->code = reason_of_problem(bad->problem);
    return refused("request_keys", *bad);
  }
  if (auto bad = check_destinations(*find(judgement.body, "destinations"), references)) {
    if (google::breaks_the_proto(bad->problem)) return google::payload_refusal(*bad);
    return refused("destinations", *bad);
  }
  if (judgement.events.size() > most_events) {
    return refused("too_many_events",
                   violation("TOO_MANY_EVENTS", {event_list}, "At most 2000 events."));
  }
  const Json& events = *event_objects(judgement, event_list);
  const bool user_data = std::any_of(events.Begin(), events.End(), [](const Json& event) {
    return find(event, "userData") != nullptr;
  });
  if (user_data && find(judgement.body, "encoding") == nullptr) {
    return refused("encoding", violation("REQUIRED_FIELD_MISSING", {"encoding"},
                                         "Required when an event has user data."));
  }
  return std::nullopt;
}

/// Names each event by the conversion action it goes to: the destination it refers to, else the
/// first of the request.
void identify(Judgement& judgement) {
  const Json* events = event_objects(judgement, event_list);
  const Json* destinations = event_objects(judgement, "destinations");
  for (rapidjson::SizeType i = 0; i < judgement.events.size(); ++i) {
    Verdict& verdict = judgement.events[i];
    const Json& event = (*events)[i];
    verdict.event_id = find_text(event, "transactionId");
    if (destinations == nullptr || destinations->Empty()) continue;
    const Json* names = find(event, "destinationReferences");
    const bool named =
        names != nullptr && names->IsArray() && !names->Empty() && (*names)[0].IsString();
    const Json* chosen = &(*destinations)[0];
    for (const Json& destination : destinations->GetArray()) {
      if (named && find_text(destination, "reference") == text_of((*names)[0])) {
        chosen = &destination;
        break;
      }
    }
    const Json* account = find(*chosen, "operatingAccount");
    const std::string_view action = find_text(*chosen, "productDestinationId");
    verdict.destination =
        fmt::format("{}/{}", account != nullptr ? find_text(*account, "accountId") : "", action);
    verdict.dedup_key = fmt::format("{}|{}", action, verdict.event_id);
  }
}

Judgement judge(const Call& call, const Conditions& conditions) {
  Judgement judgement = open_judgement(call, event_list);
  identify(judgement);
  std::optional<Refusal> refusal;
  std::unordered_set<std::string_view> references;
  if (call.path != ingest_path || call.method != "POST") {
    refusal = Refusal{"unknown_path", google::front_end_not_found()};
  }
  if (!refusal) refusal = google::check_call(call, data_manager_scope, conditions);
  if (!refusal) refusal = check_request(judgement, references);
  if (refusal) {
    return refuse(std::move(judgement), refusal->reason, std::move(refusal->answer));
  }
  const Json& events = *event_objects(judgement, event_list);
  const std::string_view encoding = find_text(judgement.body, "encoding");
  std::vector<Violation> violations;
  for (rapidjson::SizeType i = 0; i < events.Size(); ++i) {
    auto bad = check_event(events[i], conditions, references, encoding);
    if (!bad && conditions.requests != nullptr) {
      judgement.events[i].later = conditions.requests->fate_of(click_of(events[i]));
    }
    if (!bad) continue;
    const bool unreadable = google::breaks_the_proto(bad->problem);
    blame(judgement.events[i], std::move(*bad), event_list, i);
    violations.push_back(*judgement.events[i].violation);
    if (unreadable) {
      Refusal payload = google::payload_refusal(violations.back());
      return refuse(std::move(judgement), payload.reason, std::move(payload.answer));
    }
  }
  if (!violations.empty()) {
    return refuse(std::move(judgement), "invalid_events", fast_fail(violations));
  }
  const Json* validate_only = find(judgement.body, "validateOnly");
  judgement.executed = validate_only == nullptr || !validate_only->GetBool();
  if (judgement.executed) judgement.requests = conditions.requests;
  return judgement;
}

Answer answer(const Call&, const Judgement& judgement) {
  const std::string id = new_data_manager_request_id();
  if (judgement.requests != nullptr) judgement.requests->keep(id, judgement);
  return {200, fmt::format(R"({{"requestId":"{}"}})", id), "application/json; charset=UTF-8", {}};
}

}  // namespace

const Platform data_manager_platform{"data_manager", event_list, "google",
                                     judge,          answer,     data_manager::ready_made};

}  // namespace sandbox
