#include "store/connections.hpp"

#include "store/connection_settings.hpp"
#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

namespace {

Connection full_connection() {
  Connection connection;
  connection.client_id = "acme";
  connection.platform = "google";
  connection.name = "main";
  connection.api = "data_manager";
  connection.destination = "1234567890";
  connection.conversion_action_id = "987";
  connection.login_customer_id = "555";
  connection.event_names = {{"lead", "Lead"}, {"booking", "Schedule"}};
  connection.conversion_actions = {{"lead", "1"}, {"purchase", ""}};
  connection.default_country = "GB";
  connection.currency = "EUR";
  connection.credential = "file:/etc/pruuv-send/acme \"main\".json";
  connection.test_event_code = "TEST1";
  connection.settings = {{"google.min_click_age", "0"}, {"empty", ""}};
  connection.match_event_names = {"lead", "purchase"};
  connection.match_hosts = {"b.example", "a.example"};
  connection.on_unknown = OnUnknown::hold;
  connection.paused = true;
  return connection;
}

void check_equal(const Connection& a, const Connection& b) {
  CHECK(a.client_id == b.client_id);
  CHECK(a.platform == b.platform);
  CHECK(a.name == b.name);
  CHECK(a.api == b.api);
  CHECK(a.destination == b.destination);
  CHECK(render_settings(a) == render_settings(b));
  CHECK(a.conversion_actions == b.conversion_actions);
  CHECK(a.event_names == b.event_names);
  CHECK(a.settings == b.settings);
  CHECK(a.match_hosts == b.match_hosts);
  CHECK(a.on_unknown == b.on_unknown);
  CHECK(a.paused == b.paused);
  CHECK(a.from_seq == b.from_seq);
}

}  // namespace

TEST_CASE("a connection comes back equal") {
  const Store store;
  Connection connection = full_connection();
  REQUIRE(value_of(save_connection(*store, connection, 42, now_s)) == Saved::added);
  CHECK(connection.id == 1);
  CHECK(connection.from_seq == 42);
  const auto loaded = value_of(load_connections(*store));
  REQUIRE(loaded.size() == 1);
  CHECK(loaded[0].id == 1);
  check_equal(loaded[0], connection);
}

TEST_CASE("every setting of a connection is in its settings column") {
  const Connection full = full_connection();
  Connection read;
  must(parse_settings(render_settings(full), read));
  CHECK(render_settings(read) == render_settings(full));
  CHECK(read.conversion_action_id == "987");
  CHECK(read.login_customer_id == "555");
  CHECK(read.default_country == "GB");
  CHECK(read.currency == "EUR");
  CHECK(read.credential == full.credential);
  CHECK(read.test_event_code == "TEST1");
  CHECK(read.match_event_names == full.match_event_names);
  CHECK(render_settings(Connection()) == R"({"on_unknown":"resend"})");
}

TEST_CASE("saving again says what it did") {
  const Store store;
  Connection connection = full_connection();
  REQUIRE(value_of(save_connection(*store, connection, 42, now_s)) == Saved::added);

  Connection again = full_connection();
  CHECK(value_of(save_connection(*store, again, 99, now_s + 5)) == Saved::unchanged);
  CHECK(again.id == connection.id);
  CHECK(again.from_seq == 42);
  CHECK(store.number("SELECT updated_at FROM connection") == now_s);

  SECTION("a setting") { again.settings["empty"] = "not"; }
  SECTION("the api") { again.api = "google_ads"; }
  SECTION("paused") { again.paused = false; }
  CHECK(value_of(save_connection(*store, again, 99, now_s + 5)) == Saved::updated);
  check_equal(value_of(load_connections(*store)).at(0), again);
  CHECK(store.number("SELECT updated_at FROM connection") == now_s + 5);
}

TEST_CASE("a destination never changes under its name") {
  const Store store;
  Connection connection = full_connection();
  REQUIRE(value_of(save_connection(*store, connection, 42, now_s)) == Saved::added);
  connection.destination = "other";
  const auto refused = save_connection(*store, connection, 42, now_s);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::config);
  CHECK(refused.error().message.find("1234567890") != std::string::npos);
  CHECK_FALSE(store.database->execute("UPDATE connection SET destination = 'other'"));
}

TEST_CASE("a text that could not be read back is refused") {
  const Store store;
  Connection connection = full_connection();
  connection.currency = "\xFF";
  const auto refused = save_connection(*store, connection, 0, now_s);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::config);
}

TEST_CASE("damaged settings are store content and name the connection") {
  const Store store;
  add_connection(store, "meta", "main");
  for (const char* settings : {"{", "[]", "7"}) {
    store.run(std::string("UPDATE connection SET settings = '") + settings + "'");
    const auto loaded = load_connections(*store);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().kind == ErrorKind::store_content);
    CHECK(loaded.error().message.find("main of client acme on meta") != std::string::npos);
  }
}

TEST_CASE("connections come by client, platform and name, or of one client") {
  const Store store;
  for (const char* client : {"zeta", "acme"}) {
    for (const char* name : {"b", "a"}) {
      Connection connection = full_connection();
      connection.client_id = client;
      connection.name = name;
      REQUIRE(value_of(save_connection(*store, connection, 0, now_s)) == Saved::added);
    }
  }
  std::string order;
  for (const Connection& each : value_of(load_connections(*store)))
    order += each.client_id + each.name + " ";
  CHECK(order == "acmea acmeb zetaa zetab ");
  CHECK(value_of(load_connections(*store, "zeta")).size() == 2);
  CHECK(value_of(load_connections(*store, "none")).empty());
}

TEST_CASE("a backfill only ever lowers the number a connection starts from") {
  const Store store;
  Connection connection = full_connection();
  REQUIRE(value_of(save_connection(*store, connection, 42, now_s)) == Saved::added);
  must(save_from_seq(*store, connection.id, 50));
  CHECK(store.number("SELECT from_seq FROM connection") == 42);
  must(save_from_seq(*store, connection.id, 7));
  CHECK(store.number("SELECT from_seq FROM connection") == 7);
}

TEST_CASE("a client keeps its number") {
  const Store store;
  const auto first = value_of(client_number(*store, "acme"));
  CHECK(value_of(client_number(*store, "other")) != first);
  CHECK(value_of(client_number(*store, "acme")) == first);
  CHECK(value_of(client_number(*store, "Acme")) != first);
}
