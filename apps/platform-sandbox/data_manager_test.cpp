#include <catch2/catch.hpp>

#include "rules_test.hpp"

namespace sandbox::test {
namespace {

const std::string first =
    R"({"destinationReferences":["ca987654321"],)"
    R"("transactionId":"0b6f8f5e-6c1a-4d8e-9d59-3f7c2b1a0e11",)"
    R"("eventTimestamp":"2026-11-22T14:03:00Z","eventSource":"WEB",)"
    R"("adIdentifiers":{"gclid":"Cj0KCQiA-fake-gclid"},)"
    R"("userData":{"userIdentifiers":[{"emailAddress":")" +
    std::string(hash) +
    R"("}]},"conversionValue":49.9,"currency":"EUR",)"
    R"("consent":{"adUserData":"CONSENT_GRANTED","adPersonalization":"CONSENT_GRANTED"}})";
const std::string second =
    R"({"destinationReferences":["ca987654321"],)"
    R"("transactionId":"5a3b2c1d-8f7e-4d6c-9b0a-112233445566",)"
    R"("eventTimestamp":"2026-11-22T15:11:42Z","eventSource":"WEB",)"
    R"("adIdentifiers":{"wbraid":"CkkKCQiA-fake-wbraid"},"conversionValue":0,"currency":"EUR",)"
    R"("consent":{"adUserData":"CONSENT_GRANTED","adPersonalization":"CONSENT_DENIED"}})";
const std::string destination =
    R"({"reference":"ca987654321",)"
    R"("operatingAccount":{"accountType":"GOOGLE_ADS","accountId":"1234567890"},)"
    R"("loginAccount":{"accountType":"GOOGLE_ADS","accountId":"1112223333"},)"
    R"("productDestinationId":"987654321"})";

std::string body_of(const std::string& destinations, const std::string& events) {
  return R"({"destinations":[)" + destinations + R"(],"encoding":"HEX","events":[)" + events +
         R"(],"validateOnly":false})";
}

const std::string good = body_of(destination, first + "," + second);

}  // namespace

TEST_CASE("data_manager takes the contract's example") {
  const Result result = judged(data_manager_subject(), good);
  CHECK(result.status == 200);
  CHECK(result.body.find(R"({"requestId":"t-)") == 0);
  REQUIRE(result.events.size() == 2);
  CHECK(result.events[0].destination == "1234567890/987654321");
  CHECK(result.events[0].dedup_key == "987654321|0b6f8f5e-6c1a-4d8e-9d59-3f7c2b1a0e11");
}

TEST_CASE("data_manager takes every documented form") {
  const std::string address = R"({"address":{"givenName":")" + std::string(hash) +
                              R"(","familyName":")" + std::string(hash) +
                              R"(","regionCode":"DE","postalCode":"10115"}})";
  for (const auto& [from, to] :
       {std::pair<std::string, std::string>{"14:03:00Z", "14:03:00.123Z"},
        {"14:03:00Z", "15:03:00+01:00"},
        {R"("eventSource":"WEB")", R"("eventSource":"IN_STORE")"},
        {R"([{"emailAddress":)", "[" + address + R"(,{"emailAddress":)"},
        {R"("encoding":"HEX",)",
         R"("consent":{"adUserData":"CONSENT_DENIED"},"encoding":"HEX",)"}}) {
    CAPTURE(to);
    CHECK(judged(data_manager_subject(), replaced(good, from, to)).status == 200);
  }
  const std::string base64 = "SGVsbG8gd29ybGQhIEhlbGxvIHdvcmxkISBIZWxsbzE=";
  CHECK(judged(data_manager_subject(), replaced(replaced(good, "HEX", "BASE64"), hash, base64))
            .status == 200);
}

TEST_CASE("data_manager refuses the whole request and names the field") {
  const BadCase cases[] = {
      {R"("eventSource":"WEB",)", "", R"("events.events[1].event_source")"},
      {"0b6f8f5e-6c1a-4d8e-9d59-3f7c2b1a0e11", "1234567890",
       R"("events.events[1].transaction_id")"},
      {"2026-11-22T14:03:00Z", "2026-11-22 14:03:00+00:00", R"("reason":"INVALID_FORMAT")"},
      {"2026-11-22T14:03:00Z", "2026-11-22T14:03:00.12Z", R"("reason":"INVALID_FORMAT")"},
      {"2026-11-22T14", "2026-11-23T14", R"("reason":"EVENT_TIME_INVALID")"},
      {"2026-11-22T14", "2026-08-22T14", R"("reason":"EVENT_TIME_INVALID")"},
      {"Cj0KCQiA-fake-gclid", "not a click", R"("events.events[1].ad_identifiers.gclid")"},
      {R"("gclid":)", R"("gbraid":"0AAAAA-fake","gclid":)", R"("reason":"INVALID_EVENT")"},
      {R"("gclid":)", R"("gbraid":)", R"("events.events[1].user_data")"},
      {R"("emailAddress":"849a)", R"("emailAddress":"849A)", R"("reason":"INVALID_HEX_ENCODING")"},
      {R"("emailAddress":"849a)", R"("emailAddress":"849)", R"("reason":"INVALID_SHA256_FORMAT")"},
      {R"("emailAddress":)", R"("phoneNumber":"x","emailAddress":)",
       R"("events.events[1].user_data.user_identifiers[0]")"},
      {R"("EUR")", R"("eur")", R"("reason":"INVALID_CURRENCY_CODE")"},
      {"[\"ca987654321\"]", "[\"other\"]", R"("reason":"INVALID_DESTINATION")"},
      {R"("adIdentifiers":{"gclid":"Cj0KCQiA-fake-gclid"})", R"("adIdentifiers":{})",
       R"("reason":"FIELD_VALUE_TOO_SHORT")"},
  };
  for (const BadCase& one : cases) {
    CAPTURE(one.to);
    const Result result =
        judged(data_manager_subject(),
               body_of(destination, second + "," + replaced(first, one.from, one.to)));
    CHECK(result.status == 400);
    CHECK(result.reason == "invalid_events");
    CHECK_THAT(result.body, Catch::Contains(std::string(one.expected)));
    CHECK(result.events.at(0).status == Status::refused);
    CHECK_FALSE(result.events.at(0).violation.has_value());
  }
}

TEST_CASE("data_manager names every bad event") {
  const std::string bad = replaced(second, R"("eventSource":"WEB",)", "");
  const Result result =
      judged(data_manager_subject(), body_of(destination, bad + "," + first + "," + bad));
  CHECK_THAT(result.body, Catch::Contains("events.events[0].event_source"));
  CHECK_THAT(result.body, Catch::Contains("events.events[2].event_source"));
  CHECK(result.body.find("events.events[1]") == std::string::npos);
}

TEST_CASE("data_manager wants an identifier") {
  const std::string nobody =
      replaced(second, R"("adIdentifiers":{"wbraid":"CkkKCQiA-fake-wbraid"},)", "");
  CHECK_THAT(judged(data_manager_subject(), body_of(destination, nobody)).body,
             Catch::Contains("NO_IDENTIFIERS_PROVIDED"));
}

TEST_CASE("data_manager refuses what does not fit the proto") {
  for (const auto& [from, to, expected] :
       {std::tuple{R"("gclid")", R"("clickId")", "Unknown name"},
        std::tuple{R"("WEB")", R"("WEBSITE")", "events[0].event_source"},
        std::tuple{"49.9", R"("49.9")", "events[0].conversion_value"},
        std::tuple{R"("CONSENT_GRANTED")", R"("GRANTED")", "events[0].consent.ad_user_data"},
        std::tuple{R"("HEX")", R"("hex")", "encoding"},
        std::tuple{R"("accountType")", R"("product")", "destinations[0].operating_account"}}) {
    CAPTURE(to);
    const Result result = judged(data_manager_subject(), replaced(good, from, to));
    CHECK(result.reason == "invalid_payload");
    CHECK_THAT(result.body, Catch::Contains(expected));
  }
}

TEST_CASE("data_manager refuses what is wrong about the request") {
  for (const auto& [from, to, expected] :
       {std::tuple{R"("encoding":"HEX",)", "", R"("field":"encoding")"},
        std::tuple{"1234567890", "123-456-7890", "destinations[0].operating_account.account_id"},
        std::tuple{"1112223333", "11122233", "destinations[0].login_account.account_id"},
        std::tuple{R"("987654321")", R"("customers/1/conversionActions/987654321")",
                   "INVALID_CONVERSION_ACTION_ID"}}) {
    CHECK_THAT(judged(data_manager_subject(), replaced(good, from, to)).body,
               Catch::Contains(expected));
  }
  CHECK_THAT(judged(data_manager_subject(), body_of(destination + "," + destination, first)).body,
             Catch::Contains("DUPLICATE_DESTINATION_REFERENCE"));
  CHECK_THAT(judged(data_manager_subject(), body_of(repeated(destination, 11), first)).body,
             Catch::Contains("TOO_MANY_DESTINATIONS"));
  CHECK_THAT(judged(data_manager_subject(), body_of(destination, repeated(first, 2001))).body,
             Catch::Contains("TOO_MANY_EVENTS"));
  CHECK(judged(data_manager_subject(), body_of(destination, repeated(first, 2000))).status == 200);
  CHECK(judged(data_manager_subject(), "[").reason == "not_json");

  Subject subject = data_manager_subject();
  subject.call.headers[0].value =
      "Bearer " + subject.conditions.tokens->issue(std::string(adwords_scope), now);
  CHECK_THAT(judged(subject, good).body, Catch::Contains("ACCESS_TOKEN_SCOPE_INSUFFICIENT"));
  subject = data_manager_subject();
  subject.call.headers[1].value = "text/plain";
  CHECK(judged(subject, good).reason == "content_type");
  subject = data_manager_subject();
  subject.call.path = "/v2/events:ingest";
  CHECK(judged(subject, good).status == 404);
}

TEST_CASE("data_manager refuses a marked event, named or not") {
  Subject subject = data_manager_subject();
  MarkedEvents marks{{"5a3b2c1d-8f7e-4d6c-9b0a-112233445566", {"ordered", std::nullopt}}};
  subject.conditions.marked = std::make_shared<MarkedEvents>(marks);
  CHECK_THAT(judged(subject, good).body, Catch::Contains(R"("field":"events.events[1]")"));
  marks.begin()->second.named = false;
  subject.conditions.marked = std::make_shared<MarkedEvents>(marks);
  CHECK(judged(subject, good).body.find("fieldViolations") == std::string::npos);
}

TEST_CASE("data_manager refuses everything empty") {
  check_that_nothing_empty_passes(data_manager_subject(), good);
}

}  // namespace sandbox::test
