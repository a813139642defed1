#include "platforms/signals.hpp"

#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

constexpr SignalSpec specs[] = {
    {"e-mail", "user.em", "email"},
    {"click", "ids.gclid|ids.wbraid", "gclid"},
    {"place", "user.ip+user.agent", "ip"},
    {"phone", "list[].phone", "phone"},
};

std::vector<bool> found(std::string_view object) {
  Platform adapter;
  adapter.signals = specs;
  return signals_in(adapter, object);
}

TEST_CASE("signals are found where they stand") {
  CHECK(
      found(
          R"({"user":{"em":["x"],"ip":"1"},"ids":{"wbraid":"w"},"list":[{"a":1},{"phone":"p"}]})") ==
      std::vector<bool>{true, true, false, true});
  CHECK(found(R"({"user":{"ip":"1","agent":"2"},"list":[{"a":1}]})") ==
        std::vector<bool>{false, false, true, false});
  CHECK(found(R"({"user":5,"list":{"phone":1}})") == std::vector<bool>{false, false, false, false});
  CHECK(found("no json") == std::vector<bool>{false, false, false, false});
}

}  // namespace
}  // namespace pruuv::platforms
