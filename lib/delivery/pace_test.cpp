#include "delivery/pace.hpp"

#include <algorithm>

#include "testing/testing.hpp"

using namespace pruuv::delivery;

namespace {

constexpr std::int64_t minute_ms = 60'000;

}  // namespace

TEST_CASE("jitter is anything up to a second, doubled with each failure, at most a minute") {
  Random random(1);
  for (const auto& [failures, most_ms] :
       {std::pair{1, 1'000}, {2, 2'000}, {3, 4'000}, {6, 32'000}, {7, 60'000}, {1000, 60'000}}) {
    std::int64_t least = minute_ms, most = 0;
    for (int i = 0; i < 2'000; ++i) {
      const std::int64_t pause_ms = jitter_ms(failures, random);
      least = std::min(least, pause_ms);
      most = std::max(most, pause_ms);
    }
    INFO(failures);
    CHECK(least >= 0);
    CHECK(least < most_ms / 50);
    CHECK(most <= most_ms);
    CHECK(most > most_ms - most_ms / 50);
  }
}

TEST_CASE("the same seed gives the same pauses") {
  Random one(7), other(7);
  for (int i = 1; i < 20; ++i) CHECK(jitter_ms(i, one) == jitter_ms(i, other));
}

TEST_CASE("what a platform asks for is kept from a second to a quarter of an hour") {
  Random random(1);
  const auto after = [&](std::int64_t asked_s) {
    Pause pause;
    return pause.fail(4'900, 5'000, asked_s, random) ? pause.until_ms() - 5'000 : -1;
  };
  CHECK(after(0) == 1'000);
  CHECK(after(-30) == 1'000);
  CHECK(after(1) == 1'000);
  CHECK(after(90) == 90'000);
  CHECK(after(900) == 900'000);
  CHECK(after(901) == -1);
  CHECK(after(INT64_MAX) == -1);
}

TEST_CASE("requests that were under way when a failure came in do not fail anew") {
  Random random(1);
  Pause pause;
  CHECK(pause.is_news(0));
  REQUIRE(pause.fail(4'000, 5'000, std::nullopt, random));
  CHECK(pause.failures() == 1);
  CHECK(!pause.is_news(4'000));
  CHECK(!pause.is_news(5'000));
  CHECK(pause.is_news(pause.until_ms()));
  // What one of them was asked for counts all the same.
  REQUIRE(pause.fail(4'500, 5'100, 30, random));
  CHECK(pause.failures() == 1);
  CHECK(pause.until_ms() == 35'100);
  CHECK(!pause.fail(4'500, 5'200, 86'400, random));
  pause.succeed();
  CHECK(pause.failures() == 0);
}

TEST_CASE("a pause is never made shorter") {
  Random random(1);
  Pause pause;
  pause.wait_until(9'000);
  pause.wait_until(4'000);
  CHECK(pause.until_ms() == 9'000);
  REQUIRE(pause.fail(900, 1'000, 1, random));
  CHECK(pause.until_ms() == 9'000);
}

TEST_CASE("three retries, or a tenth of the first tries") {
  const auto retries = [](int first_tries) {
    RetryBudget budget;
    for (int i = 0; i < first_tries; ++i) budget.count_first_try();
    int taken = 0;
    while (budget.take()) ++taken;
    return taken;
  };
  CHECK(retries(0) == 3);
  CHECK(retries(30) == 3);
  CHECK(retries(49) == 4);
  CHECK(retries(500) == 50);
}

TEST_CASE("no minute sees more requests than the platform allows") {
  RequestWindow window(3);
  CHECK(window.ready_ms(0) == 0);
  for (const std::int64_t at_ms : {0, 100, 200}) window.count(at_ms);
  CHECK(window.ready_ms(300) == minute_ms);
  window.count(minute_ms);
  CHECK(window.ready_ms(minute_ms) == minute_ms + 100);
  RequestWindow any(0);
  for (int i = 0; i < 1'000; ++i) any.count(5);
  CHECK(any.ready_ms(5) == 5);
}
