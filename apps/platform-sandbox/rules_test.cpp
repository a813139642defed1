#include "rules_test.hpp"

#include <catch2/catch.hpp>

#include "faults.hpp"
#include "journal.hpp"
#include "slices.hpp"
#include "times.hpp"

namespace sandbox::test {

TEST_CASE("paths choose the platform, also when they are not quite right") {
  CHECK(&platform_of("/v26.0/1/events") == &meta_platform);
  CHECK(&platform_of("/1/events") == &meta_platform);
  CHECK(&platform_of("/v25/customers/1:uploadClickConversions") == &google_ads_platform);
  CHECK(&platform_of("/v1/events:ingest") == &data_manager_platform);
  CHECK(&platform_of("/v2/events:ingest") == &data_manager_platform);
  CHECK(&platform_of("/token") == &token_platform);
  CHECK(&platform_of("/open_api/v1.3/event/track") == &tiktok_platform);
  CHECK(&platform_of("/") == &unknown_platform);
}

TEST_CASE("times of the Google Ads API") {
  CHECK(parse_ads_time("2026-11-22 14:03:00+00:00") == 1'795'356'180);
  CHECK(parse_ads_time("2026-11-22 16:03:00+02:00") == 1'795'356'180);
  CHECK(parse_ads_time("2024-02-29 00:00:00-05:30") == 1'709'184'600);
  for (const std::string_view bad :
       {"", "2026-11-22 14:03:00", "2026-11-22T14:03:00+00:00", "2026-11-22 14:03:00Z",
        "2026-11-22 14:03:00.5+00:00", "2026-02-29 14:03:00+00:00", "2026-11-22 24:03:00+00:00",
        "2026-11-22 14:03:00+0000", "26-11-22 14:03:00+00:00", "2026-11-22 14:03:00+00:00 "}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_ads_time(bad));
  }
}

TEST_CASE("times of the Data Manager API") {
  CHECK(parse_rfc3339("2026-11-22T14:03:00Z") == 1'795'356'180);
  CHECK(parse_rfc3339("2026-11-22T14:03:00.123456789+00:00") == 1'795'356'180);
  for (const std::string_view bad : {"2026-11-22 14:03:00Z", "2026-11-22T14:03:00",
                                     "2026-11-22T14:03:00.Z", "2026-11-22T14:03:00.1234Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_rfc3339(bad));
  }
}

TEST_CASE("an event's own bytes come out of the body") {
  const auto elements = list_elements(
      R"({"x":{"data":[9]}, "data" : [ {"a":"]}\"","v":1.10} , {"b":[1,{}]},3 ],"y":1})", "data");
  REQUIRE(elements.size() == 3);
  CHECK(elements[0] == R"({"a":"]}\"","v":1.10})");
  CHECK(elements[1] == R"({"b":[1,{}]})");
  CHECK(elements[2] == "3");
  CHECK(list_elements(R"({"data":[]})", "data").empty());
  CHECK(list_elements(R"({"data":1,"other":[1]})", "data").empty());
  CHECK(list_elements("[1]", "data").empty());
}

TEST_CASE("faults are used up in order") {
  FaultPlan plan;
  REQUIRE_FALSE(plan.add(R"([{"platform":"meta","status":503,"times":2},
                             {"platform":"*","skip":1,"close":true},
                             {"platform":"meta","delay_ms":5,"truncate":3,"process":true}])"));
  CHECK(plan.next("meta")->answer.status == 503);
  CHECK_FALSE(plan.next("tiktok"));
  CHECK(plan.next("meta")->answer.status == 503);
  CHECK(plan.next("meta")->action == Fault::Action::close);
  const auto last = plan.next("meta");
  REQUIRE(last);
  CHECK(last->action == Fault::Action::truncate);
  CHECK(last->process);
  CHECK(last->delay_ms == 5);
  CHECK_FALSE(plan.next("meta"));
  CHECK(plan.remaining() == "[]\n");
}

TEST_CASE("faults may last, and be cleared") {
  FaultPlan plan;
  REQUIRE_FALSE(plan.add(R"([{"garbage":true,"times":-1},{"refuse_event_id":"a","reason":"r"}])"));
  for (int i = 0; i < 5; ++i) CHECK(plan.next("token")->action == Fault::Action::garbage);
  CHECK(plan.marked("meta")->at("a").reason == "r");
  plan.clear();
  CHECK_FALSE(plan.next("token"));
  CHECK(plan.marked("meta") == nullptr);
}

TEST_CASE("faults say what is wrong with them and change nothing") {
  FaultPlan plan;
  for (const std::string_view bad :
       {"{", "{}", "[1]", "[{}]", R"([{"status":99}])", R"([{"status":503,"close":true}])",
        R"([{"platform":"x","close":true}])", R"([{"close":true,"tims":2}])",
        R"([{"close":true,"times":0}])", R"([{"close":false}])", R"([{"body":"x","close":true}])",
        R"([{"platform":"meta","platform_error":"x"}])", R"([{"platform_error":"quota"}])",
        R"([{"status":503,"headers":{"a":1}}])", R"([{"delay_ms":5,"process":false}])",
        R"([{"refuse_event_id":"a","times":2}])", R"([{"close":true},{"close":1}])"}) {
    CAPTURE(bad);
    CHECK(plan.add(bad));
  }
  CHECK(plan.remaining() == "[]\n");
}

TEST_CASE("the journal knows what was taken before") {
  Journal journal(true);
  const Subject subject = tiktok_subject();
  Call call = subject.call;
  const std::string body =
      R"({"event_source":"web","event_source_id":"C9ABCDEFGHIJKLMNOPQR","data":[{"event":"Lead",
      "event_time":1795390000,"event_id":"a","user":{"ttclid":"E.C"},
      "page":{"url":"https://x.de"}}]})";
  call.body = body;
  const auto arrive = [&](bool executed) {
    Judgement judgement = subject.platform->judge(call, subject.conditions);
    journal.settle(*subject.platform, judgement, executed);
    journal.record(*subject.platform, call, judgement, {200, executed, executed ? "" : "close"});
    return judgement.events.at(0).status;
  };
  CHECK(arrive(false) == Status::accepted);
  CHECK(arrive(true) == Status::accepted);
  CHECK(arrive(true) == Status::duplicate);
  CHECK_THAT(journal.stats(),
             Catch::Contains(R"("tiktok":{"requests":3,"events_received":3,"accepted":1,)"
                             R"("refused":1,"duplicates":1})"));
  CHECK_THAT(journal.events(),
             Catch::StartsWith(R"({"n":1,"platform":"tiktok","destination":"C9ABCDEFGHIJKLMNOPQR",)"
                               R"("dedup_key":"C9ABCDEFGHIJKLMNOPQR|Lead|a","event_id":"a",)"
                               R"("status":"refused","reason":"lost by fault: close",)"
                               R"("body":{"event":"Lead",)"));
  CHECK(journal.events().find("sandbox-tiktok") == std::string::npos);
  CHECK_THAT(journal.requests(), Catch::Contains(R"("Access-Token":"sandbox-...")"));
  journal.reset();
  CHECK(journal.events().empty());
  CHECK(arrive(true) == Status::accepted);
}

}  // namespace sandbox::test
