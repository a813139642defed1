#include "platforms/google/account.hpp"

#include "testing/testing.hpp"

namespace pruuv::platforms::google {
namespace {

Connection connection_to(const std::string& customer_id) {
  Connection out;
  out.destination = customer_id;
  return out;
}

TEST_CASE("customer ids lose hyphens and spaces and have 10 digits") {
  Connection connection = connection_to(" 123-456 7890 ");
  connection.login_customer_id = "111-222-3333";
  REQUIRE(check_connection(connection));
  CHECK(connection.destination == "1234567890");
  CHECK(connection.login_customer_id == "1112223333");

  for (const char* id :
       {"", "123", "12345678901", "123456789a", "123_456_7890", "customers/1234567890"}) {
    INFO(id);
    connection = connection_to(id);
    const auto checked = check_connection(connection);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().kind == ErrorKind::config);
    CHECK(checked.error().message == "check customer_id: not 10 digits");
  }
}

TEST_CASE("the manager's id is checked where there is one") {
  Connection connection = connection_to("1234567890");
  connection.login_customer_id = "  ";
  REQUIRE(check_connection(connection));
  CHECK(connection.login_customer_id.empty());
  connection.login_customer_id = "42";
  const auto checked = check_connection(connection);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().message == "check login_customer_id: not 10 digits");
}

TEST_CASE("conversion action ids are digits") {
  Connection connection = connection_to("1234567890");
  connection.conversion_action_id = " 987654321 ";
  connection.conversion_actions = {{"lead", "555 "}};
  REQUIRE(check_connection(connection));
  CHECK(connection.conversion_action_id == "987654321");
  CHECK(connection.conversion_actions.at("lead") == "555");

  connection.conversion_action_id = "customers/1234567890/conversionActions/987654321";
  CHECK_FALSE(check_connection(connection));
  connection.conversion_action_id = "9999999999999999999";  // more than an int64
  CHECK_FALSE(check_connection(connection));
  connection.conversion_action_id = "";
  connection.conversion_actions = {{"le\nad", ""}};
  const auto checked = check_connection(connection);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().message == "check conversion_actions \"le\\u{a}ad\": not a number");
}

TEST_CASE("the conversion action of the funnel name goes before the connection's") {
  Connection connection = connection_to("1234567890");
  connection.conversion_action_id = "1";
  connection.conversion_actions = {{"lead", "2"}};
  FunnelEvent event;
  event.event_name = "lead";
  CHECK(conversion_action(event, connection) == "2");
  event.event_name = "Lead";
  CHECK(conversion_action(event, connection) == "1");
}

}  // namespace
}  // namespace pruuv::platforms::google
