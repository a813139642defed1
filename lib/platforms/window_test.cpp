#include "platforms/window.hpp"

#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

constexpr std::int64_t now_s = 1795400000;
constexpr std::int64_t age_max_s = 1000;

TEST_CASE("an event of the recent past goes now, until its last second") {
  CHECK(timing_in_window(now_s, age_max_s, now_s).reason == Reason::none);
  const Timing last = timing_in_window(now_s - 999, age_max_s, now_s);
  CHECK(last.reason == Reason::none);
  CHECK(last.expires_s == now_s + 1);
  CHECK(timing_in_window(now_s - 1000, age_max_s, now_s).reason == Reason::too_old);
}

TEST_CASE("an event ahead of now waits for its time, a day at most") {
  const Timing soon = timing_in_window(now_s + 86400, age_max_s, now_s);
  CHECK(soon.reason == Reason::not_yet);
  CHECK(soon.until_s == now_s + 86400);
  const Timing far = timing_in_window(now_s + 86401, age_max_s, now_s);
  CHECK(far.reason == Reason::event_in_future);
  CHECK(!far.until_s);
}

}  // namespace
}  // namespace pruuv::platforms
