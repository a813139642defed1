#include <string>

#include "http/client.hpp"
#include "http/scripted_server.hpp"
#include "testing/testing.hpp"

// What the client does not send, and what it never repeats.

namespace pruuv::http {
namespace {

using testing::Answer;
using testing::http_answer;
using testing::ScriptedServer;
using Then = Answer::Then;

constexpr const char* canary = "EAABcanary";

bool holds_canary(const Error& error) {
  return (error.message + error.hint).find(canary) != std::string::npos;
}

HttpRequest post(const std::string& url) {
  HttpRequest request;
  request.url = url;
  request.body = "{}";
  return request;
}

Result<void> start(HttpRequest request) {
  const auto client = make_curl_client({}).value();
  auto started = client->start(1, std::move(request));
  CHECK(client->in_flight() == (started ? 1U : 0U));
  return started;
}

}  // namespace

TEST_CASE("plain http goes to this machine only") {
  for (const auto* url : {"http://localhost:1/", "http://127.0.0.1:1/", "http://127.8.9.1:1/",
                          "http://[::1]:1/", "https://graph.facebook.com/v26.0/1/events"}) {
    INFO(url);
    CHECK(start(post(url)));
  }
  for (const auto* url : {"http://graph.facebook.com/", "http://127.0.0.1.example.com/",
                          "http://localhost.example.com/", "http://128.0.0.1/", "http://[::2]/",
                          "http://10.0.0.1/", "http://0.0.0.0/"}) {
    INFO(url);
    const auto refused = start(post(url));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::config);
    CHECK_FALSE(refused.error().hint.empty());
  }
}

TEST_CASE("only https and http are spoken, and no URL carries a user") {
  for (const auto* url :
       {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "", "graph.facebook.com",
        "https://", "https://EAABcanary@127.0.0.1/", "http://u:EAABcanary@localhost/"}) {
    INFO(url);
    const auto refused = start(post(url));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::config);
    CHECK_FALSE(holds_canary(refused.error()));
  }
}

TEST_CASE("a header value with a control character is refused and not repeated") {
  for (const auto* tail : {"\r\nX: y", "\n", "\r", "\x7f", "\x01"}) {
    HttpRequest request = post("https://localhost/");
    request.headers = {{"Access-Token", Secret(std::string(canary) + tail)}};
    const auto secret = start(request);
    REQUIRE_FALSE(secret);
    CHECK(secret.error().kind == ErrorKind::config);
    CHECK(secret.error().message.find("Access-Token") != std::string::npos);
    CHECK_FALSE(holds_canary(secret.error()));

    request.headers = {{"developer-token", std::string(canary) + tail}};
    const auto plain = start(request);
    REQUIRE_FALSE(plain);
    CHECK(plain.error().kind == ErrorKind::bug);
    CHECK_FALSE(holds_canary(plain.error()));
  }
}

TEST_CASE("a request no adapter should make is a bug") {
  HttpRequest request = post("https://localhost/");
  SECTION("a header name that is none") { request.headers = {{"A: b\r\nC", "d"}}; }
  SECTION("no header name") { request.headers = {{"", "d"}}; }
  SECTION("a header the client writes itself") { request.headers = {{"Content-length", "7"}}; }
  SECTION("another method") { request.method = "DELETE"; }
  SECTION("a GET with a body") { request.method = "GET"; }
  const auto refused = start(request);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::bug);
}

TEST_CASE("the client goes on after a refused request") {
  ScriptedServer server([](const auto& request, std::size_t) {
    return Answer{http_answer(200, request.body), Then::keep};
  });
  const auto client = make_curl_client({}).value();
  HttpRequest bad = post(server.url());
  bad.headers = {{"A", "first"}, {"B", "\n"}};
  CHECK_FALSE(client->start(1, bad));
  const auto response = perform(*client, bad);
  CHECK(response.transport_code == not_started_code);
  CHECK_FALSE(response.bytes_sent);
  CHECK(response.transport_error.find("control character") != std::string::npos);
  CHECK(perform(*client, post(server.url())).body == "{}");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a secret arrives at the server and nowhere else") {
  const auto then = GENERATE(Then::close, Then::reset, Then::hang);
  ScriptedServer server([then](const auto&, std::size_t) { return Answer{"", then}; });
  CurlOptions options;
  options.total_timeout_ms = 200;
  const auto client = make_curl_client(options).value();
  HttpRequest request;
  request.url = server.url();
  request.headers = {{"Authorization", Secret(std::string("Bearer ") + canary)}};
  request.secret_body = Secret("refresh_token=" + std::string(canary));
  const auto response = perform(*client, request);
  CHECK(response.transport_code != 0);
  CHECK(response.transport_error.find(canary) == std::string::npos);
  REQUIRE(server.requests().size() == 1);
  const auto seen = server.requests().front();
  CHECK(seen.head.find("\r\nAuthorization: Bearer EAABcanary") != std::string::npos);
  CHECK(seen.body == "refresh_token=EAABcanary");
}

TEST_CASE("a body with a token in it travels in the place of the one for the record") {
  ScriptedServer server([](const auto&, std::size_t) { return Answer{http_answer(200, ""), {}}; });
  const auto client = make_curl_client({}).value();
  HttpRequest request = post(server.url());
  request.secret_body = Secret("{\"access_token\":\"" + std::string(canary) + "\"}");
  CHECK(perform(*client, request).status == 200);
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests().front().body == request.secret_body.reveal());
}

TEST_CASE("a CA file is looked at before the first request") {
  const pruuv::testing::TempDir folder;
  CurlOptions options;
  SECTION("not there") { options.ca_file = folder.file("absent.pem"); }
  SECTION("a folder") { options.ca_file = folder.path().string(); }
  SECTION("no certificate in it") { options.ca_file = "/etc/hostname"; }
  const auto refused = make_curl_client(options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::config);
  CHECK(refused.error().message.find(options.ca_file) != std::string::npos);
}

TEST_CASE("a dry run's client sends nothing") {
  ScriptedServer server([](const auto&, std::size_t) { return Answer{http_answer(200, ""), {}}; });
  const auto client = make_refusing_client();
  const auto refused = client->start(1, post(server.url()));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::usage);
  CHECK(refused.error().message == "a dry run sends nothing");
  CHECK(client->in_flight() == 0);
  CHECK(client->wait(60'000).empty());
  const auto response = perform(*client, post(server.url()));
  CHECK(response.transport_code == not_started_code);
  CHECK_FALSE(response.bytes_sent);
  CHECK(server.connections() == 0);
}

}  // namespace pruuv::http
