#include <catch2/catch.hpp>

#include "rules_test.hpp"

namespace sandbox::test {
namespace {

const std::string event =
    R"({"event":"Purchase","event_time":1795390000,)"
    R"("event_id":"7b1f0c2e-0000-4000-8000-0000000000aa","user":{"email":[")" +
    std::string(hash) + R"("],"phone":[")" + std::string(hash) + R"("],"external_id":[")" +
    std::string(hash) +
    R"("],"ttclid":"E.C.P.abc","ttp":"94e2a4c0","ip":"203.0.113.9","user_agent":"Mozilla/5.0"},)"
    R"("page":{"url":"https://shop.example/thanks?ttclid=E.C.P.abc"},)"
    R"("properties":{"value":129.99,"currency":"USD","order_id":"ORD-1","content_type":"product",)"
    R"("contents":[{"content_id":"SKU-1","quantity":1,"price":129.99}]}})";

std::string body_of(const std::string& events) {
  return R"({"event_source":"web","event_source_id":"C9ABCDEFGHIJKLMNOPQR","data":[)" + events +
         "]}";
}

const std::string good = body_of(event);

}  // namespace

TEST_CASE("tiktok takes the contract's example") {
  const Result result = judged(tiktok_subject(), good);
  CHECK(result.status == 200);
  CHECK(result.body.find(R"({"code":0,"message":"OK","request_id":")") == 0);
  CHECK(result.events.at(0).dedup_key ==
        "C9ABCDEFGHIJKLMNOPQR|Purchase|7b1f0c2e-0000-4000-8000-0000000000aa");
}

TEST_CASE("tiktok refuses the whole request for one bad event, naming it") {
  const std::string longest(1001, 'x');
  const BadCase cases[] = {
      {R"("event_id":"7b1f0c2e-0000-4000-8000-0000000000aa")", R"("event_id":7)",
       R"("code":40002,"message":"data.1.event_id: Not a valid string.")"},
      {"1795390000", R"("1795390000")", "data.1.event_time: Not a valid integer."},
      {"1795390000", "1795400100", "data.1.event_time: Must not be in the future."},
      {"1795390000", "1790000000", "data.1.event_time: Must not be older"},
      {R"("email":["849a)", R"("email":["949)", R"("code":40062,"message":"data.1.user.email.0)"},
      {R"("email")", R"("em")", "data.1.user.em: Unknown key."},
      {R"("phone")", R"("phone_number")", "data.1.user.phone_number: Unknown key."},
      {R"("ttclid")", R"("ttclidX")", "data.1.user.ttclidX: Unknown key."},
      {R"("ttp")", R"("city":"x","ttclid":"y","ttp")", "data.1.user.ttclid: Key given twice."},
      {"94e2a4c0", hash, "data.1.user.ttp: Must not be hashed."},
      {"203.0.113.9", "203.0.113", "data.1.user.ip"},
      {R"("page":{"url":"https://shop.example/thanks?ttclid=E.C.P.abc"},)", "", "data.1.page"},
      {R"("url")", R"("referrer":"https://x.example","link")", "data.1.page.link"},
      {R"("USD")", R"("BGN")", "data.1.properties.currency"},
      {R"("USD")", R"("usd")", "data.1.properties.currency"},
      {R"("currency":"USD",)", "", "data.1.properties.currency"},
      {R"("value":129.99)", R"("value":"129.99")", "data.1.properties.value"},
      {R"("price":129.99)", R"("price":"129.99")", "data.1.properties.contents.0.price"},
      {R"("content_id":"SKU-1")", R"("content_id":1)", "data.1.properties.contents.0.content_id"},
      {R"("quantity":1)", R"("quantity":0)", "data.1.properties.contents.quantity"},
      {R"("event":"Purchase")", R"("event":"Checkout")", "data.1.event: Reserved name."},
      {R"("order_id":"ORD-1")", R"("order_id":1)", "data.1.properties.order_id"},
      {R"("content_type":"product")", R"("content_type":"goods")",
       "data.1.properties.content_type"},
      {R"("content_type")", R"("query":"x","content_type")", "data.1.properties.query"},
      {R"("page")", R"("lead":{"lead_id":"1"},"page")", "data.1.lead: Unknown key."},
      {"E.C.P.abc", longest, "data.1.user.ttclid: Longer"},
  };
  for (const BadCase& one : cases) {
    CAPTURE(one.to);
    const Result result =
        judged(tiktok_subject(), body_of(event + "," + replaced(event, one.from, one.to)));
    CHECK(result.status == 200);
    CHECK(result.reason == "invalid_event");
    CHECK_THAT(result.body, Catch::Contains(std::string(one.expected)));
  }
}

TEST_CASE("tiktok wants an address where data use is limited") {
  const std::string limited = replaced(event, R"("page")", R"("limited_data_use":true,"page")");
  CHECK(judged(tiktok_subject(), body_of(limited)).reason.empty());
  const std::string without = replaced(limited, R"("ip":"203.0.113.9",)", "");
  CHECK_THAT(judged(tiktok_subject(), body_of(without)).body, Catch::Contains("data.0.user.ip"));
}

TEST_CASE("tiktok refuses what is wrong about the request") {
  CHECK(judged(tiktok_subject(), body_of(repeated(event, 1000))).reason.empty());
  CHECK(judged(tiktok_subject(), body_of(repeated(event, 1001))).reason == "too_many_events");
  CHECK(judged(tiktok_subject(), "{").reason == "not_json");
  CHECK(judged(tiktok_subject(), replaced(good, "C9ABCDEFGHIJKLMNOPQR", "7012345678901234567"))
            .reason == "event_source_id");
  CHECK(judged(tiktok_subject(), replaced(good, R"("web")", R"("offline")")).reason ==
        "request_keys");
  CHECK_THAT(
      judged(tiktok_subject(), replaced(good, R"("data")", R"("partner_name":"x","data")")).body,
      Catch::Contains("40063"));
  CHECK(judged(tiktok_subject(), replaced(good, R"("data")", R"("test_event_code":"T1","data")"))
            .reason.empty());

  Subject subject = tiktok_subject();
  for (const auto& [token, code] :
       {std::pair{"", "40104"}, std::pair{"other", "40105"}, std::pair{"expired-1", "40102"},
        std::pair{"forbidden-1", "40001"}}) {
    subject.call.headers[0].value = token;
    CHECK_THAT(judged(subject, good).body, Catch::Contains(code));
  }
  subject.call.headers[0] = {"Authorization", "Bearer sandbox-1"};
  CHECK(judged(subject, good).reason == "token_missing");
  subject = tiktok_subject();
  subject.call.query = "access_token=sandbox-1";
  CHECK(judged(subject, good).reason == "token_in_query");
  subject = tiktok_subject();
  subject.call.headers[1].value = "text/plain";
  CHECK(judged(subject, good).reason == "content_type");
  subject = tiktok_subject();
  subject.call.method = "GET";
  CHECK(judged(subject, good).status == 405);
  subject = tiktok_subject();
  subject.conditions.max_body = 10;
  CHECK(judged(subject, good).status == 413);
  for (const auto& [path, reason] :
       {std::pair{"/open_api/v1.3/event/track", "unknown_path"},
        std::pair{"/open_api/v2.0/event/track/", "unknown_path"},
        std::pair{"/open_api/v1.2/event/track/", "unsupported_version"}}) {
    subject = tiktok_subject();
    subject.call.path = path;
    CHECK(judged(subject, good).reason == reason);
  }
}

TEST_CASE("tiktok refuses an event a test marked") {
  Subject subject = tiktok_subject();
  const MarkedEvents marks{{"7b1f0c2e-0000-4000-8000-0000000000aa", {"ordered", std::nullopt}}};
  subject.conditions.marked = std::make_shared<MarkedEvents>(marks);
  CHECK_THAT(judged(subject, good).body, Catch::Contains("data.0: ordered"));
}

TEST_CASE("tiktok refuses everything empty") {
  check_that_nothing_empty_passes(tiktok_subject(), good);
}

}  // namespace sandbox::test
