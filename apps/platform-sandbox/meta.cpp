#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "meta_errors.hpp"
#include "meta_keys.hpp"
#include "platform.hpp"
#include "times.hpp"
#include "trace_ids.hpp"

/// Meta Conversions API, POST /v26.0/<pixel id>/events.
/// https://developers.facebook.com/documentation/ads-commerce/conversions-api/using-the-api
namespace sandbox {
namespace {

using namespace meta;

constexpr std::string_view event_list = "data";
constexpr std::size_t most_events = 1'000;
/// Versions of the Graph API that still answer; older ones are over.
constexpr int oldest_version = 21;
constexpr int newest_version = 26;
constexpr std::int64_t website_window = 7 * seconds_per_day;
constexpr std::int64_t store_window = 62 * seconds_per_day;
constexpr std::string_view physical_store = "physical_store";

struct Route {
  int version = 0;
  std::string pixel;
};

/// `/v26.0/<digits>/events`, or nothing.
std::optional<Route> route_of(std::string_view path) {
  if (!path.starts_with("/v") || !path.ends_with("/events")) return std::nullopt;
  path.remove_prefix(2);
  path.remove_suffix(std::string_view("/events").size());
  const std::size_t dot = path.find('.');
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos || dot + 2 != slash) return std::nullopt;
  const std::string_view major = path.substr(0, dot);
  const std::string_view pixel = path.substr(slash + 1);
  if (!is_digits(major, 1, 3) || !is_digits(path.substr(dot + 1, 1), 1, 1) ||
      !is_digits(pixel, 5, 20)) {
    return std::nullopt;
  }
  Route route{0, std::string(pixel)};
  std::from_chars(major.data(), major.data() + major.size(), route.version);
  return route;
}

std::optional<Refusal> check_token(const Call& call) {
  if (call.has_query_parameter("access_token")) {
    return Refusal{"token_in_query",
                   error_answer({400,
                                 100,
                                 {},
                                 "sandbox: the access token must not be in the URL; send "
                                 "Authorization: Bearer",
                                 "SandboxRefusal"})};
  }
  const std::string_view token = call.bearer_token();
  if (token.empty()) {
    return Refusal{
        "token_missing",
        error_answer({400, 104, {}, "An access token is required to request this resource."})};
  }
  const auto refused = [](std::string_view name) {
    return Refusal{std::string(name), *ready_made(name, Judgement{})};
  };
  if (token.starts_with("sandbox-")) return std::nullopt;
  if (token.starts_with("expired-")) return refused("token_expired");
  if (token.starts_with("forbidden-")) return refused("permission");
  return refused("token_invalid");
}

std::optional<Refusal> check_call(const Call& call, const std::optional<Route>& route,
                                  const Conditions& conditions) {
  if (!route) {
    return Refusal{"unknown_path",
                   error_answer({400, 2500, {}, "Unknown path components: " + call.path})};
  }
  if (route->version < oldest_version || route->version > newest_version) {
    return Refusal{"unsupported_version",
                   error_answer({400,
                                 2635,
                                 {},
                                 "(#2635) You are calling a deprecated version of the Ads API. "
                                 "Please update to the latest version: v26.0."})};
  }
  if (call.method != "POST") {
    return Refusal{"method", error_answer({400, 100, "33", "Unsupported get request.",
                                           "GraphMethodException"})};
  }
  if (auto refusal = check_token(call)) return refusal;
  if (!call.has_content_type("application/json")) {
    return Refusal{"content_type",
                   error_answer({400, 100, {}, "(#100) The parameter data is required."})};
  }
  if (call.body.size() > conditions.max_body) {
    return Refusal{
        "body_too_large",
        Answer{413, "<html><body>413 Request Entity Too Large</body></html>", "text/html", {}}};
  }
  return std::nullopt;
}

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
  // Offline events are deduplicated by order_id alone (Offline events).
  if (find_text(event, "action_source") == physical_store && find(data, "order_id") == nullptr) {
    return violation(parameter_error, {"custom_data", "order_id"},
                     "A physical_store event needs an order_id.");
  }
  return std::nullopt;
}

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
  if (const Json* options = find(event, "data_processing_options")) {
    const bool known = std::all_of(options->Begin(), options->End(),
                                   [](const Json& option) { return text_of(option) == "LDU"; });
    if (!known) {
      return violation(parameter_error, {"data_processing_options"}, "Unknown option.");
    }
  }
  return ordered_violation(conditions, find_text(event, "event_id"), invalid_parameter, false);
}

std::optional<Refusal> check_request(const Judgement& judgement) {
  const auto refused = [](std::string_view reason, const Violation& bad) {
    return Refusal{std::string(reason), event_error_answer(bad)};
  };
  if (judgement.body.IsNull()) {
    return Refusal{"not_json", error_answer({400, 100, {}, "(#100) The body is not valid JSON."})};
  }
  if (auto bad = check_shape(judgement.body, request_fields)) {
    bad->code = parameter_error;
    return refused("request_keys", *bad);
  }
  if (judgement.events.size() > most_events) {
    return refused("too_many_events",
                   violation(parameter_error, {event_list}, "Too many events: at most 1000."));
  }
  const Json& events = *event_objects(judgement, event_list);
  const auto in_store = std::count_if(events.Begin(), events.End(), [](const Json& event) {
    return find_text(event, "action_source") == physical_store;
  });
  if (in_store != 0 && static_cast<std::size_t>(in_store) != judgement.events.size()) {
    return refused("mixed_action_sources",
                   violation(parameter_error, {event_list},
                             "physical_store events need a request of their own."));
  }
  return std::nullopt;
}

Judgement judge(const Call& call, const Conditions& conditions) {
  Judgement judgement = open_judgement(call, event_list);
  const std::optional<Route> route = route_of(call.path);
  const Json* events = event_objects(judgement, event_list);
  for (rapidjson::SizeType i = 0; i < judgement.events.size(); ++i) {
    const Json& event = (*events)[i];
    Verdict& verdict = judgement.events[i];
    verdict.destination = route ? route->pixel : "";
    verdict.event_id = find_text(event, "event_id");
    verdict.dedup_key = fmt::format("{}|{}|{}", verdict.destination, find_text(event, "event_name"),
                                    verdict.event_id);
  }
  std::optional<Refusal> refusal = check_call(call, route, conditions);
  if (!refusal) refusal = check_request(judgement);
  if (refusal) {
    return refuse(std::move(judgement), refusal->reason, std::move(refusal->answer));
  }
  for (rapidjson::SizeType i = 0; i < judgement.events.size(); ++i) {
    if (auto bad = check_event((*events)[i], conditions)) {
      // Only this subcode's text says which event it was; the others leave the sender to search.
      if (bad->problem == Problem::bad_value && bad->code != parameter_error &&
          bad->code != invalid_parameter) {
        bad->named = false;
      }
      blame(judgement.events[i], std::move(*bad), event_list, i);
    }
  }
  if (const Verdict* bad = first_bad(judgement)) {
    Answer answer = event_error_answer(*bad->violation);
    return refuse(std::move(judgement), "invalid_event", std::move(answer));
  }
  return judgement;
}

Answer answer(const Call&, const Judgement& judgement) {
  Answer good;
  good.body = fmt::format(R"({{"events_received":{},"messages":[],"fbtrace_id":"{}"}})",
                          judgement.events.size(), new_fbtrace_id());
  good.headers.push_back({"facebook-api-version", "v26.0"});
  return good;
}

}  // namespace

const Platform meta_platform{"meta", event_list, "meta", judge, answer, meta::ready_made};

}  // namespace sandbox
