#include <string>

#include "http/client.hpp"
#include "http/scripted_server.hpp"
#include "http/test_ca.hpp"
#include "testing/testing.hpp"

// The promise that the audit log stands on: a request leaves at most once, and the client knows
// whether it left. libcurl alone sends again, in silence, when a kept connection dies without an
// answer. To be run on every distribution that is named as supported.

namespace pruuv::http {
namespace {

using testing::Answer;
using testing::http_answer;
using testing::ScriptedServer;
using Then = Answer::Then;

HttpRequest request_to(const std::string& url, const std::string& method, const std::string& body) {
  HttpRequest request;
  request.method = method;
  request.url = url;
  request.body = body;
  return request;
}

// Answers every request but the second, which it reads whole and drops with its connection.
ScriptedServer::Script drop_second(Then then) {
  return [then](const auto& request, std::size_t number) {
    if (number == 1) return Answer{"", then};
    return Answer{http_answer(200, request.body), Then::keep};
  };
}

std::size_t copies(const ScriptedServer& server, const std::string& body) {
  std::size_t found = 0;
  for (const auto& seen : server.requests()) found += seen.body == body ? 1 : 0;
  return found;
}

void check_dropped_once(Client& client, const ScriptedServer& server) {
  REQUIRE(perform(client, request_to(server.url(), "POST", "event=1")).status == 200);
  REQUIRE(server.connections() == 1);
  const auto dropped = perform(client, request_to(server.url(), "POST", "event=2"));
  CHECK(dropped.transport_code == 65);
  CHECK(dropped.bytes_sent);
  CHECK(dropped.status == 0);
  CHECK(copies(server, "event=2") == 1);
  CHECK(server.requests().size() == 2);
  CHECK(perform(client, request_to(server.url(), "POST", "event=3")).body == "event=3");
}

}  // namespace

TEST_CASE("a reused connection that dies takes one copy with it: plain, closed") {
  ScriptedServer server(drop_second(Then::close));
  const auto client = make_curl_client({}).value();
  check_dropped_once(*client, server);
}

TEST_CASE("a reused connection that dies takes one copy with it: TLS, closed") {
  const pruuv::testing::TempDir folder;
  const testing::TestCa ca;
  ca.save(folder.file("ca.pem"));
  const auto tls = ca.server();
  ScriptedServer server(drop_second(Then::close), tls.get());
  CurlOptions options;
  options.ca_file = folder.file("ca.pem");
  const auto client = make_curl_client(options).value();
  check_dropped_once(*client, server);
}

TEST_CASE("a reused connection that is reset takes one copy with it") {
  ScriptedServer server(drop_second(Then::reset));
  const auto client = make_curl_client({}).value();
  REQUIRE(perform(*client, request_to(server.url(), "POST", "event=1")).status == 200);
  const auto dropped = perform(*client, request_to(server.url(), "POST", "event=2"));
  CHECK(dropped.transport_code != 0);
  CHECK(dropped.bytes_sent);
  CHECK(copies(server, "event=2") == 1);
}

TEST_CASE("a body kept as a secret is not sent twice either") {
  ScriptedServer server(drop_second(Then::close));
  const auto client = make_curl_client({}).value();
  REQUIRE(perform(*client, request_to(server.url(), "POST", "event=1")).status == 200);
  HttpRequest exchange = request_to(server.url(), "POST", "");
  exchange.secret_body = Secret("refresh_token=canary");
  CHECK(perform(*client, exchange).transport_code == 65);
  CHECK(copies(server, "refresh_token=canary") == 1);
}

TEST_CASE("a request without a body is not sent twice either") {
  const std::string method = GENERATE("GET", "POST");
  ScriptedServer server(drop_second(Then::close));
  const auto client = make_curl_client({}).value();
  REQUIRE(perform(*client, request_to(server.url("/1"), method, "")).status == 200);
  const auto dropped = perform(*client, request_to(server.url("/2"), method, ""));
  CHECK(dropped.transport_code == 52);
  CHECK(dropped.bytes_sent);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("what never left says so, also on a handle that sent something before") {
  ScriptedServer server([](const auto&, std::size_t) { return Answer{http_answer(200, ""), {}}; });
  const testing::RefusingPort nobody;
  const auto client = make_curl_client({}).value();
  for (int i = 0; i < 2; ++i) {
    const auto refused = perform(*client, request_to(nobody.url(), "POST", "event=1"));
    CHECK(refused.transport_code == 7);
    CHECK(refused.transport_error == "Couldn't connect to server");
    CHECK_FALSE(refused.bytes_sent);
    CHECK(refused.status == 0);
    CHECK(perform(*client, request_to(server.url(), "POST", "event=1")).bytes_sent);
  }
}

TEST_CASE("a client that goes away with requests in flight gives up cleanly") {
  ScriptedServer server([](const auto&, std::size_t) { return Answer{"", Then::hang}; });
  auto client = make_curl_client({}).value();
  REQUIRE(client->start(1, request_to(server.url(), "POST", "event=1")));
  CHECK(client->wait(1).empty());
  client.reset();
  CHECK(copies(server, "event=1") <= 1);
}

}  // namespace pruuv::http
