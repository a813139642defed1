#include "platforms/meta/privacy.hpp"

#include "platforms/meta/details_fixture.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::meta {
namespace {

struct Read {
  Privacy privacy;
  std::vector<Warning> warnings;
};

Read read_limited(const std::string& extra) {
  FunnelEvent event = event_with_extra(extra);
  event.limited_data_use = "true";
  Read out;
  out.privacy = read_privacy(event, Details(event), out.warnings);
  return out;
}

std::string place(const std::string& country, const std::string& state) {
  std::string extra = "{";
  if (!country.empty()) extra += "\"data_processing_options_country\":" + country;
  if (!country.empty() && !state.empty()) extra += ",";
  if (!state.empty()) extra += "\"data_processing_options_state\":" + state;
  return extra + "}";
}

TEST_CASE("without a limited data use no place is looked at") {
  const FunnelEvent event = event_with_extra(place("1", "1000"));
  std::vector<Warning> warnings;
  json::Writer out;
  out.begin_object();
  write_privacy(out, read_privacy(event, Details(event), warnings));
  out.end_object();
  CHECK(out.str() == "{}");
}

TEST_CASE("limited data use says where, by default that Meta finds out") {
  json::Writer out;
  out.begin_object();
  write_privacy(out, read_limited("{}").privacy);
  out.end_object();
  CHECK(out.str() == R"({"data_processing_options":["LDU"],"data_processing_options_country":0,)"
                     R"("data_processing_options_state":0})");
}

TEST_CASE("country and state of a limited data use") {
  const struct {
    std::string country, state;
    std::int64_t sent_country, sent_state;
    bool warned;
  } cases[] = {
      {"1", "1000", 1, 1000, false}, {"1", "1013", 1, 1013, false}, {"\"1\"", "", 1, 0, false},
      {"1", "0", 1, 0, false},       {"0", "0", 0, 0, false},       {"", "1005", 1, 1005, false},
      {"0", "1000", 0, 0, true},     {"1", "1014", 1, 0, true},     {"1", "999", 1, 0, true},
      {"1", "\"CA\"", 1, 0, true},   {"2", "1000", 1, 1000, true},  {"-1", "", 0, 0, true},
      {"[1]", "", 0, 0, true},
  };
  for (const auto& one : cases) {
    INFO(one.country << "/" << one.state);
    const Read out = read_limited(place(one.country, one.state));
    CHECK(out.privacy.is_limited);
    CHECK(out.privacy.country == one.sent_country);
    CHECK(out.privacy.state == one.sent_state);
    CHECK(out.warnings.empty() != one.warned);
  }
}

TEST_CASE("opt_out: said, not said, not to be understood, or meant by a denied consent") {
  std::vector<Warning> warnings;
  const auto opt_out = [&](const FunnelEvent& event) {
    warnings.clear();
    return read_privacy(event, Details(event), warnings).opt_out;
  };
  for (const std::string word : {"true", "1", "\"yes\""}) {
    INFO(word);
    CHECK(opt_out(event_with_extra("{\"opt_out\":" + word + "}")));
    CHECK(warnings.empty());
  }
  for (const std::string word : {"false", "0", "\"No\"", "null", "\"\""}) {
    INFO(word);
    CHECK(!opt_out(event_with_extra("{\"opt_out\":" + word + "}")));
    CHECK(warnings.empty());
  }
  for (const std::string word : {"\"on\"", "[true]", "2"}) {
    INFO(word);
    CHECK(!opt_out(event_with_extra("{\"opt_out\":" + word + "}")));
    CHECK(warns(warnings, "opt_out", Reason::detail_left_out));
  }
  FunnelEvent denied = event_with_extra("");
  denied.consent_ad_user_data = "denied";
  CHECK(opt_out(denied));
}

}  // namespace
}  // namespace pruuv::platforms::meta
