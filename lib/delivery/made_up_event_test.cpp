#include "delivery/made_up_event.hpp"

#include "platforms/platform.hpp"
#include "testing/testing.hpp"

namespace pruuv::delivery {

TEST_CASE("the made-up event is one the connection takes and has a conversion action for") {
  const auto name = [](const Connection& connection) {
    return made_up_event(connection, "id", 1'795'402'800).event_name;
  };
  Connection connection;
  CHECK(name(connection) == "lead");
  connection.conversion_actions = {{"booking", "1"}, {"purchase", "2"}};
  CHECK(name(connection) == "booking");
  connection.conversion_actions.emplace("lead", "3");
  CHECK(name(connection) == "lead");
  connection.match_event_names = {"visit", "purchase"};
  CHECK(name(connection) == "purchase");
  connection.match_event_names = {"visit"};
  CHECK(name(connection) == "visit");
  connection.match_event_names = {"visit", "purchase"};
  connection.conversion_action_id = "4";
  CHECK(name(connection) == "visit");
}

TEST_CASE("the made-up event is a day old, of a page the connection takes, and Google claims it") {
  Connection connection;
  connection.match_hosts = {"shop.example"};
  const FunnelEvent event = made_up_event(connection, "id", 1'795'402'800);
  CHECK(event.event_time == 1'795'316'400);
  CHECK(event.page_url == "https://shop.example/");
  CHECK(event.email == "test@example.com");
  CHECK(platforms::find_adapter("data_manager")->claims(event));
}

}  // namespace pruuv::delivery
