#include "platforms/google/click.hpp"

#include "testing/testing.hpp"

namespace pruuv::platforms::google {
namespace {

constexpr std::int64_t now_s = 1795402800;  // 2026-11-23T03:00:00Z
constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t day_s = 24 * hour_s;

FunnelEvent event_at(std::int64_t event_time_s) {
  FunnelEvent out;
  out.event_time = event_time_s;
  return out;
}

FunnelEvent clicked_at(std::int64_t click_time_s, std::int64_t event_time_s) {
  FunnelEvent out = event_at(event_time_s);
  out.click_timestamp = std::to_string(click_time_s);
  return out;
}

Timing timing_of(const FunnelEvent& event, std::int64_t min_click_age_s = 6 * hour_s) {
  Endpoint endpoint;
  endpoint.min_click_age_s = min_click_age_s;
  return timing(event, {}, endpoint, now_s);
}

TEST_CASE("an event is Google's with any of the three click ids") {
  FunnelEvent event;
  CHECK_FALSE(claims(event));
  event.gclid = " \t";
  event.fbclid = "x";
  event.ttclid = "x";
  CHECK_FALSE(claims(event));
  for (std::string FunnelEvent::*field :
       {&FunnelEvent::gclid, &FunnelEvent::gbraid, &FunnelEvent::wbraid}) {
    FunnelEvent one;
    one.*field = "x";
    CHECK(claims(one));
  }
}

TEST_CASE("one click id is sent: gclid, else gbraid, else wbraid") {
  FunnelEvent event;
  event.wbraid = " w ";
  std::vector<Warning> warnings;
  auto click = pick_click_id(event, warnings);
  REQUIRE(click);
  CHECK(click->field == "wbraid");
  CHECK(click->value == "w");
  CHECK(click->is_braid());
  CHECK(warnings.empty());

  event.gbraid = "b";
  click = pick_click_id(event, warnings);
  REQUIRE(click);
  CHECK(click->field == "gbraid");
  CHECK(click->is_braid());
  REQUIRE(warnings.size() == 1);
  CHECK(warnings.front().field == "wbraid");
  CHECK(warnings.front().reason == Reason::several_google_click_ids);

  event.gclid = "g";
  warnings.clear();
  click = pick_click_id(event, warnings);
  REQUIRE(click);
  CHECK(click->field == "gclid");
  CHECK_FALSE(click->is_braid());
  CHECK(warnings.size() == 2);
}

TEST_CASE("a click id that is not UTF-8 is passed over") {
  FunnelEvent event;
  event.gclid = "\xff";
  event.wbraid = "w";
  std::vector<Warning> warnings;
  const auto click = pick_click_id(event, warnings);
  REQUIRE(click);
  CHECK(click->field == "wbraid");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings.front().reason == Reason::text_not_utf8);
  event.wbraid.clear();
  CHECK_FALSE(pick_click_id(event, warnings));
}

TEST_CASE("a click later than its conversion is not believed") {
  CHECK(click_time_or_event_time_s(clicked_at(now_s - 10, now_s)) == now_s - 10);
  CHECK_FALSE(is_click_timestamp_invalid(clicked_at(now_s, now_s)));
  CHECK(click_time_or_event_time_s(clicked_at(now_s + 1, now_s)) == now_s);
  CHECK(is_click_timestamp_invalid(clicked_at(now_s + 1, now_s)));
  CHECK(click_time_or_event_time_s(clicked_at(now_s * 1000, now_s)) == now_s);
  CHECK(is_click_timestamp_invalid(clicked_at(now_s * 1000, now_s)));
  CHECK_FALSE(is_click_timestamp_invalid(event_at(now_s)));
}

TEST_CASE("a young click waits until it is 6 hours old") {
  const Timing young = timing_of(event_at(now_s - 6 * hour_s + 1));
  CHECK(young.reason == Reason::young_click);
  CHECK(young.until_s == now_s + 1);
  CHECK(timing_of(event_at(now_s - 6 * hour_s)).reason == Reason::none);
  CHECK_FALSE(timing_of(event_at(now_s - 6 * hour_s)).until_s);
  // The conversion is of this minute, its click of yesterday.
  CHECK(timing_of(clicked_at(now_s - day_s, now_s)).reason == Reason::none);
  CHECK(timing_of(event_at(now_s), 0).reason == Reason::none);
}

TEST_CASE("90 days after the click it is too late") {
  const FunnelEvent old = clicked_at(now_s - 90 * day_s, now_s - day_s);
  CHECK(timing_of(old).reason == Reason::too_old);
  CHECK(timing_of(old).expires_s == now_s);
  const FunnelEvent last = clicked_at(now_s - 90 * day_s + 1, now_s - day_s);
  CHECK(timing_of(last).reason == Reason::none);
  CHECK(timing_of(last).expires_s == now_s + 1);
  CHECK(timing_of(event_at(now_s - 90 * day_s)).reason == Reason::too_old);
}

TEST_CASE("an event ahead of now waits a day at most") {
  const Timing ahead = timing_of(clicked_at(now_s - day_s, now_s + day_s));
  CHECK(ahead.reason == Reason::not_yet);
  CHECK(ahead.until_s == now_s + day_s);
  CHECK(timing_of(event_at(now_s + day_s + 1)).reason == Reason::event_in_future);
}

}  // namespace
}  // namespace pruuv::platforms::google
