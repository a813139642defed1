#include "report/connection_trials.hpp"

#include <vector>

#include "testing/testing.hpp"

namespace pruuv::report {
namespace {

ConnectionTrial trial_of(const std::string& platform) {
  ConnectionTrial trial;
  trial.connection.client_id = "acme";
  trial.connection.platform = platform;
  trial.connection.name = "main";
  return trial;
}

std::vector<ConnectionTrial> sample() {
  ConnectionTrial fine = trial_of("google");
  fine.connection.paused = true;
  fine.fine = {"credential read", "access token given"};
  fine.not_checked = "clicks";
  fine.remark = "CLICK_NOT_FOUND\x1b[2J";
  fine.next = "look";
  ConnectionTrial failed = trial_of("meta");
  failed.fault = "no\ntoken";
  failed.reason = "credential_missing";
  failed.advice = "make one";
  return {fine, failed};
}

}  // namespace

TEST_CASE("trials: a line a connection, what to do below it, nothing that moves a cursor") {
  CHECK(render_trials(sample(), 3, Format::table) ==
        "acme google/main (paused): ok: credential read, access token given; not checked: clicks\n"
        "  of the made-up event it says: CLICK_NOT_FOUND\\u{1b}[2J\n"
        "  hint: look\n"
        "acme meta/main: FAILED: no\\u{a}token\n"
        "  hint: make one\n");
}

TEST_CASE("trials as JSON") {
  CHECK(
      render_trials(sample(), 3, Format::json) ==
      R"({"connections":[{"client_id":"acme","platform":"google","connection":"main","paused":true,)"
      R"("ok":true,"fine":["credential read","access token given"],"may_pass":false,)"
      R"("remark":"CLICK_NOT_FOUND\u001B[2J","not_checked":"clicks","next":"look"},)"
      R"({"client_id":"acme","platform":"meta","connection":"main","paused":false,"ok":false,)"
      R"("fine":[],"fault":"no\ntoken","reason":"credential_missing","advice":"make one",)"
      R"("may_pass":false}],"exit":3})"
      "\n");
}

}  // namespace pruuv::report
