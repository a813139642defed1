// What every adapter promises, run over the registry: a new one is tested here the moment it is
// listed.
#include <algorithm>
#include <array>
#include <set>

#include "base/json.hpp"
#include "identity/identity.hpp"
#include "platforms/platform.hpp"
#include "platforms/signals.hpp"
#include "platforms/testing/golden.hpp"

namespace pruuv::platforms {
namespace {

constexpr std::int64_t now_s = 1795400000;
constexpr std::array<std::string_view, 5> personal = {"zebedee.quill@example.com", "7031 3000",
                                                      "442070313000", "Zebedee", "Quillfeather"};
constexpr std::string_view secret_mark = "placeholder-";

std::string case_file(const Platform& adapter, const std::string& file) {
  return testing::read_testdata("golden/" + std::string(adapter.name) + "/complete/" + file);
}

// The adapter's own case `complete`, of the person and the time that are looked for here.
FunnelEvent full_event(const Platform& adapter) {
  FunnelEvent event = testing::event_from_json(case_file(adapter, "event.json"));
  event.event_time = now_s - 86400;
  event.email = "Zebedee.Quill@example.com";
  event.phone = "+44 20 7031 3000";
  event.first_name = "Zebedee";
  event.last_name = "Quillfeather";
  event.page_url = "https://shop.example/thanks?email=zebedee.quill@example.com";
  return event;
}

Connection connection_of(const Platform& adapter) {
  return testing::connection_from_json(case_file(adapter, "connection.json"), adapter);
}

Credential credential_with_app_secret() {
  Credential credential = testing::placeholder_credential();
  credential.app_secret = Secret("placeholder-app-secret");
  return credential;
}

Encoding encode(const Platform& adapter, const FunnelEvent& event) {
  const Connection connection = connection_of(adapter);
  return adapter.encode(event, testing::phone_of(event, connection), connection);
}

HttpRequest build(const Platform& adapter, const Conversion& conversion) {
  const std::array<const Conversion*, 1> conversions = {&conversion};
  return adapter.build(conversions, connection_of(adapter), adapter.default_endpoint,
                       credential_with_app_secret(), Purpose::deliver);
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The same details, each of them `text`.
std::string with_every_detail(const std::string& extra, const std::string& text) {
  if (extra.empty()) return {};
  const auto document = json::parse(extra);
  REQUIRE(document.has_value());
  json::Writer out;
  out.begin_object();
  for (const auto& [key, value] : document->root().members()) out.member(key, text);
  out.end_object();
  return out.str();
}

HttpResponse answer(int status, const std::string& body) {
  HttpResponse response;
  response.status = status;
  response.bytes_sent = true;
  response.body = body;
  return response;
}

HttpResponse broken(int transport_code, bool bytes_sent, int status = 0,
                    const std::string& body = {}) {
  HttpResponse response = answer(status, body);
  response.transport_code = transport_code;
  response.bytes_sent = bytes_sent;
  return response;
}

TEST_CASE("names are unique, every function is there, every limit is set") {
  std::set<std::string_view> names;
  std::set<std::pair<std::string_view, std::string_view>> apis;
  for (const Platform& adapter : registry()) {
    INFO(adapter.name);
    CHECK(names.insert(adapter.name).second);
    CHECK(apis.insert({adapter.platform, adapter.api}).second);
    CHECK(!adapter.platform.empty());
    CHECK(!adapter.destination_key.empty());
    CHECK(adapter.limits.events_max > 0);
    CHECK(adapter.limits.body_bytes_max > 0);
    CHECK(adapter.limits.dedup_window_s >= 0);
    CHECK(adapter.default_endpoint.base_url.starts_with("https://"));
    CHECK(!adapter.default_endpoint.base_url.ends_with("/"));
    CHECK((adapter.claims && adapter.check_connection && adapter.parse_credential &&
           adapter.timing && adapter.encode && adapter.build && adapter.classify));
    CHECK((adapter.token_request == nullptr) == (adapter.parse_token == nullptr));
    CHECK((adapter.token_request == nullptr) == adapter.default_endpoint.token_url.empty());
  }
  for (const std::string_view platform : platform_names()) {
    INFO(platform);
    CHECK(std::ranges::count_if(registry(), [&](const Platform& adapter) {
            return adapter.platform == platform && adapter.is_default_api;
          }) == 1);
  }
}

TEST_CASE("a complete event can be sent, and its UUID goes with it") {
  for (const Platform& adapter : registry()) {
    INFO(adapter.name);
    const FunnelEvent event = full_event(adapter);
    CHECK(adapter.claims(event));
    const Encoding encoding = encode(adapter, event);
    REQUIRE(encoding.refusals.empty());
    CHECK(encoding.conversion.event_id == event.id);
    CHECK(encoding.conversion.event_seq == event.seq);
    CHECK(!encoding.conversion.dedup_scope.empty());
    const HttpRequest request = build(adapter, encoding.conversion);
    CHECK(holds(request.body, event.id));
    CHECK(holds(request.body, encoding.conversion.object));
    CHECK(json::parse(request.body));
    CHECK(request.method == "POST");
    CHECK(request.url.starts_with(adapter.default_endpoint.base_url + "/"));
  }
}

TEST_CASE("no personal data leaves in the clear") {
  for (const Platform& adapter : registry()) {
    INFO(adapter.name);
    const Encoding encoding = encode(adapter, full_event(adapter));
    const HttpRequest request = build(adapter, encoding.conversion);
    for (const std::string_view one : personal) {
      INFO(one);
      CHECK(!holds(request.body, one));
      CHECK(!holds(request.url, one));
      CHECK(!holds(encoding.conversion.dedup_scope, one));
      CHECK(!holds(encoding.conversion.batch_key, one));
    }
    CHECK(!holds(request.body, "e3b0c44298fc1c149afbf4c8996fb924"));  // SHA-256 of nothing
  }
}

TEST_CASE("the credential stands nowhere but in secret headers") {
  for (const Platform& adapter : registry()) {
    INFO(adapter.name);
    const HttpRequest request = build(adapter, encode(adapter, full_event(adapter)).conversion);
    CHECK(!holds(request.url, secret_mark));
    CHECK(!holds(request.body, secret_mark));
    int secret_headers = 0;
    for (const HttpHeader& header : request.headers) {
      INFO(header.name);
      if (const auto* const plain = std::get_if<std::string>(&header.value)) {
        CHECK(!holds(*plain, secret_mark));
      } else {
        secret_headers +=
            holds(std::get<Secret>(header.value).reveal(), "placeholder-access-token") ? 1 : 0;
      }
    }
    CHECK(secret_headers == 1);
    if (adapter.token_request == nullptr) continue;
    const HttpRequest exchange =
        adapter.token_request(credential_with_app_secret(), adapter.default_endpoint, now_s);
    CHECK(exchange.url == adapter.default_endpoint.token_url);
    CHECK(exchange.body.empty());
    CHECK(holds(exchange.secret_body.reveal(), "placeholder-refresh-token"));
  }
}

TEST_CASE("the same event gives the same bytes, whatever stands beside it") {
  for (const Platform& adapter : registry()) {
    INFO(adapter.name);
    const Conversion first = encode(adapter, full_event(adapter)).conversion;
    FunnelEvent later = full_event(adapter);
    later.seq = 99;
    const Conversion again = encode(adapter, later).conversion;
    CHECK(first.object == again.object);
    CHECK(first.dedup_scope == again.dedup_scope);
    CHECK(build(adapter, first).body == build(adapter, again).body);
  }
}

TEST_CASE("what asks and what reads the answer come in pairs") {
  for (const Platform& adapter : registry()) {
    INFO(adapter.name);
    CHECK((adapter.token_request == nullptr) == (adapter.parse_token == nullptr));
    CHECK((adapter.status_request == nullptr) == (adapter.parse_status == nullptr));
  }
}

TEST_CASE("no platform claims an event for another platform's click id") {
  for (const Platform& adapter : registry()) {
    INFO(adapter.name);
    FunnelEvent event = full_event(adapter);
    event.extra.clear();
    const std::string gclid = "Cj0KCQiA6Ou5BhCrARIsAPoTxrAq";
    const std::string ttclid = "E.C.P.CvoBAbCdEf";
    event.fbclid = event.fbc = event.ttclid = gclid;
    event.gclid = event.gbraid = event.wbraid = ttclid;
    CHECK(!adapter.claims(event));
    event.fbc = "fb.1.1795316400000.undefined";
    event.fbclid = ttclid;
    CHECK(!adapter.claims(event));
  }
}

TEST_CASE("a placeholder where a click id should be is no click, and is never sent as one") {
  for (const Platform& adapter : registry()) {
    for (const std::string placeholder : {"undefined", "{{click}}", "null", "gclid"}) {
      INFO(adapter.name << " " << placeholder);
      FunnelEvent event = full_event(adapter);
      for (std::string FunnelEvent::*field :
           {&FunnelEvent::fbclid, &FunnelEvent::fbc, &FunnelEvent::gclid, &FunnelEvent::gbraid,
            &FunnelEvent::wbraid, &FunnelEvent::ttclid}) {
        event.*field = placeholder;
      }
      CHECK(!holds(encode(adapter, event).conversion.object, "\"" + placeholder + "\""));
      event.extra = with_every_detail(event.extra, placeholder);
      CHECK(!adapter.claims(event));
    }
  }
}

// A path with a typing error would say for ever that nobody has an e-mail address.
TEST_CASE("each signal is found in the object of a complete event, and the click id first") {
  for (const Platform& adapter : registry()) {
    INFO(adapter.name);
    const Encoding encoding = encode(adapter, full_event(adapter));
    const std::vector<bool> found = signals_in(adapter, encoding.conversion.object);
    REQUIRE(found.size() == adapter.signals.size());
    REQUIRE(found.size() >= 3);
    CHECK(adapter.signals.front().words.starts_with("click id"));
    for (std::size_t i = 0; i < found.size(); ++i) {
      INFO(adapter.signals[i].words);
      CHECK(found[i]);
      CHECK(!adapter.signals[i].fields.empty());
    }
  }
}

TEST_CASE("the default version is in the table of versions, newest first") {
  for (const Platform& adapter : registry()) {
    INFO(adapter.name);
    if (adapter.default_endpoint.version.empty()) {
      CHECK(adapter.versions.empty());
      continue;
    }
    CHECK(std::ranges::count(adapter.versions, adapter.default_endpoint.version, &Version::name) ==
          1);
    CHECK(std::ranges::is_sorted(adapter.versions, [](const Version& a, const Version& b) {
      return (a.ends_s == 0 ? INT64_MAX : a.ends_s) > (b.ends_s == 0 ? INT64_MAX : b.ends_s);
    }));
  }
}

TEST_CASE("the settings of a platform bear its name and say what they do") {
  for (const Platform& adapter : registry()) {
    for (const SettingSpec& setting : adapter.settings) {
      INFO(setting.name);
      CHECK(setting.name.starts_with(std::string(adapter.platform) + "."));
      CHECK(!setting.words.empty());
      CHECK(setting.choices.size() != 1);
    }
  }
}

TEST_CASE("an empty event is refused, not sent empty") {
  for (const Platform& adapter : registry()) {
    INFO(adapter.name);
    FunnelEvent event;
    event.id = full_event(adapter).id;
    event.event_name = "lead";
    event.event_time = now_s;
    CHECK(!adapter.claims(event));
    const Encoding encoding = encode(adapter, event);
    CHECK(!encoding.refusals.empty());
    for (const Reason reason : encoding.refusals) CHECK(class_of(reason) == ReasonClass::skipped);
  }
}

TEST_CASE("reasons are of the kind their place asks for") {
  for (const Platform& adapter : registry()) {
    INFO(adapter.name);
    FunnelEvent event = full_event(adapter);
    for (const EventField& field : event_fields) event.*(field.text) = "\xff garbage";
    event.user_agent = "Mozilla/5.0";
    const Encoding encoding = encode(adapter, event);
    for (const Reason reason : encoding.refusals) CHECK(class_of(reason) == ReasonClass::skipped);
    for (const Warning& warning : encoding.warnings) {
      CHECK(class_of(warning.reason) == ReasonClass::warning);
      CHECK(std::ranges::find(event_fields, warning.field, &EventField::name) !=
            event_fields.end());
    }
  }
}

TEST_CASE("time: too old, due, ahead, too far ahead") {
  for (const Platform& adapter : registry()) {
    INFO(adapter.name);
    FunnelEvent event = full_event(adapter);
    const Connection connection = connection_of(adapter);
    const auto timing = [&] {
      return adapter.timing(event, connection, adapter.default_endpoint, now_s);
    };
    CHECK(timing().reason == Reason::none);
    CHECK(timing().expires_s > now_s);
    event.event_time = now_s + 3600;
    CHECK(timing().reason == Reason::not_yet);
    CHECK(timing().until_s >= event.event_time);
    event.event_time = now_s + 86401;
    CHECK(timing().reason == Reason::event_in_future);
    event.event_time = now_s - std::int64_t{200} * 86400;
    event.click_timestamp.clear();
    CHECK(timing().reason == Reason::too_old);
    CHECK(timing().expires_s <= now_s);
  }
}

TEST_CASE("whatever comes back, every event gets a verdict, and only a 2xx can be a success") {
  HttpResponse throttled = answer(429, "{}");
  throttled.headers = {{"retry-after", "60"}};
  const struct {
    HttpResponse response;
    Outcome outcome;
  } cases[] = {
      {answer(200, "<html>login</html>"), Outcome::ambiguous},
      {answer(200, ""), Outcome::ambiguous},
      {broken(18, true, 200, "{\"co"), Outcome::ambiguous},
      {answer(200, "{\"co"), Outcome::ambiguous},
      {answer(200, "[]"), Outcome::ambiguous},
      {answer(200, "null"), Outcome::ambiguous},
      {answer(400, "<html>"), Outcome::rejected},
      {answer(401, "{}"), Outcome::rejected},
      {answer(403, ""), Outcome::rejected},
      {answer(404, "{\"error\": {}}"), Outcome::rejected},
      {answer(413, ""), Outcome::rejected},
      {answer(302, ""), Outcome::rejected},
      {throttled, Outcome::retryable},
      {answer(503, "<html>"), Outcome::retryable},
      {answer(500, "{}"), Outcome::ambiguous},
      {answer(504, ""), Outcome::ambiguous},
      {broken(28, true), Outcome::ambiguous},
      {broken(7, false), Outcome::retryable},
  };
  for (const Platform& adapter : registry()) {
    for (const auto& [response, outcome] : cases) {
      for (const std::size_t events : {1U, 3U}) {
        INFO(adapter.name << " " << response.status << " " << response.body << " " << events);
        const Classification out = adapter.classify(response, events);
        REQUIRE(out.verdicts.size() == events);
        // One event that is too large by itself may pass another time.
        const bool is_too_large_alone = response.status == 413 && events == 1;
        for (const Verdict& verdict : out.verdicts) {
          CHECK(verdict.outcome == (is_too_large_alone ? Outcome::retryable : outcome));
          if (outcome == Outcome::rejected && events == 1) CHECK(verdict.scope != Scope::request);
          if (outcome == Outcome::rejected) CHECK(class_of(verdict.reason) != ReasonClass::routed);
        }
      }
    }
    CHECK(adapter.classify(throttled, 1).verdicts.at(0).retry_after_s == 60);
  }
}

}  // namespace
}  // namespace pruuv::platforms
