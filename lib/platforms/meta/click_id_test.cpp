#include "platforms/meta/click_id.hpp"

#include "base/json.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::meta {
namespace {

constexpr std::int64_t event_time = 1795400000;

FunnelEvent with(const std::string& fbc, const std::string& fbclid = {},
                 const std::string& click = {}) {
  FunnelEvent event;
  event.event_time = event_time;
  event.fbc = fbc;
  event.fbclid = fbclid;
  event.click_timestamp = click;
  return event;
}

struct Chosen {
  std::string fbc;
  std::vector<Warning> warnings;

  [[nodiscard]] bool only(std::string_view field, Reason reason) const {
    return warnings.size() == 1 && warnings[0].field == field && warnings[0].reason == reason;
  }
};

Chosen choose(const FunnelEvent& event) {
  Chosen out;
  out.fbc = choose_fbc(event, out.warnings);
  return out;
}

TEST_CASE("the cookie cases that were run through Meta's own builder") {
  const auto document = json::parse(pruuv::testing::read_testdata("vectors/meta.json"));
  REQUIRE(document);
  const auto rows = document->root()["fbc"].items();
  CHECK(rows.size() == 15);
  for (const json::Value row : rows) {
    const std::string input(row["input"].text().value());
    INFO(input);
    CHECK(parse_fbc(input).has_value() == row["accepted"].boolean());
  }
}

TEST_CASE("fbc segments") {
  const auto fbc = parse_fbc("fb.1.1709136167115.IwAR2F4-_.AQQCAQMC");
  REQUIRE(fbc);
  CHECK(fbc->creation_ms == 1709136167115);
  CHECK(fbc->payload == "IwAR2F4-_");
  for (const std::string text :
       {"", "fb.1.1709136167.abc", "fb.1.17091361671150.abc", "fb..1709136167115.abc",
        "fb.100.1709136167115.abc", "fb.1.1709136167115.a b", "fb.1.1709136167115.a%20b",
        "fb.1.1709136167115.https://x", "fb.1.1709136167115.abc.", "fb.1.1709136167115.abc.AQQCAQM",
        "fb.1.1709136167115.abc.AQcCAQMC", "fb.1.1709136167115.abc.AQQEAQMC",
        "fb.1.1709136167115.abc.AgQCAQMC", "fb.1.1709136167115.abc.AQACAQMC"}) {
    INFO(text);
    CHECK(!parse_fbc(text));
  }
}

TEST_CASE("fbp") {
  CHECK(is_well_formed_fbp("fb.1.1709136167115.1098115397"));
  CHECK(is_well_formed_fbp("fb.2.1709136167115.1098115397.AQQAAQMC"));
  for (const std::string text : {"", "fb.1.1709136167115.abc", "fb.1.1709136167.1098115397",
                                 "fb.1.1709136167115.", "fb.1.1709136167115.1.ZZ", "1098115397"}) {
    INFO(text);
    CHECK(!is_well_formed_fbp(text));
  }
}

TEST_CASE("a stored fbc is sent unchanged") {
  const std::string stored = "fb.2.1795300000123.IwAR0.AQQCAQMC";
  CHECK(choose(with(" " + stored + " ")).fbc == stored);
  CHECK(choose(with(stored, "IwAR0", "1795390000")).fbc == stored);
  CHECK(choose(with(stored, "IwAR9", "1795200000")).fbc == stored);
  CHECK(choose(with(stored, "IwAR9")).fbc == stored);
  CHECK(choose(with(stored, "not a click", "1795390000")).fbc == stored);
  CHECK(choose(with(stored)).warnings.empty());
}

TEST_CASE("of two different clicks the newer one, where its time is known") {
  CHECK(choose(with("fb.1.1795300000123.IwAR0", "IwAR9", "1795390000")).fbc ==
        "fb.1.1795390000000.IwAR9");
}

TEST_CASE("an fbc is built from fbclid with the time of the click, else of the event") {
  CHECK(choose(with("", " IwAR2F4-dbP0_aem_x ", "1795390000")).fbc ==
        "fb.1.1795390000000.IwAR2F4-dbP0_aem_x");
  CHECK(choose(with("", "IwAR", "")).fbc == "fb.1.1795400000000.IwAR");
  CHECK(choose(with("", "IwAR", "")).warnings.empty());
  const Chosen bad_time = choose(with("", "IwAR", "1795390000000"));
  CHECK(bad_time.fbc == "fb.1.1795400000000.IwAR");
  CHECK(bad_time.only("click_timestamp", Reason::click_timestamp_invalid));
}

TEST_CASE("a malformed fbc falls back to fbclid") {
  const Chosen out = choose(with("fb.1.notatime.abc", "IwAR"));
  CHECK(out.fbc == "fb.1.1795400000000.IwAR");
  CHECK(out.only("fbc", Reason::fbc_malformed));
}

TEST_CASE("a malformed fbclid is left out") {
  for (const std::string fbclid : {"XyZ~x", "https://x.example/?fbclid=IwAR", "IwAR2F4%3D", "Iw AR",
                                   "fb.1.1795300000123.IwAR", "IwAR\xc3\xa4"}) {
    INFO(fbclid);
    const Chosen out = choose(with("", fbclid));
    CHECK(out.fbc.empty());
    CHECK(out.only("fbclid", Reason::fbc_malformed));
  }
}

TEST_CASE("a gclid in one of Meta's fields is left out by its name") {
  const std::string gclid = "Cj0KCQjwiJvQBhCYAaVNyhglMLsdbRMs3tYjey7ZHj9yH8sZcRdElNZ";
  const Chosen fbclid = choose(with("", gclid, "1795390000"));
  CHECK(fbclid.fbc.empty());
  CHECK(fbclid.only("fbclid", Reason::click_id_of_another_platform));
  const Chosen fbc = choose(with("fb.1.1795300000123." + gclid));
  CHECK(fbc.fbc.empty());
  CHECK(fbc.only("fbc", Reason::click_id_of_another_platform));
  CHECK(choose(with("fb.1.1795300000123.IwAR0", gclid, "1795390000")).fbc ==
        "fb.1.1795300000123.IwAR0");
}

TEST_CASE("a click older than 90 days or later than the event is left out") {
  const auto cookie = [](std::int64_t ms) { return "fb.1." + std::to_string(ms) + ".IwAR"; };
  const std::int64_t event_ms = event_time * 1000;
  const std::int64_t age_max_ms = std::int64_t{90} * 86400000;
  CHECK(!choose(with(cookie(event_ms - age_max_ms))).fbc.empty());
  const Chosen old = choose(with(cookie(event_ms - age_max_ms - 1)));
  CHECK(old.fbc.empty());
  CHECK(old.only("fbc", Reason::fbc_too_old));
  CHECK(!choose(with(cookie(event_ms + 60000))).fbc.empty());
  const Chosen later = choose(with(cookie(event_ms + 60001)));
  CHECK(later.fbc.empty());
  CHECK(later.only("fbc", Reason::fbc_after_event));
  // A fbclid has no time of its own: one that cannot be is replaced by the event's.
  const Chosen late_clock = choose(with("", "IwAR", std::to_string(event_time + 61)));
  CHECK(late_clock.fbc == "fb.1." + std::to_string(event_ms) + ".IwAR");
  CHECK(late_clock.only("click_timestamp", Reason::click_timestamp_invalid));
  CHECK(choose(with("", "IwAR", std::to_string(event_time + 60))).warnings.empty());
}

}  // namespace
}  // namespace pruuv::platforms::meta
