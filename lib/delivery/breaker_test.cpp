#include "delivery/breaker.hpp"

#include <string_view>

#include "testing/testing.hpp"

using pruuv::delivery::Breaker;

namespace {

// x = failed, . = went through; the latest last.
bool is_open_after(std::string_view requests) {
  Breaker breaker;
  for (const char request : requests) breaker.note(request == 'x');
  return breaker.is_open();
}

}  // namespace

TEST_CASE("five failures in a row open it") {
  CHECK(!is_open_after(""));
  CHECK(!is_open_after("xxxx"));
  CHECK(is_open_after("xxxxx"));
  CHECK(is_open_after("..........xxxxx"));
  CHECK(!is_open_after("xxxxx."));
  CHECK(!is_open_after("xxxx.xxxx"));
}

TEST_CASE("so do seven in ten, once ten are known") {
  CHECK(is_open_after("xx.xxx.x.x"));
  CHECK(!is_open_after("xx.xx..x.x"));
  CHECK(!is_open_after("xx.xxx.x."));
  CHECK(!is_open_after("xxx.xx.xxx."));  // the latest went through
}

TEST_CASE("only the latest twenty count, and none after it was closed") {
  CHECK(!is_open_after("xxxxxxxxxxxxxxxxxxxx...............xxxx"));
  Breaker breaker;
  for (int i = 0; i < 20; ++i) breaker.note(true);
  breaker.close();
  CHECK(!breaker.is_open());
  for (int i = 0; i < 4; ++i) breaker.note(true);
  CHECK(!breaker.is_open());
}
