#include "platforms/google/answer.hpp"

#include "testing/testing.hpp"

namespace pruuv::platforms::google {
namespace {

TEST_CASE("a field path names its row") {
  CHECK(row_in_path("events.events[1].event_source", "events") == 1);
  CHECK(row_in_path("events[0]", "events") == 0);
  CHECK(row_in_path("conversions[1999].gclid", "conversions") == 1999);
  CHECK_FALSE(row_in_path("events", "events"));
  CHECK_FALSE(row_in_path("events[", "events"));
  CHECK_FALSE(row_in_path("events[]", "events"));
  CHECK_FALSE(row_in_path("events[-1]", "events"));
  CHECK_FALSE(row_in_path("events[1", "events"));
  CHECK_FALSE(row_in_path("events[99999999999999999999]", "events"));
  CHECK_FALSE(row_in_path("destinations[0].reference", "events"));
  CHECK_FALSE(row_in_path("", "events"));
}

TEST_CASE("only what looks like a code is kept as one") {
  CHECK(code_word("events.events[1].cart_data") == "events.events[1].cart_data");
  CHECK(code_word("REASON_X") == "REASON_X");
  CHECK(code_word("<html>").empty());
  CHECK(code_word("alex@example.com").empty());
  CHECK(code_word("two words").empty());
  CHECK(code_word(std::string(500, 'A')).size() <= 123);
}

TEST_CASE("the worst fault of a row stays, whatever came first") {
  Faults faults(2);
  CHECK(faults.empty());
  faults.add(0, make_verdict(meaning::accepted, "dup"));
  faults.add(0, make_verdict(meaning::passing, "again"));
  faults.add(0, make_verdict(meaning::too_recent, "later"));
  faults.add(0, make_verdict(meaning::misconfigured, "conf"));
  faults.add(0, make_verdict(meaning::bad_event, "row"));
  faults.add(0, make_verdict(meaning::misconfigured, "conf"));
  CHECK_FALSE(faults.empty());
  const auto verdicts = faults.verdicts(make_verdict(meaning::accepted));
  REQUIRE(verdicts.size() == 2);
  CHECK(verdicts[0].code == "row");
  CHECK(verdicts[1].outcome == Outcome::accepted);
}

TEST_CASE("a fault of the whole request is every row's, unless the row has a worse one") {
  Faults faults(3);
  faults.add(std::nullopt, make_verdict(meaning::misconfigured, "conf"));
  faults.add(1, make_verdict(meaning::bad_event, "row"));
  faults.add(2, make_verdict(meaning::accepted, "dup"));
  const auto verdicts = faults.verdicts(make_verdict(meaning::accepted));
  REQUIRE(verdicts.size() == 3);
  CHECK(verdicts[0].code == "conf");
  CHECK(verdicts[1].code == "row");
  CHECK(verdicts[2].code == "conf");
}

TEST_CASE("an unnamed bad event makes the request bad, but for one that holds a single row") {
  for (const std::size_t rows : {std::size_t{1}, std::size_t{2}}) {
    Faults faults(rows);
    faults.add(std::nullopt, make_verdict(meaning::bad_event, "row"));
    for (const Verdict& verdict : faults.verdicts(make_verdict(meaning::accepted))) {
      CHECK(verdict.outcome == Outcome::rejected);
      CHECK(verdict.scope == (rows == 1 ? Scope::event : Scope::request));
    }
  }
}

TEST_CASE("a single row cannot be split any further") {
  Faults faults(1);
  faults.add(0, make_verdict(meaning::bad_request, "split"));
  CHECK(faults.verdicts(make_verdict(meaning::accepted)).front().scope == Scope::event);
}

}  // namespace
}  // namespace pruuv::platforms::google
