#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "meta_errors.hpp"
#include "meta_event.hpp"
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

/// The token's places are the header and the body (Using the API), one of them.
std::optional<Refusal> check_token(const Call& call, const Json& body) {
  if (call.has_query_parameter("access_token")) {
    return Refusal{"token_in_query",
                   error_answer({400,
                                 100,
                                 {},
                                 "sandbox: the access token must not be in the URL; send "
                                 "Authorization: Bearer",
                                 "SandboxRefusal"})};
  }
  const std::string_view body_token = find_text(body, "access_token");
  if (!body_token.empty() && !call.bearer_token().empty()) {
    return Refusal{"token_twice",
                   error_answer({400,
                                 100,
                                 {},
                                 "sandbox: the access token is in the header and in the body; one "
                                 "of them is enough",
                                 "SandboxRefusal"})};
  }
  const std::string_view token = body_token.empty() ? call.bearer_token() : body_token;
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

std::optional<Refusal> check_call(const Call& call, const Json& body,
                                  const std::optional<Route>& route, const Conditions& conditions) {
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
  if (auto refusal = check_token(call, body)) return refusal;
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
  std::optional<Refusal> refusal = check_call(call, judgement.body, route, conditions);
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
