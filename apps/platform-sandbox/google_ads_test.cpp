#include <catch2/catch.hpp>

#include "rules_test.hpp"

namespace sandbox::test {
namespace {

const std::string first =
    R"({"gclid":"Cj0KCQiA-fake-gclid",)"
    R"("conversionAction":"customers/1234567890/conversionActions/987654321",)"
    R"("conversionDateTime":"2026-11-22 14:03:00+00:00","conversionValue":49.9,)"
    R"("currencyCode":"EUR","orderId":"0b6f8f5e-6c1a-4d8e-9d59-3f7c2b1a0e11",)"
    R"("userIdentifiers":[{"userIdentifierSource":"FIRST_PARTY","hashedEmail":")" +
    std::string(hash) + R"("}],"consent":{"adUserData":"GRANTED"}})";
const std::string second =
    R"({"wbraid":"CkkKCQiA-fake-wbraid",)"
    R"("conversionAction":"customers/1234567890/conversionActions/987654321",)"
    R"("conversionDateTime":"2026-11-22 15:11:42+00:00","conversionValue":0,"currencyCode":"EUR",)"
    R"("orderId":"5a3b2c1d-8f7e-4d6c-9b0a-112233445566","consent":{"adUserData":"GRANTED"}})";

std::string body_of(const std::string& rows) {
  return R"({"conversions":[)" + rows + R"(],"partialFailure":true,"validateOnly":false})";
}

const std::string good = body_of(first + "," + second);

}  // namespace

TEST_CASE("google_ads takes the contract's example") {
  const Result result = judged(google_ads_subject(), good);
  CHECK(result.status == 200);
  CHECK(result.body.find(R"({"results":[{"gclid":"Cj0KCQiA-fake-gclid","conversionAction":)") == 0);
  CHECK(result.body.find("partialFailureError") == std::string::npos);
  REQUIRE(result.events.size() == 2);
  CHECK(result.events[0].destination == "1234567890/987654321");
  CHECK(result.events[0].dedup_key == "987654321|0b6f8f5e-6c1a-4d8e-9d59-3f7c2b1a0e11");
  CHECK(result.events[1].second_key == "987654321|CkkKCQiA-fake-wbraid|1795360302");
}

TEST_CASE("google_ads fails one row and takes the others") {
  const BadCase cases[] = {
      {R"("gclid":"Cj0KCQiA-fake-gclid",)", R"("gbraid":"0AAAAA-fake","wbraid":"CkkKCQiA",)",
       R"("conversionUploadError":"GBRAID_WBRAID_BOTH_SET")"},
      {R"("gclid":)", R"("gbraid":"0AAAAA-fake","gclid":)",
       R"("fieldError":"VALUE_MUST_BE_UNSET")"},
      {R"("gclid":)", R"("wbraid":)", R"({"fieldName":"user_identifiers"})"},
      {"Cj0KCQiA-fake-gclid", "not a click", R"("UNPARSEABLE_GCLID")"},
      {"Cj0KCQiA-fake-gclid", hash, R"("fieldError":"INVALID_VALUE")"},
      {"14:03:00+00:00", "14:03:00Z", R"("INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET")"},
      {"2026-11-22 14", "2026-11-22T14", R"("INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET")"},
      {"2026-11-22 14", "2026-11-31 14", R"("INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET")"},
      {"2026-11-22 14", "2026-11-23 14", R"("dateError":"LATER_THAN_MAXIMUM_DATE")"},
      {"2026-11-22 14", "2026-08-22 14", R"("conversionUploadError":"EXPIRED_EVENT")"},
      {"customers/1234567890/conversionActions/987654321", "987654321",
       R"("RESOURCE_NAME_MALFORMED")"},
      {R"("orderId":"0b6f8f5e-6c1a-4d8e-9d59-3f7c2b1a0e11",)", "", R"("fieldError":"REQUIRED")"},
      {"0b6f8f5e-6c1a-4d8e-9d59-3f7c2b1a0e11", "", R"("stringLengthError":"TOO_SHORT")"},
      {"0b6f8f5e-6c1a-4d8e-9d59-3f7c2b1a0e11", "jane@example.com", R"("ORDER_ID_CONTAINS_PII")"},
      {R"("EUR")", R"("eur")", R"("currencyCodeError":"UNSUPPORTED")"},
      {"49.9", "-1", R"("rangeError":"TOO_LOW")"},
      {R"("hashedEmail":"849a)", R"("hashedEmail":"84A)", R"("INVALID_USER_IDENTIFIER")"},
      {R"("hashedEmail":")",
       R"("hashedPhoneNumber":"849ae1eebc51f2a2ca4f4d0be0d1ee5a)"
       R"(1a9b0ab0a4ca6a5ddcc0c1a6a5d7e0aa","hashedEmail":")",
       R"("INVALID_USER_IDENTIFIER")"},
      {R"("adUserData":"GRANTED")", R"("adUserData":"GRANTED","adPersonalization":"GRANTED")",
       R"("fieldName":"ad_personalization")"},
      {R"("consent":{"adUserData":"GRANTED"})", R"("consent":{})",
       R"("fieldError":"INVALID_VALUE")"},
  };
  for (const BadCase& one : cases) {
    CAPTURE(one.to);
    const Result result =
        judged(google_ads_subject(), body_of(second + "," + replaced(first, one.from, one.to)));
    CHECK(result.status == 200);
    CHECK(result.reason.empty());
    CHECK(result.body.find(R"({"partialFailureError":{"code":3,)") == 0);
    CHECK_THAT(result.body, Catch::Contains(std::string(one.expected)));
    CHECK_THAT(result.body, Catch::Contains(R"({"fieldName":"conversions","index":1})"));
    CHECK_THAT(result.body, Catch::Contains("},{}],\"jobId\""));
    CHECK(result.events.at(0).status == Status::accepted);
    CHECK(result.events.at(1).status == Status::refused);
  }
}

TEST_CASE("google_ads refuses addresses and more than five identifiers") {
  const std::size_t from = first.find("[{\"userId");
  const std::size_t to = first.find("],\"consent\"");
  const std::string identifier = first.substr(from + 1, to - from - 1);
  const auto with = [&](const std::string& list) {
    return body_of(first.substr(0, from + 1) + list + first.substr(to));
  };
  CHECK(judged(google_ads_subject(), with(repeated(identifier, 5))).events.at(0).status ==
        Status::accepted);
  CHECK_THAT(judged(google_ads_subject(), with(repeated(identifier, 6))).body,
             Catch::Contains(R"("collectionSizeError":"TOO_MANY")"));
  CHECK_THAT(judged(google_ads_subject(),
                    with(R"({"userIdentifierSource":"FIRST_PARTY","addressInfo":{"city":"x"}})"))
                 .body,
             Catch::Contains("UNSUPPORTED_USER_IDENTIFIER"));
}

TEST_CASE("google_ads refuses a whole request that does not fit the proto") {
  const BadCase cases[] = {
      {R"("gclid":)", R"("clickId":)", R"(Unknown name \"clickId\" at 'conversions[0]')"},
      {R"("orderId":"0b6f8f5e-6c1a-4d8e-9d59-3f7c2b1a0e11")", R"("orderId":7)",
       "conversions[0].order_id"},
      {"49.9", R"("49.9")", "conversions[0].conversion_value"},
      {R"("GRANTED")", R"("CONSENT_GRANTED")", "conversions[0].consent.ad_user_data"},
      {R"("validateOnly")", R"("debugEnabled":true,"validateOnly")", "Cannot find field"},
      {R"("partialFailure":true)", R"("partialFailure":"true")", "partial_failure"},
  };
  for (const BadCase& one : cases) {
    CAPTURE(one.to);
    const Result result = judged(google_ads_subject(), replaced(good, one.from, one.to));
    CHECK(result.status == 400);
    CHECK(result.reason == "invalid_payload");
    CHECK_THAT(result.body, Catch::Contains(std::string(one.expected)));
  }
}

TEST_CASE("google_ads refuses what is wrong about the request") {
  const auto error = [](const std::string& body) {
    return judged(google_ads_subject(), body).body;
  };
  CHECK_THAT(error(replaced(good, R"("partialFailure":true)", R"("partialFailure":false)")),
             Catch::Contains("PARTIAL_FAILURE_MODE_REQUIRED"));
  CHECK_THAT(error(replaced(good, R"("partialFailure":true,)", "")),
             Catch::Contains("PARTIAL_FAILURE_MODE_REQUIRED"));
  CHECK_THAT(error(replaced(good, R"("validateOnly")", R"("jobId":0,"validateOnly")")),
             Catch::Contains("INVALID_JOB_ID"));
  CHECK_THAT(error(body_of(repeated(first, 2001))),
             Catch::Contains("TOO_MANY_CONVERSIONS_IN_REQUEST"));
  CHECK_THAT(error(body_of("")), Catch::Contains(R"("fieldError":"REQUIRED")"));
  CHECK(judged(google_ads_subject(), "{").reason == "not_json");

  Subject subject = google_ads_subject();
  subject.call.headers[0].value = "Bearer other";
  CHECK(judged(subject, good).status == 401);
  subject.call.headers[0].name = "X-Token";
  CHECK_THAT(judged(subject, good).body, Catch::Contains("CREDENTIALS_MISSING"));
  subject = google_ads_subject();
  subject.call.query = "access_token=x";
  CHECK(judged(subject, good).reason == "token_in_query");
  subject = google_ads_subject();
  subject.conditions.now += access_token_lifetime;
  CHECK(judged(subject, good).reason == "token_expired");
  subject = google_ads_subject();
  subject.call.headers.push_back({"login-customer-id", "111-222-3333"});
  CHECK_THAT(judged(subject, good).body, Catch::Contains("INVALID_LOGIN_CUSTOMER_ID"));
  subject = google_ads_subject();
  subject.conditions.max_body = 10;
  CHECK(judged(subject, good).status == 413);
  subject = google_ads_subject();
  subject.call.method = "GET";
  CHECK(judged(subject, good).status == 404);
  for (const auto& [path, reason] :
       {std::pair{"/v22/customers/1234567890:uploadClickConversions", "unsupported_version"},
        std::pair{"/v25/customers/123-456-7890:uploadClickConversions", "customer_id"},
        std::pair{"/v25/customers/1234567890:uploadConversions", "unknown_path"}}) {
    subject = google_ads_subject();
    subject.call.path = path;
    CHECK(judged(subject, good).reason == reason);
  }
}

TEST_CASE("google_ads compares order ids and clicks within a request") {
  const Result twice = judged(google_ads_subject(), body_of(first + "," + second + "," + first));
  CHECK(twice.status == 400);
  CHECK(twice.reason == "duplicate_order_id");
  CHECK_THAT(twice.body, Catch::Contains(R"("DUPLICATE_ORDER_ID")"));
  const std::string other = replaced(first, "0b6f8f5e", "0b6f8f5f");
  const Result click = judged(google_ads_subject(), body_of(first + "," + other));
  CHECK_THAT(click.body, Catch::Contains("DUPLICATE_CLICK_CONVERSION_IN_REQUEST"));
  CHECK(click.events.at(0).status == Status::accepted);
}

TEST_CASE("google_ads knows young clicks only when told to") {
  Subject subject = google_ads_subject();
  subject.conditions.min_click_age = 12 * 3600;
  const Result result = judged(subject, good);
  CHECK_THAT(result.body, Catch::Contains("TOO_RECENT_EVENT"));
  CHECK(result.events.at(0).status == Status::accepted);
  CHECK(result.events.at(1).status == Status::refused);
}

TEST_CASE("google_ads has no results for a check") {
  const Result result = judged(google_ads_subject(),
                               replaced(good, R"("validateOnly":false)", R"("validateOnly":true)"));
  CHECK(result.body.find("results") == std::string::npos);
}

TEST_CASE("google_ads refuses everything empty") {
  check_that_nothing_empty_passes(google_ads_subject(), good);
}

}  // namespace sandbox::test
