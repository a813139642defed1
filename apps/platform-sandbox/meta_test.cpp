#include <catch2/catch.hpp>

#include "rules_test.hpp"

namespace sandbox::test {
namespace {

const std::string event =
    R"({"event_name":"Purchase","event_time":1795390000,)"
    R"("event_id":"7b1f0c2e-0000-4000-8000-0000000000aa",)"
    R"("action_source":"website",)"
    R"("event_source_url":"https://shop.example/thanks",)"
    R"("user_data":{"em":[")" +
    std::string(hash) + R"("],"ph":")" + std::string(hash) +
    R"(","fbc":"fb.1.1795380000000.IwAR2-abc_d","fbp":"fb.1.1795380000000.11",)"
    R"("client_ip_address":"203.0.113.9","client_user_agent":"Mozilla/5.0"},)"
    R"("custom_data":{"value":49.90,"currency":"EUR",)"
    R"("contents":[{"id":"SKU-1","quantity":1,"item_price":49.9}]}})";
const std::string good = R"({"data":[)" + event + "]}";

}  // namespace

TEST_CASE("meta takes a good request") {
  const Result result = judged(meta_subject(), good);
  CHECK(result.status == 200);
  CHECK(result.body.find(R"({"events_received":1,"messages":[],"fbtrace_id":"A)") == 0);
  REQUIRE(result.events.size() == 1);
  CHECK(result.events[0].status == Status::accepted);
  CHECK(result.events[0].destination == "123456789012345");
  CHECK(result.events[0].dedup_key ==
        "123456789012345|Purchase|7b1f0c2e-0000-4000-8000-0000000000aa");
}

TEST_CASE("meta takes every documented form") {
  const BadCase cases[] = {
      {R"("action_source":"website")", R"("action_source":"system_generated")", ""},
      {R"("event_name":"Purchase")", R"("event_name":"Qualified lead")", ""},
      {"IwAR2-abc_d", "IwAR2-abc_d.AQ", ""},
      {"IwAR2-abc_d", "IwAR2-abc_d.AQQCAQMC", ""},
      {"203.0.113.9", "2001:db8::1", ""},
      {"203.0.113.9", "203.0.113.9.AQQAAQMC", ""},
      {R"({"data")", R"({"test_event_code":"TEST1","data")", ""},
      {R"({"data")", R"({"partner_agent":"agency-1","data")", ""},
      {R"("event_source_url")", R"("data_processing_options":["LDU"],"event_source_url")", ""},
      {R"("fbc")", R"("lead_id":525645896321548,"fbc")", ""},
      {R"("event_source_url")",
       R"("data_processing_options":["LDU"],"data_processing_options_country":1,)"
       R"("data_processing_options_state":1013,"event_source_url")",
       ""},
      {R"("event_source_url")", R"("opt_out":true,"event_source_url")", ""},
      {R"("fbc")", R"("fb_login_id":10158000000000001,"subscription_id":"S-1","fbc")", ""},
      {"1795390000", "1794795200", ""},
      {R"("custom_data":{"value":49.90,"currency":"EUR")",
       R"("custom_data":{"value":0,"currency":"eur")", ""},
  };
  for (const BadCase& one : cases) {
    CAPTURE(one.to);
    CHECK(judged(meta_subject(), replaced(good, one.from, one.to)).status == 200);
  }
}

TEST_CASE("meta refuses the whole request for one bad event") {
  const BadCase cases[] = {
      {R"("fbc":"fb.1.1795380000000.)", R"("fbc":"fb.1.1795380000.)", "2804001"},
      {"1795390000", "1794795199", "2804003"},
      {"1795390000", "1795400100", "2804004"},
      {"1795390000", "1795390000000", "2804004"},
      {R"({"id":"SKU-1",)", "{", "2804008"},
      {R"("value":49.90,)", "", "2804009"},
      {R"(,"currency":"EUR")", "", "2804010"},
      {R"("EUR")", R"("MRU")", "2804011"},
      {R"("EUR")", R"("EURO")", "2804011"},
      {R"("fbc")", R"("lead_id":12,"fbc")", "2804036"},
      {R"("event_time":1795390000)", R"("event_time":"1795390000")", "2804019"},
      {R"("event_time":1795390000)", R"("event_time":1795390000.5)", "2804019"},
      {R"("value":49.90)", R"("value":"49.90")", "2804019"},
      {R"("value":49.90)", R"("value":-1)", "2804019"},
      {R"("action_source":"website")", R"("action_source":"web")", "2804019"},
      {R"("action_source":"website",)", "", "2804019"},
      {R"("event_id":"7b1f0c2e-0000-4000-8000-0000000000aa",)", "", "2804019"},
      {R"("fbp":"fb.1.1795380000000.11")", R"("fbp":"11")", "2804019"},
      {"203.0.113.9", "203.0.113.900", "2804019"},
      {R"("em":["849a)", R"("em":["849A)", "2804019"},
      {R"("em":["849a)", R"("em":["49a)", "2804019"},
      {"Mozilla/5.0", hash, "2804019"},
      {"fb.1.1795380000000.IwAR2-abc_d", hash, "2804019"},
      {R"("website")", R"("physical_store")", "2804019"},
      {R"("event_source_url")", R"("data_processing_options":["CCPA"],"event_source_url")",
       "2804019"},
      {R"("event_source_url")",
       R"("data_processing_options":["LDU"],"data_processing_options_country":0,)"
       R"("data_processing_options_state":1000,"event_source_url")",
       "2804019"},
      {R"("event_source_url")",
       R"("data_processing_options":["LDU"],"data_processing_options_country":1,)"
       R"("data_processing_options_state":1014,"event_source_url")",
       "2804019"},
      {R"("event_source_url")", R"("data_processing_options_country":1,"event_source_url")",
       "2804019"},
      {R"("value":49.90)", R"("num_items":1,"value":49.90)", "2804019"},
      {R"("value":49.90)", R"("search_string":"x","value":49.90)", "2804019"},
      {R"("value":49.90)", R"("status":"x","value":49.90)", "2804019"},
      {R"("value":49.90)", R"("event_source":"crm","value":49.90)", "2804019"},
      {R"("value":49.90)", R"("event_source":"shop","value":49.90)", "2804019"},
      {R"("em")", R"("email")",
       R"(Unexpected key \"email\" on param \"$['data'][0]['user_data']\")"},
      {R"("value")", R"("worth")", "$['data'][0]['custom_data']"},
      {R"("event_time")", R"("event_times")", "$['data'][0]"},
      {R"("fbc")", R"("fbp":"fb.1.1795380000000.12","fbc")", "2804019"},
  };
  for (const BadCase& one : cases) {
    CAPTURE(one.to);
    const Result result = judged(meta_subject(), replaced(good, one.from, one.to));
    CHECK(result.status == 400);
    CHECK(result.reason == "invalid_event");
    CHECK(result.body.find(R"("code":100)") != std::string::npos);
    CHECK_THAT(result.body, Catch::Contains(std::string(one.expected)));
    CHECK(result.events.at(0).status == Status::refused);
  }
}

TEST_CASE("meta refuses user data that fits too many people") {
  const std::size_t from = good.find(R"("user_data")");
  const std::size_t to = good.find(R"(,"custom_data")");
  const auto with = [&](const std::string& user_data) {
    return good.substr(0, from) + R"("user_data":)" + user_data + good.substr(to);
  };
  const std::string h = R"(":")" + std::string(hash) + R"(")";
  for (const std::string& broad : {R"({"client_user_agent":"Mozilla/5.0"})" + std::string(),
                                   std::string("{}"), R"({"ct)" + h + R"(,"country)" + h + "}",
                                   R"({"db)" + h + "}", R"({"fn)" + h + R"(,"ge)" + h + "}"}) {
    CHECK_THAT(judged(meta_subject(), with(broad)).body, Catch::Contains("2804050"));
  }
  for (const std::string& enough :
       {R"({"client_ip_address":"203.0.113.9","client_user_agent":"Mozilla/5.0"})" + std::string(),
        R"({"fn)" + h + R"(,"ln)" + h + "}", R"({"external_id":"user-1"})" + std::string()}) {
    CHECK(judged(meta_subject(), with(enough)).status == 200);
  }
}

TEST_CASE("meta says nothing about which event was too old") {
  const std::string old = replaced(event, "1795390000", "1790000000");
  const Result result = judged(meta_subject(), R"({"data":[)" + event + "," + old + "]}");
  CHECK_THAT(result.body, Catch::Contains("2804003"));
  CHECK(result.body.find("['data']") == std::string::npos);
  CHECK(result.events.at(0).status == Status::refused);
  CHECK_FALSE(result.events.at(0).violation.has_value());
  CHECK(result.events.at(1).violation->code == "2804003");
}

TEST_CASE("meta takes physical_store events of 62 days, on their own") {
  std::string store = replaced(event, R"("website")", R"("physical_store")");
  store = replaced(store, R"("value")", R"("order_id":"O-1","value")");
  store = replaced(store, "1795390000", "1790100000");
  CHECK(judged(meta_subject(), R"({"data":[)" + store + "]}").status == 200);
  CHECK(judged(meta_subject(), R"({"data":[)" + store + "," + event + "]}").reason ==
        "mixed_action_sources");
  const std::string older = replaced(store, "1790100000", "1790000000");
  CHECK_THAT(judged(meta_subject(), R"({"data":[)" + older + "]}").body,
             Catch::Contains("2804003"));
}

TEST_CASE("meta refuses what is wrong about the request") {
  CHECK(judged(meta_subject(), R"({"data":[)" + repeated(event, 1000) + "]}").status == 200);
  CHECK(judged(meta_subject(), R"({"data":[)" + repeated(event, 1001) + "]}").reason ==
        "too_many_events");
  CHECK(judged(meta_subject(), "{").reason == "not_json");
  CHECK(judged(meta_subject(), R"({"data":[],"data":[]})").reason == "request_keys");
  CHECK(judged(meta_subject(), replaced(good, R"({"data")", R"({"appsecret_proof":"x","data")"))
            .reason == "request_keys");

  Subject subject = meta_subject();
  subject.call.headers = {{"Content-Type", "application/json"}};
  CHECK_THAT(judged(subject, good).body, Catch::Contains(R"("code":104)"));
  for (const auto& [token, code] : {std::pair{"Bearer other", R"("code":190,"is_transient")"},
                                    std::pair{"Bearer expired-1", R"("error_subcode":463)"},
                                    std::pair{"bearer forbidden-1", R"("code":200)"}}) {
    subject.call.headers[0] = {"Authorization", token};
    CHECK_THAT(judged(subject, good).body, Catch::Contains(code));
  }
  subject = meta_subject();
  subject.call.query = "access_token=sandbox-1";
  CHECK(judged(subject, good).reason == "token_in_query");
  subject = meta_subject();
  subject.call.headers[1].value = "text/plain";
  CHECK(judged(subject, good).reason == "content_type");
  subject = meta_subject();
  subject.call.method = "GET";
  CHECK(judged(subject, good).reason == "method");
  subject = meta_subject();
  subject.conditions.max_body = 10;
  CHECK(judged(subject, good).status == 413);
  for (const auto& [path, reason] :
       {std::pair{"/v20.0/123456789012345/events", "unsupported_version"},
        std::pair{"/v27.0/123456789012345/events", "unsupported_version"},
        std::pair{"/123456789012345/events", "unknown_path"},
        std::pair{"/v26/123456789012345/events", "unknown_path"},
        std::pair{"/v26.0/pixel/events", "unknown_path"},
        std::pair{"/v26.0/123456789012345/events/", "unknown_path"}}) {
    subject = meta_subject();
    subject.call.path = path;
    CHECK(judged(subject, good).reason == reason);
  }
}

TEST_CASE("meta takes the token from the body, but not twice") {
  const auto with_token = [](const std::string& token) {
    return replaced(good, R"({"data")", R"({"access_token":")" + token + R"(","data")");
  };
  CHECK(judged(meta_subject(), with_token("sandbox-1")).reason == "token_twice");
  Subject subject = meta_subject();
  subject.call.headers = {{"Content-Type", "application/json"}};
  CHECK(judged(subject, with_token("sandbox-1")).status == 200);
  CHECK_THAT(judged(subject, with_token("expired-1")).body,
             Catch::Contains(R"("error_subcode":463)"));
}

TEST_CASE("meta refuses an event a test marked") {
  Subject subject = meta_subject();
  MarkedEvents marks{{"7b1f0c2e-0000-4000-8000-0000000000aa", {"ordered", std::nullopt}}};
  subject.conditions.marked = std::make_shared<MarkedEvents>(marks);
  Result result = judged(subject, good);
  CHECK_THAT(result.body, Catch::Contains("2804016"));
  CHECK(result.body.find("['data']") == std::string::npos);
  marks.begin()->second.named = true;
  subject.conditions.marked = std::make_shared<MarkedEvents>(marks);
  CHECK_THAT(judged(subject, good).body, Catch::Contains("$['data'][0]"));
}

TEST_CASE("meta refuses everything empty") {
  check_that_nothing_empty_passes(meta_subject(), good);
}

}  // namespace sandbox::test
