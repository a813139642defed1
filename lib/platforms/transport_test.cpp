#include "platforms/transport.hpp"

#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

HttpResponse whole(int status) {
  HttpResponse response;
  response.status = status;
  response.bytes_sent = true;
  return response;
}

HttpResponse broken(int transport_code, bool bytes_sent, int status = 0) {
  HttpResponse response;
  response.transport_code = transport_code;
  response.bytes_sent = bytes_sent;
  response.status = status;
  return response;
}

TEST_CASE("what never left is a known failure of the platform") {
  const auto verdict = classify_transport(broken(7, false));
  REQUIRE(verdict);
  CHECK(verdict->outcome == Outcome::retryable);
  CHECK(verdict->scope == Scope::platform);
  CHECK(verdict->reason == Reason::known_failure);
  CHECK(verdict->code == "curl/7");
}

TEST_CASE("a certificate that does not verify needs a person") {
  const auto verdict = classify_transport(broken(60, false));
  REQUIRE(verdict);
  CHECK(verdict->outcome == Outcome::retryable);
  CHECK(verdict->scope == Scope::platform);
  CHECK(verdict->reason == Reason::connection_misconfigured);
}

TEST_CASE("a broken answer leaves the outcome open") {
  for (const auto& response : {broken(28, true), broken(52, true), broken(18, true, 200),
                               broken(23, true, 400), broken(56, true, 500), broken(0, true, 0)}) {
    INFO(response.transport_code << " " << response.status);
    const auto verdict = classify_transport(response);
    REQUIRE(verdict);
    CHECK(verdict->outcome == Outcome::ambiguous);
    CHECK(verdict->scope == Scope::request);
  }
}

TEST_CASE("413, 429 and 503 are known by their status, even when the answer broke off") {
  CHECK(classify_transport(broken(56, true, 413))->outcome == Outcome::rejected);
  CHECK(classify_transport(broken(56, true, 429))->outcome == Outcome::retryable);
  CHECK(classify_transport(broken(18, true, 503))->outcome == Outcome::retryable);
}

TEST_CASE("a redirect and 413 need no look at the body, other whole answers do") {
  const auto redirect = classify_transport(whole(302));
  REQUIRE(redirect);
  CHECK(redirect->outcome == Outcome::rejected);
  CHECK(redirect->scope == Scope::platform);
  CHECK(redirect->reason == Reason::connection_misconfigured);
  CHECK(redirect->code == "http/302");
  const auto too_large = classify_transport(whole(413));
  REQUIRE(too_large);
  CHECK(too_large->outcome == Outcome::rejected);
  CHECK(too_large->scope == Scope::request);
  for (const int status : {200, 400, 401, 403, 404, 429, 500, 503}) {
    INFO(status);
    CHECK(!classify_transport(whole(status)));
  }
}

TEST_CASE("status alone: 500, 502 and 504 are ambiguous, 503 and 429 are not") {
  for (const int status : {200, 204, 500, 502, 504, 520, 524}) {
    INFO(status);
    CHECK(classify_status(whole(status)).outcome == Outcome::ambiguous);
  }
  CHECK(classify_status(whole(503)).outcome == Outcome::retryable);
  CHECK(classify_status(whole(503)).scope == Scope::platform);
  CHECK(classify_status(whole(429)).outcome == Outcome::retryable);
  CHECK(classify_status(whole(429)).reason == Reason::throttled);
}

TEST_CASE("status alone: whose fault a refusal is") {
  CHECK(classify_status(whole(400)).scope == Scope::request);
  CHECK(classify_status(whole(422)).scope == Scope::request);
  CHECK(classify_status(whole(401)).scope == Scope::credential);
  CHECK(classify_status(whole(403)).scope == Scope::connection);
  CHECK(classify_status(whole(404)).scope == Scope::platform);
  CHECK(classify_status(whole(404)).reason == Reason::connection_misconfigured);
}

TEST_CASE("Retry-After") {
  const auto wait = [](const std::string& retry_after, const std::string& date) {
    HttpResponse response = whole(429);
    response.headers = {{"retry-after", retry_after}, {"date", date}};
    return classify_status(response).retry_after_s;
  };
  CHECK(wait("120", "") == 120);
  CHECK(wait(" 0 ", "") == 0);
  CHECK(wait("Mon, 23 Nov 2026 03:02:00 GMT", "Mon, 23 Nov 2026 03:00:00 GMT") == 120);
  CHECK(!wait("Mon, 23 Nov 2026 03:02:00 GMT", ""));
  CHECK(!wait("Mon, 23 Nov 2026 02:59:00 GMT", "Mon, 23 Nov 2026 03:00:00 GMT"));
  CHECK(!wait("-5", ""));
  CHECK(!wait("soon", ""));
  CHECK(!wait("99999999999999999999", ""));
  CHECK(!wait("", ""));
}

TEST_CASE("HTTP dates") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777);
  CHECK(parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT") == 1709164800);
  CHECK(!parse_http_date("Thu, 30 Feb 2024 00:00:00 GMT"));
  CHECK(!parse_http_date("Sun, 06 Nov 1994 24:49:37 GMT"));
  CHECK(!parse_http_date("Sun, 06 anF 1994 08:49:37 GMT"));
  CHECK(!parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"));
  CHECK(!parse_http_date(""));
}

TEST_CASE("a refusal of a request of one event is about that event") {
  const Verdict refusal{
      Outcome::rejected, Scope::request, Reason::rejected_by_platform, "100", "", {}};
  CHECK(for_all(refusal, 1).verdicts.at(0).scope == Scope::event);
  CHECK(for_all(refusal, 2).verdicts.at(0).scope == Scope::request);
  CHECK(for_all(refusal, 2).verdicts.size() == 2);
  const Verdict held{
      Outcome::rejected, Scope::credential, Reason::credential_refused, "190", "", {}};
  CHECK(for_all(held, 1).verdicts.at(0).scope == Scope::credential);
  // Too large although it was alone: that may be of something on the way, and passes.
  HttpResponse too_large;
  too_large.status = 413;
  const Verdict alone = for_all(classify_status(too_large), 1).verdicts.at(0);
  CHECK(alone.outcome == Outcome::retryable);
  CHECK(alone.scope == Scope::event);
  CHECK(for_all(classify_status(too_large), 2).verdicts.at(0).outcome == Outcome::rejected);
}

TEST_CASE("a refusal that names one event spares the others") {
  const Verdict refusal{
      Outcome::rejected, Scope::request, Reason::rejected_by_platform, "100", "", {}};
  const auto out = for_one(refusal, 1, 3);
  REQUIRE(out.verdicts.size() == 3);
  CHECK(out.verdicts[1].outcome == Outcome::rejected);
  CHECK(out.verdicts[1].scope == Scope::event);
  for (const std::size_t other : {0U, 2U}) {
    CHECK(out.verdicts[other].outcome == Outcome::retryable);
    CHECK(out.verdicts[other].scope == Scope::request);
  }
  CHECK(for_one(refusal, 3, 3).verdicts[0].outcome == Outcome::rejected);
  CHECK(for_one(refusal, std::nullopt, 3).verdicts[2].scope == Scope::request);
}

}  // namespace
}  // namespace pruuv::platforms
