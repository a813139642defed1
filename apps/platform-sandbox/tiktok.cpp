#include <algorithm>

#include <fmt/format.h>

#include "platform.hpp"
#include "tiktok_keys.hpp"
#include "times.hpp"
#include "trace_ids.hpp"

/// TikTok Events API 2.0, POST /open_api/v1.3/event/track/ (the trailing slash is part of it).
/// https://business-api.tiktok.com/portal/docs?id=1771101303285761
namespace sandbox {
namespace {

using namespace tiktok;

constexpr std::string_view event_list = "data";
constexpr std::size_t most_events = 1'000;
constexpr std::size_t longest_ttclid = 1'000;
constexpr std::string_view track_path = "/open_api/v1.3/event/track/";
/// No limit is documented for web; nothing older than the longest attribution window is of use.
constexpr std::int64_t time_window = 28 * seconds_per_day;

/// TikTok's return codes.
constexpr std::string_view invalid_value = "40002";
constexpr std::string_view not_hashed = "40062";

/// The envelope of every answer. The code decides, not the HTTP status.
Answer envelope(int status, std::string_view code, std::string_view message) {
  const std::string id = new_tiktok_request_id();
  return {status,
          fmt::format(R"({{"code":{},"message":{},"request_id":"{}","data":{{}}}})", code,
                      json_quoted(message), id),
          "application/json",
          {{"X-TT-LOGID", id}}};
}

Answer event_error_answer(const Violation& bad) {
  return envelope(200, bad.code,
                  bad.named ? dotted(bad.path) + ": " + bad.message : "Invalid value.");
}

std::optional<Answer> ready_made(std::string_view name, const Judgement&) {
  // The Events page of the portal lists HTTP 401 for throttling: not a sign of a bad token.
  if (name == "throttled") return envelope(401, "40100", "Too many requests. Please retry later.");
  if (name == "pixel_throttled") {
    return envelope(200, "40132", "The request QPS is limited by pixel_code's value.");
  }
  if (name == "partial") return envelope(200, "20001", "Partial success");
  if (name == "token") {
    return envelope(200, "40105", "Access token is incorrect or has been revoked.");
  }
  if (name == "token_expired") return envelope(200, "40102", "Access token is expired.");
  if (name == "permission") {
    return envelope(200, "40001",
                    "No permission to operate pixel code. You must be an admin or operator of "
                    "this advertiser account.");
  }
  if (name == "duplicate") return envelope(200, "40050", "Duplicated requests.");
  if (name == "transient") return envelope(200, "50000", "System error.");
  if (name == "maintenance") return envelope(200, "60001", "The system is under maintenance.");
  if (name == "invalid_event") return envelope(200, invalid_value, "Invalid value.");
  return std::nullopt;
}

std::optional<Refusal> check_token(const Call& call) {
  if (call.has_query_parameter("access_token") || call.has_query_parameter("Access-Token")) {
    return Refusal{"token_in_query", envelope(400, "40000",
                                              "sandbox: the token must not be in the URL; send the "
                                              "header Access-Token")};
  }
  const std::string_view token = call.header("Access-Token");
  if (token.empty()) {
    return Refusal{"token_missing", envelope(401, "40104",
                                             "Access token is empty. Please send it "
                                             "in the header Access-Token.")};
  }
  const auto refused = [](std::string_view name) {
    return Refusal{std::string(name), *ready_made(name, Judgement{})};
  };
  if (token.starts_with("sandbox-")) return std::nullopt;
  if (token.starts_with("expired-")) return refused("token_expired");
  if (token.starts_with("forbidden-")) return refused("permission");
  return refused("token");
}

std::optional<Refusal> check_call(const Call& call, const Conditions& conditions) {
  if (call.path != track_path) {
    const std::string_view path = call.path;
    if (path.starts_with("/open_api/v1.") && path.ends_with("/event/track/")) {
      return Refusal{"unsupported_version", envelope(200, "40006", "API version not supported.")};
    }
    return Refusal{"unknown_path", Answer{404, "404 page not found", "text/plain", {}}};
  }
  if (call.method != "POST") {
    return Refusal{"method", Answer{405, "405 method not allowed", "text/plain", {}}};
  }
  if (auto refusal = check_token(call)) return refusal;
  if (!call.has_content_type("application/json")) {
    return Refusal{"content_type",
                   envelope(200, invalid_value, "Content-Type must be application/json.")};
  }
  if (call.body.size() > conditions.max_body) {
    return Refusal{
        "body_too_large",
        Answer{413, "<html><body>413 Request Entity Too Large</body></html>", "text/html", {}}};
  }
  return std::nullopt;
}

/// 20 upper-case letters and digits; the numeric id of a pixel is something else.
bool is_pixel_code(std::string_view text) {
  return text.size() == 20 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

std::optional<Refusal> check_request(const Judgement& judgement) {
  const auto refused = [](std::string_view reason, std::string_view code, std::string message) {
    return Refusal{std::string(reason), envelope(200, code, message)};
  };
  if (judgement.body.IsNull()) {
    return refused("not_json", invalid_value, "The body is not valid JSON.");
  }
  if (auto bad = check_shape(judgement.body, request_fields)) {
    return refused("request_keys", invalid_value, dotted(bad->path) + ": " + bad->message);
  }
  if (find(judgement.body, "partner_name") != nullptr) {
    return refused("partner_name", "40063", "partner_name: Not a registered partner.");
  }
  if (!is_pixel_code(find_text(judgement.body, "event_source_id"))) {
    return refused("event_source_id", invalid_value, "event_source_id: Not a valid pixel code.");
  }
  if (judgement.events.size() > most_events) {
    return refused("too_many_events", invalid_value, "data: Longer than maximum length 1000.");
  }
  return std::nullopt;
}

std::optional<Violation> check_user(const Json& event) {
  const Json& user = *find(event, "user");
  if (find_text(user, "ttclid").size() > longest_ttclid) {
    return violation(invalid_value, {"user", "ttclid"}, "Longer than maximum length 1000.");
  }
  const std::string_view address = find_text(user, "ip");
  if (!address.empty() && !is_ip_address(address)) {
    return violation(invalid_value, {"user", "ip"}, "Not a valid IP address.");
  }
  const Json* limited = find(event, "limited_data_use");
  if (limited != nullptr && limited->GetBool() && address.empty()) {
    return violation(invalid_value, {"user", "ip"}, "Required when limited_data_use is true.");
  }
  return std::nullopt;
}

std::optional<Violation> check_money(const Json& properties) {
  const std::string_view currency = find_text(properties, "currency");
  if (!currency.empty() &&
      std::find(std::begin(currencies), std::end(currencies), currency) == std::end(currencies)) {
    return violation(invalid_value, {"properties", "currency"}, "Not a supported currency.");
  }
  if (find(properties, "value") != nullptr && currency.empty()) {
    return violation(invalid_value, {"properties", "currency"}, "Required beside value.");
  }
  return std::nullopt;
}

std::optional<Violation> check_properties(const Json& properties) {
  if (auto bad = check_money(properties)) return bad;
  const Json* contents = find(properties, "contents");
  if (contents == nullptr) return std::nullopt;
  for (const Json& item : contents->GetArray()) {
    const Json* quantity = find(item, "quantity");
    if (quantity != nullptr && quantity->GetInt64() < 1) {
      return violation(invalid_value, {"properties", "contents", "quantity"}, "Must be positive.");
    }
  }
  return std::nullopt;
}

std::optional<Violation> check_event(const Json& event, const Conditions& conditions) {
  if (auto bad = check_shape(event, event_fields)) {
    bad->code = bad->problem == Problem::not_hashed ? not_hashed : invalid_value;
    return bad;
  }
  const std::string_view name = find_text(event, "event");
  if (std::find(std::begin(reserved_names), std::end(reserved_names), name) !=
      std::end(reserved_names)) {
    return violation(invalid_value, {"event"}, "Reserved name.");
  }
  const std::int64_t time = find(event, "event_time")->GetInt64();
  if (time > conditions.now + clock_tolerance) {
    return violation(invalid_value, {"event_time"}, "Must not be in the future.");
  }
  if (conditions.now - time > time_window) {
    return violation(invalid_value, {"event_time"}, "Must not be older than 28 days.");
  }
  if (auto bad = check_user(event)) return bad;
  if (const Json* properties = find(event, "properties")) {
    if (auto bad = check_properties(*properties)) return bad;
  }
  return ordered_violation(conditions, find_text(event, "event_id"), invalid_value, true);
}

Judgement judge(const Call& call, const Conditions& conditions) {
  Judgement judgement = open_judgement(call, event_list);
  const std::string_view pixel = find_text(judgement.body, "event_source_id");
  const Json* events = event_objects(judgement, event_list);
  for (rapidjson::SizeType i = 0; i < judgement.events.size(); ++i) {
    const Json& event = (*events)[i];
    Verdict& verdict = judgement.events[i];
    verdict.destination = pixel;
    verdict.event_id = find_text(event, "event_id");
    verdict.dedup_key = fmt::format("{}|{}|{}", pixel, find_text(event, "event"), verdict.event_id);
  }
  std::optional<Refusal> refusal = check_call(call, conditions);
  if (!refusal) refusal = check_request(judgement);
  if (refusal) {
    return refuse(std::move(judgement), refusal->reason, std::move(refusal->answer));
  }
  for (rapidjson::SizeType i = 0; i < judgement.events.size(); ++i) {
    if (auto bad = check_event((*events)[i], conditions)) {
      blame(judgement.events[i], std::move(*bad), event_list, i);
    }
  }
  if (const Verdict* bad = first_bad(judgement)) {
    Answer answer = event_error_answer(*bad->violation);
    return refuse(std::move(judgement), "invalid_event", std::move(answer));
  }
  return judgement;
}

Answer answer(const Call&, const Judgement&) { return envelope(200, "0", "OK"); }

}  // namespace

const Platform tiktok_platform{"tiktok", event_list, "tiktok", judge, answer, ready_made};

}  // namespace sandbox
