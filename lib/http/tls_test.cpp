#include <string>

#include "http/client.hpp"
#include "http/scripted_server.hpp"
#include "http/test_ca.hpp"
#include "testing/testing.hpp"

namespace pruuv::http {
namespace {

using testing::Answer;
using testing::http_answer;
using testing::ScriptedServer;
using testing::TestCa;
using testing::TlsContext;
using Then = Answer::Then;

struct Scene {
  pruuv::testing::TempDir folder;
  TestCa ca;
  CurlOptions options;

  Scene() {
    options.ca_file = folder.file("ca.pem");
    ca.save(options.ca_file);
  }
};

HttpRequest post(const std::string& url, const std::string& body = "{}") {
  HttpRequest request;
  request.url = url;
  request.headers = {{"Access-Token", Secret("EAABcanary")}};
  request.body = body;
  return request;
}

ScriptedServer::Script always(const std::string& bytes, Then then = Then::keep) {
  return [=](const auto&, std::size_t) { return Answer{bytes, then}; };
}

void check_not_sent(const ScriptedServer& server, const CurlOptions& options, int code) {
  const auto client = make_curl_client(options).value();
  const auto response = perform(*client, post(server.url()));
  CHECK(response.transport_code == code);
  INFO(response.transport_error);
  if (code == 60) CHECK(response.transport_error.find("SSL") == 0);  // what is wrong with it
  CHECK_FALSE(response.bytes_sent);
  CHECK(response.status == 0);
  CHECK(server.requests().empty());
  CHECK(server.connections() == 1);
}

}  // namespace

TEST_CASE("TLS with a known authority: answered, by HTTP/1.1, on one connection") {
  const Scene scene;
  const TlsContext tls = scene.ca.server();
  ScriptedServer server(always(http_answer(200, "{}")), tls.get());
  const auto client = make_curl_client(scene.options).value();
  for (int i = 0; i < 3; ++i) {
    const auto response = perform(*client, post(server.url()));
    CHECK(response.is_whole());
    CHECK(response.status == 200);
  }
  CHECK(server.connections() == 1);
  CHECK(server.requests().at(0).head.starts_with("POST / HTTP/1.1\r\n"));
  CHECK(server.requests().at(0).head.find("Access-Token: EAABcanary") != std::string::npos);
}

TEST_CASE("a certificate of an unknown authority: 60, nothing sent") {
  const Scene scene;
  const TestCa other("another authority");
  const TlsContext tls = other.server();
  const ScriptedServer server(always(http_answer(200, "{}")), tls.get());
  check_not_sent(server, scene.options, 60);
}

TEST_CASE("an unknown authority to the system's list too: 60, nothing sent") {
  const TestCa other("another authority");
  const TlsContext tls = other.server();
  const ScriptedServer server(always(http_answer(200, "{}")), tls.get());
  check_not_sent(server, {}, 60);
}

TEST_CASE("a certificate for another host: 60, nothing sent") {
  const Scene scene;
  const TlsContext tls = scene.ca.server("DNS:graph.example");
  const ScriptedServer server(always(http_answer(200, "{}")), tls.get());
  check_not_sent(server, scene.options, 60);
}

TEST_CASE("an expired certificate: 60, nothing sent") {
  const Scene scene;
  const TlsContext tls = scene.ca.server("IP:127.0.0.1", -60);
  const ScriptedServer server(always(http_answer(200, "{}")), tls.get());
  check_not_sent(server, scene.options, 60);
}

TEST_CASE("a server that knows nothing newer than TLS 1.1: 35, nothing sent") {
  const Scene scene;
  const TlsContext tls = scene.ca.server();
  SSL_CTX_set_min_proto_version(tls.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(tls.get(), TLS1_1_VERSION);
  SSL_CTX_set_cipher_list(tls.get(), "DEFAULT:@SECLEVEL=0");
  const ScriptedServer server(always(http_answer(200, "{}")), tls.get());
  check_not_sent(server, scene.options, 35);
}

TEST_CASE("a server that resets in the middle of an upload over TLS does not end the program") {
  const Scene scene;
  const TlsContext tls = scene.ca.server();
  ScriptedServer server(always(""), tls.get());
  server.reset_uploads_at(100'000);
  const auto client = make_curl_client(scene.options).value();
  const auto response = perform(*client, post(server.url(), std::string(8U << 20, 'x')));
  CHECK(response.transport_code != 0);
  CHECK(response.bytes_sent);
  CHECK(response.status == 0);
  CHECK(server.requests().empty());
  CHECK(response.transport_error.find("canary") == std::string::npos);
}

TEST_CASE("plain http spoken to a TLS server gets nowhere") {
  const Scene scene;
  const TlsContext tls = scene.ca.server();
  const ScriptedServer server(always(http_answer(200, "{}")), tls.get());
  const auto client = make_curl_client(scene.options).value();
  const auto response = perform(*client, post("http" + server.url().substr(5)));
  CHECK(response.transport_code != 0);
  CHECK(server.requests().empty());
}

}  // namespace pruuv::http
