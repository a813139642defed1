#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "request_book.hpp"
#include "rules_test.hpp"

namespace sandbox::test {
namespace {

std::string event(std::string_view id, std::string_view click) {
  return fmt::format(R"({{"transactionId":"{}","eventTimestamp":"2026-11-22T14:03:00Z",)"
                     R"("eventSource":"WEB","adIdentifiers":{{"gclid":"{}"}}}})",
                     id, click);
}

std::string body_of(const std::string& events, std::string_view more = "") {
  return R"({"destinations":[{"reference":"ca1","operatingAccount":{"accountType":"GOOGLE_ADS",)"
         R"("accountId":"1234567890"},"productDestinationId":"987654321"}],"events":[)" +
         events + "]" + std::string(more) + "}";
}

/// Sends a request and gives its id.
std::string taken(RequestBook& book, const std::string& body) {
  Subject subject = data_manager_subject();
  subject.conditions.requests = &book;
  const Result result = judged(subject, body);
  REQUIRE(result.status == 200);
  const std::string start = R"({"requestId":")";
  return result.body.substr(start.size(), result.body.find('"', start.size()) - start.size());
}

Result asked(RequestBook& book, const std::string& query) {
  Subject subject = data_manager_subject();
  subject.platform = &data_manager_status_platform;
  subject.conditions.requests = &book;
  subject.call.method = "GET";
  subject.call.path = "/v1/requestStatus:retrieve";
  subject.call.query = query;
  return judged(subject, "");
}

const std::string good = event("a-1", "Cj0KCQiA-good");
const std::string young = event("a-2", "later-TOO_RECENT_CLICK-x");
const std::string bad = event("a-3", "once-INVALID_GCLID-x");

}  // namespace

TEST_CASE("data_manager_status tells what became of a request") {
  RequestBook book(true);
  const Result all = asked(book, "requestId=" + taken(book, body_of(good)));
  CHECK(all.status == 200);
  CHECK_THAT(all.body, Catch::Contains(R"("requestStatus":"SUCCESS")"));
  CHECK_THAT(all.body, Catch::Contains(R"("eventsIngestionStatus":{"recordCount":"1"})"));
  CHECK_THAT(all.body, Catch::Contains(R"("reference":"ca1")"));

  const std::string some =
      asked(book, "requestId=" + taken(book, body_of(good + "," + young + "," + bad))).body;
  CHECK_THAT(some, Catch::Contains(R"("requestStatus":"PARTIAL_SUCCESS")"));
  CHECK_THAT(some, Catch::Contains(
                       R"({"recordCount":"1","reason":"PROCESSING_ERROR_REASON_TOO_RECENT_CLICK",)"
                       R"("recordIndices":["1"]})"));
  CHECK_THAT(some, Catch::Contains(R"("reason":"PROCESSING_ERROR_REASON_INVALID_GCLID",)"
                                   R"("recordIndices":["2"])"));

  const std::string again =
      asked(book, "requestId=" + taken(book, body_of(young + "," + bad))).body;
  CHECK_THAT(again, Catch::Contains("TOO_RECENT_CLICK"));
  CHECK(again.find("INVALID_GCLID") == std::string::npos);
  CHECK_THAT(asked(book, "requestId=" + taken(book, body_of(young))).body,
             Catch::Contains(R"("requestStatus":"FAILED")"));
}

TEST_CASE("data_manager_status is told how to tell") {
  RequestBook book(true);
  REQUIRE_FALSE(book.tell(R"({"processing":2,"indices":false})"));
  const std::string query = "requestId=" + taken(book, body_of(good + "," + young));
  for (int i = 0; i < 2; ++i) {
    CHECK_THAT(asked(book, query).body, Catch::Contains(R"("requestStatus":"PROCESSING")"));
  }
  const std::string judged_at_last = asked(book, query).body;
  CHECK_THAT(judged_at_last, Catch::Contains("PARTIAL_SUCCESS"));
  CHECK(judged_at_last.find("recordIndices") == std::string::npos);
  for (const char* wrong : {"", "[]", R"({"processing":-1})", R"({"indices":1})", R"({"x":1})"}) {
    CHECK(book.tell(wrong));
  }
  book.reset();
  CHECK(asked(book, query).status == 400);
}

TEST_CASE("data_manager_status knows no id it did not hand out") {
  RequestBook book(true);
  const std::string checked = taken(book, body_of(good, R"(,"validateOnly":true)"));
  for (const std::string& query : {std::string("requestId=t-none"), "requestId=" + checked,
                                   std::string(), std::string("requestId=a&x=1")}) {
    CAPTURE(query);
    const Result result = asked(book, query);
    CHECK(result.status == 400);
    CHECK_THAT(result.body, Catch::Contains("INVALID_REQUEST_ID"));
  }
  RequestBook forgetful(false);
  CHECK(asked(forgetful, "requestId=" + taken(forgetful, body_of(young))).status == 400);
}

TEST_CASE("data_manager_status wants a token and the right method") {
  Subject subject = data_manager_subject();
  subject.platform = &data_manager_status_platform;
  subject.call.path = "/v1/requestStatus:retrieve";
  CHECK(judged(subject, "").status == 404);
  subject.call.method = "GET";
  subject.call.headers.clear();
  CHECK(judged(subject, "").status == 401);
}

}  // namespace sandbox::test
