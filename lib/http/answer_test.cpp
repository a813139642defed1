#include <cstdlib>
#include <limits>
#include <map>
#include <string>

#include "http/client.hpp"
#include "http/scripted_server.hpp"
#include "testing/testing.hpp"

// What the client makes of each thing a server may do. Numbers are libcurl's CURLcodes.

namespace pruuv::http {
namespace {

using testing::Answer;
using testing::http_answer;
using testing::ScriptedServer;
using Then = Answer::Then;

std::unique_ptr<Client> make_client(const CurlOptions& options = {}) {
  return make_curl_client(options).value();
}

HttpRequest post(const std::string& url, const std::string& body = R"({"data":[]})") {
  HttpRequest request;
  request.url = url;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = body;
  return request;
}

ScriptedServer::Script always(const std::string& bytes, Then then = Then::keep) {
  return [=](const auto&, std::size_t) { return Answer{bytes, then}; };
}

HttpResponse ask(const std::string& bytes, Then then, const CurlOptions& options = {}) {
  const ScriptedServer server(always(bytes, then));
  const auto client = make_client(options);
  return perform(*client, post(server.url()));
}

}  // namespace

TEST_CASE("a whole answer is read: status, headers, body") {
  ScriptedServer server(always(http_answer(400, R"({"error":{}})", "X-Fb-Trace-Id:  AbC \r\n")));
  const auto client = make_client();
  const HttpResponse response = perform(*client, post(server.url("/v26.0/1/events")));
  CHECK(response.transport_code == 0);
  CHECK(response.transport_error.empty());
  CHECK(response.is_whole());
  CHECK(response.bytes_sent);
  CHECK(response.status == 400);
  CHECK(response.header("x-fb-trace-id") == "AbC");
  CHECK(response.body == R"({"error":{}})");
  CHECK(response.elapsed_ms >= 0);
  REQUIRE(server.requests().size() == 1);
  const auto seen = server.requests().front();
  CHECK(seen.head.starts_with("POST /v26.0/1/events HTTP/1.1\r\n"));
  CHECK(seen.head.find("Content-Type: application/json") != std::string::npos);
  CHECK(seen.body == R"({"data":[]})");
}

TEST_CASE("a large body goes out whole, without waiting to be asked for it") {
  ScriptedServer server(always(http_answer(200, "")));
  const auto client = make_client();
  const std::string body(3U << 20, 'x');
  REQUIRE(perform(*client, post(server.url(), body)).status == 200);
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests().front().body == body);
  CHECK(server.requests().front().head.find("Expect") == std::string::npos);
}

TEST_CASE("the request carries no header that nobody asked for") {
  ScriptedServer server(always(http_answer(200, "")));
  const auto client = make_client();
  HttpRequest request = post(server.url());
  request.headers = {{"X-Empty", ""}};
  REQUIRE(perform(*client, request).status == 200);
  const std::string head = server.requests().at(0).head;
  CHECK(head.find("Content-Type") == std::string::npos);
  CHECK(head.find("Accept-Encoding") == std::string::npos);
  CHECK(head.find("X-Empty:") != std::string::npos);
}

TEST_CASE("one client serves one request after another, each with its own headers and body") {
  ScriptedServer server([](const auto& request, std::size_t) {
    return Answer{http_answer(200, request.body), Then::keep};
  });
  const auto client = make_client();
  HttpRequest first = post(server.url(), "the longer first body");
  first.headers.push_back({"X-First", "1"});
  CHECK(perform(*client, first).body == "the longer first body");
  CHECK(perform(*client, post(server.url(), "second")).body == "second");
  HttpRequest get;
  get.method = "GET";
  get.url = server.url("/status");
  CHECK(perform(*client, get).body.empty());
  CHECK(perform(*client, post(server.url(), "fourth")).body == "fourth");
  const auto seen = server.requests();
  REQUIRE(seen.size() == 4);
  CHECK(seen[1].head.find("X-First") == std::string::npos);
  CHECK(seen[2].head.starts_with("GET /status "));
  CHECK(seen[3].head.starts_with("POST "));
}

TEST_CASE("connections are used again") {
  ScriptedServer server(always(http_answer(200, "{}")));
  const auto client = make_client();
  for (int i = 0; i < 5; ++i) CHECK(perform(*client, post(server.url())).status == 200);
  CHECK(server.connections() == 1);
}

TEST_CASE("requests in flight together come back by id") {
  constexpr std::size_t together = 5;
  ScriptedServer* all = nullptr;
  ScriptedServer server([&](const auto& request, std::size_t) {
    // Nobody is answered before all have asked: one after the other would end in a timeout.
    return Answer{all->wait_for_requests(together) ? http_answer(200, request.body) : "",
                  Then::keep};
  });
  all = &server;
  const auto client = make_client();
  for (std::size_t id = 0; id < together; ++id) {
    REQUIRE(client->start(static_cast<std::int64_t>(100 + id),
                          post(server.url(), std::to_string(100 + id))));
  }
  CHECK(client->in_flight() == together);
  std::map<std::int64_t, std::string> bodies;
  while (client->in_flight() > 0) {
    for (auto& [id, response] : client->wait(1000)) bodies[id] = response.body;
  }
  REQUIRE(bodies.size() == together);
  for (const auto& [id, body] : bodies) CHECK(body == std::to_string(id));
}

TEST_CASE("wait returns when its time is over, and at once when nothing is in flight") {
  ScriptedServer server(always("", Then::hang));
  const auto client = make_client();
  CHECK(client->wait(std::numeric_limits<int>::max()).empty());  // 24 days would be noticed
  REQUIRE(client->start(7, post(server.url())));
  CHECK(client->wait(0).empty());
  CHECK(client->wait(20).empty());
  CHECK(client->in_flight() == 1);
}

TEST_CASE("an answer that breaks off is not whole, and the request did leave") {
  SECTION("closed after the request") {
    const auto response = ask("", Then::close);
    CHECK(response.transport_code == 52);
    CHECK(response.transport_error == "Server returned nothing (no headers, no data)");
    CHECK(response.bytes_sent);
    CHECK(response.status == 0);
  }
  SECTION("reset after the request") {
    const auto response = ask("", Then::reset);
    CHECK(response.transport_code == 56);
    CHECK(response.bytes_sent);
    CHECK(response.status == 0);
  }
  SECTION("body shorter than announced: the status is seen, the body as far as it came") {
    const auto response =
        ask("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"events", Then::close);
    CHECK(response.transport_code == 18);
    CHECK(response.bytes_sent);
    CHECK(response.status == 200);
    CHECK(response.body == "{\"events");
    CHECK_FALSE(response.is_whole());
  }
  SECTION("chunked body without its end") {
    const auto response =
        ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n", Then::close);
    CHECK(response.transport_code == 18);
    CHECK(response.status == 200);
    CHECK(response.body == "{\"a\":");
  }
  SECTION("no HTTP at all") {
    const auto response = ask("garbage\r\n\r\n", Then::close);
    CHECK(response.transport_code == 1);
    CHECK(response.bytes_sent);
    CHECK(response.status == 0);
    CHECK(response.body.empty());
  }
  SECTION("an interim answer only") {
    const auto response = ask("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n", Then::close);
    CHECK(response.transport_code != 0);
    CHECK(response.status == 0);
  }
}

TEST_CASE("an interim answer before the real one leaves no trace") {
  const auto response =
      ask("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + http_answer(200, "{}"), Then::keep);
  CHECK(response.is_whole());
  CHECK(response.status == 200);
  CHECK(response.header("link").empty());
}

TEST_CASE("no answer in time is 28, and the request did leave") {
  CurlOptions options;
  options.total_timeout_ms = 200;
  const auto response = ask("", Then::hang, options);
  CHECK(response.transport_code == 28);
  CHECK(response.bytes_sent);
  CHECK(response.status == 0);
}

TEST_CASE("an answer over the cap is cut there and not whole") {
  CurlOptions options;
  options.response_bytes_max = 10;
  const auto over = ask(http_answer(200, "12345678901"), Then::keep, options);
  CHECK(over.transport_code == 23);
  CHECK(over.status == 200);
  CHECK(over.body == "1234567890");
  CHECK(over.bytes_sent);
  CHECK(ask(http_answer(200, "1234567890"), Then::keep, options).is_whole());
}

TEST_CASE("an answer with too many or too large headers is not whole") {
  std::string many;
  for (int i = 0; i < 300; ++i) many += "A: b\r\n";
  CHECK(ask(http_answer(200, "{}", many), Then::keep).transport_code == 23);
  const std::string large = "A: " + std::string(70'000, 'b') + "\r\n";
  CHECK(ask(http_answer(200, "{}", large), Then::keep).transport_code == 23);
}

TEST_CASE("the cap on headers is one answer's, not the connection's") {
  const std::string half = "A: " + std::string(40'000, 'b') + "\r\n";
  ScriptedServer server(always(http_answer(200, "{}", half)));
  const auto client = make_client();
  for (int i = 0; i < 3; ++i) CHECK(perform(*client, post(server.url())).is_whole());
}

TEST_CASE("a redirect is handed on, not followed") {
  ScriptedServer target(always(http_answer(200, "{}")));
  ScriptedServer server(always(http_answer(302, "", "Location: " + target.url() + "\r\n")));
  const auto client = make_client();
  const auto response = perform(*client, post(server.url()));
  CHECK(response.transport_code == 0);
  CHECK(response.status == 302);
  CHECK(response.header("location") == target.url());
  CHECK(target.connections() == 0);
}

TEST_CASE("a proxy named in the environment is not used") {
  ScriptedServer proxy(always(http_answer(200, "from the proxy")));
  ScriptedServer server(always(http_answer(200, "from the server")));
  REQUIRE(setenv("http_proxy", proxy.url().c_str(), 1) == 0);
  REQUIRE(setenv("all_proxy", proxy.url().c_str(), 1) == 0);
  const auto client = make_client();
  CHECK(perform(*client, post(server.url())).body == "from the server");
  unsetenv("http_proxy");
  unsetenv("all_proxy");
}

TEST_CASE("cookies are not kept") {
  ScriptedServer server(always(http_answer(200, "{}", "Set-Cookie: a=b\r\n")));
  const auto client = make_client();
  for (int i = 0; i < 2; ++i) CHECK(perform(*client, post(server.url())).status == 200);
  CHECK(server.requests().at(1).head.find("Cookie") == std::string::npos);
}

TEST_CASE("what is broken off says whether anything of it had left") {
  const ScriptedServer silent(always("", Then::hang));
  const auto client = make_client();
  REQUIRE(client->start(1, post(silent.url())));
  while (silent.requests().empty()) CHECK(client->wait(10).empty());
  REQUIRE(client->start(2, post(silent.url())));  // not a step taken yet
  auto ended = client->abort();
  REQUIRE(ended.size() == 2);
  CHECK(client->in_flight() == 0);
  for (const Client::Completed& one : ended) {
    CHECK(one.response.transport_code == 42);
    CHECK(one.response.status == 0);
    CHECK(one.response.bytes_sent == (one.id == 1));
  }
  // The client is as good as new.
  const ScriptedServer server(always(http_answer(200, "")));
  CHECK(perform(*client, post(server.url())).status == 200);
}

}  // namespace pruuv::http
