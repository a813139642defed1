#include "http/trust_store.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <openssl/objects.h>
#include <openssl/pem.h>

#include "http/client.hpp"
#include "http/scripted_server.hpp"
#include "http/test_ca.hpp"
#include "testing/testing.hpp"

// Whom the client trusts, by the file it is given: the same whether the file is read here or by
// libcurl.

namespace pruuv::http {
namespace {

using testing::Answer;
using testing::http_answer;
using testing::ScriptedServer;
using testing::TestCa;
using testing::TlsContext;
using Then = Answer::Then;

ScriptedServer::Script always_ok() {
  return [](const auto&, std::size_t) { return Answer{http_answer(200, "{}"), Then::keep}; };
}

HttpRequest post(const ScriptedServer& server, const std::string& ca_file = "") {
  HttpRequest request;
  request.url = server.url();
  request.body = "{}";
  request.ca_file = ca_file;
  return request;
}

struct Scene {
  pruuv::testing::TempDir folder;
  TestCa root;
  TestCa other{"another authority"};
  std::string ca_file = folder.file("ca.pem");

  void write(const std::string& text) const {
    std::ofstream(ca_file, std::ios::binary | std::ios::trunc) << text;
  }

  // The client's file is read here, where that can be done; a request's own by libcurl. Both have
  // to say the same.
  HttpResponse ask(const std::string& text, SSL_CTX* tls) const {
    write(text);
    const ScriptedServer server(always_ok(), tls);
    CurlOptions options;
    options.ca_file = ca_file;
    const auto client = make_curl_client(options).value();
    HttpResponse ours = perform(*client, post(server));

    options.ca_file = folder.file("other.pem");
    other.save(options.ca_file);
    const auto plain = make_curl_client(options).value();
    const HttpResponse theirs = perform(*plain, post(server, ca_file));
    CHECK(ours.transport_code == theirs.transport_code);
    CHECK(ours.transport_error == theirs.transport_error);
    CHECK(ours.status == (ours.transport_code == 0 ? 200 : 0));
    CHECK(ours.bytes_sent == (ours.transport_code == 0));
    INFO(ours.transport_error);
    return ours;
  }

  bool is_read_here() const { return TrustStore::open(ca_file) != nullptr; }
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// With OpenSSL's words on what the certificate is trusted for.
std::string trusted_pem(X509* certificate, int trusted_for, int rejected_for) {
  const std::unique_ptr<X509, decltype(&X509_free)> copy(X509_dup(certificate), &X509_free);
  if (trusted_for != 0) X509_add1_trust_object(copy.get(), OBJ_nid2obj(trusted_for));
  if (rejected_for != 0) X509_add1_reject_object(copy.get(), OBJ_nid2obj(rejected_for));
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509_AUX(out.get(), copy.get());
  char* data = nullptr;
  const long bytes = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(bytes)};
}

}  // namespace

TEST_CASE("an authority of the file is trusted, wherever in it it stands") {
  const Scene scene;
  const TlsContext tls = scene.root.server();
  std::string text = scene.root.pem();
  SECTION("alone") {}
  SECTION("first") { text += scene.other.pem(); }
  SECTION("last, with text around") { text = "# one\n" + scene.other.pem() + "two\n" + text; }
  SECTION("no newline at the end") { text.pop_back(); }
  SECTION("CRLF") { replace_all(text, "\n", "\r\n"); }
  SECTION("by the old label") {
    replace_all(text, " CERTIFICATE", " X509 CERTIFICATE");
    text += scene.other.pem();
  }
  SECTION("twice") { text += text; }
  CHECK(scene.ask(text, tls.get()).transport_code == 0);
  CHECK(scene.is_read_here());
}

TEST_CASE("what is not a plain certificate goes to libcurl, and works as it does there") {
  const Scene scene;
  const TlsContext tls = scene.root.server();
  const std::string good = scene.root.pem();
  std::string text;
  int code = 0;
  SECTION("a list of revoked certificates") { text = good + scene.root.crl_pem(); }
  SECTION("a key") { text = scene.other.key_pem() + good; }
  SECTION("trusted for servers") {
    text = trusted_pem(scene.root.certificate(), NID_server_auth, 0);
  }
  SECTION("trusted for mail only") {
    text = trusted_pem(scene.root.certificate(), NID_email_protect, 0);
    code = 60;
  }
  SECTION("rejected for servers") {
    text = trusted_pem(scene.root.certificate(), 0, NID_server_auth);
    code = 60;
  }
  SECTION("garbage among good ones") {
    text = scene.other.pem();
    text.replace(text.find('\n') + 1, 4, "$%&/");
    text = good + text + good;
    code = 77;
  }
  SECTION("a line missing") {
    text = scene.other.pem();
    text.erase(text.find('\n') + 1, 65);
    text = good + text;
    code = 77;
  }
  SECTION("cut off") {
    text = good + scene.other.pem().substr(0, 300);
    code = 77;
  }
  CHECK(scene.ask(text, tls.get()).transport_code == code);
  CHECK_FALSE(scene.is_read_here());
}

TEST_CASE("authorities of the same name are told apart by their keys") {
  const Scene scene;
  const TestCa twin("pruuv-send test authority");
  const TlsContext tls = scene.root.server();
  CHECK(scene.ask(twin.pem() + scene.root.pem(), tls.get()).transport_code == 0);
  CHECK(scene.ask(scene.root.pem() + twin.pem(), tls.get()).transport_code == 0);
  CHECK(scene.ask(twin.pem(), tls.get()).transport_code == 60);
}

TEST_CASE("of an authority's certificates the one that is still good counts") {
  const Scene scene;
  const TestCa expired = scene.root.renewed("pruuv-send test authority", -60);
  const TlsContext tls = scene.root.server();
  CHECK(scene.ask(expired.pem() + scene.root.pem(), tls.get()).transport_code == 0);
  CHECK(scene.ask(scene.root.pem() + expired.pem(), tls.get()).transport_code == 0);
  const HttpResponse refused = scene.ask(expired.pem(), tls.get());
  CHECK(refused.transport_code == 60);
  CHECK(refused.transport_error.find("expired") != std::string::npos);
}

TEST_CASE("an authority's name in other letters is the same name") {
  const Scene scene;
  const TestCa respelled = scene.root.renewed("Pruuv-Send  test AUTHORITY", 3600);
  const TlsContext tls = scene.root.server();
  CHECK(scene.ask(scene.other.pem() + respelled.pem(), tls.get()).transport_code == 0);
}

TEST_CASE("an authority below another one") {
  const Scene scene;
  const TestCa below("authority below", scene.root);
  const TlsContext tls = below.server();
  SECTION("is trusted if the server sends its certificate") {
    testing::send_too(tls.get(), below);
    CHECK(scene.ask(scene.root.pem(), tls.get()).transport_code == 0);
  }
  SECTION("is not if the server does not") {
    CHECK(scene.ask(scene.root.pem(), tls.get()).transport_code == 60);
  }
  SECTION("is if the file has both") {
    CHECK(scene.ask(below.pem() + scene.root.pem(), tls.get()).transport_code == 0);
  }
  SECTION("is if the file has it alone, as libcurl has it") {
    CHECK(scene.ask(below.pem(), tls.get()).transport_code == 0);
    testing::send_too(tls.get(), below);
    CHECK(scene.ask(below.pem(), tls.get()).transport_code == 0);
  }
  SECTION("is not if the file has only some other's") {
    testing::send_too(tls.get(), below);
    testing::send_too(tls.get(), scene.root);
    CHECK(scene.ask(scene.other.pem(), tls.get()).transport_code == 60);
  }
}

TEST_CASE("a server's own certificate in the file is trusted") {
  const Scene scene;
  SECTION("signed by itself") {
    const TlsContext tls = testing::self_signed_server();
    CHECK(scene.ask(scene.root.pem(), tls.get()).transport_code == 60);
    const std::string own = testing::pem_of(SSL_CTX_get0_certificate(tls.get()));
    CHECK(scene.ask(scene.root.pem() + own, tls.get()).transport_code == 0);
  }
  SECTION("signed by an authority that is not there") {
    const TlsContext tls = scene.root.server();
    const std::string own = testing::pem_of(SSL_CTX_get0_certificate(tls.get()));
    CHECK(scene.ask(own, tls.get()).transport_code == 0);
    const TlsContext next = scene.root.server();  // another certificate, for the same name
    CHECK(scene.ask(own, next.get()).transport_code == 60);
  }
}

TEST_CASE("names and dates of the server are checked as ever") {
  const Scene scene;
  const TlsContext other_host = scene.root.server("DNS:graph.example");
  CHECK(scene.ask(scene.root.pem(), other_host.get()).transport_code == 60);
  const TlsContext expired = scene.root.server("IP:127.0.0.1", -60);
  CHECK(scene.ask(scene.root.pem(), expired.get()).transport_code == 60);
}

TEST_CASE("a connection keeps the rules that libcurl set for it") {
  const Scene scene;
  scene.write(scene.root.pem());
  const auto store = TrustStore::open(scene.ca_file);
  REQUIRE(store);
  const TlsContext tls(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  X509_STORE* before = SSL_CTX_get_cert_store(tls.get());
  X509_STORE_set_flags(before, X509_V_FLAG_X509_STRICT);
  REQUIRE(TrustStore::give_to_connection(nullptr, tls.get(), store.get()) == CURLE_OK);
  X509_STORE* after = SSL_CTX_get_cert_store(tls.get());
  CHECK(after != before);
  CHECK((X509_VERIFY_PARAM_get_flags(X509_STORE_get0_param(after)) & X509_V_FLAG_X509_STRICT) != 0);
}

TEST_CASE("one store serves one connection after the other") {
  const Scene scene;
  const TestCa below("authority below", scene.root);
  const TlsContext tls = below.server();
  testing::send_too(tls.get(), below);
  scene.write(scene.other.pem() + scene.root.pem());
  const ScriptedServer server(
      [](const auto&, std::size_t) {
        return Answer{http_answer(200, "{}", "Connection: close\r\n"), Then::close};
      },
      tls.get());
  CurlOptions options;
  options.ca_file = scene.ca_file;
  const auto client = make_curl_client(options).value();
  for (int i = 0; i < 3; ++i) CHECK(perform(*client, post(server)).status == 200);
  CHECK(server.connections() == 3);
}

TEST_CASE("a connection that one file vouches for is not used for a request with another") {
  const Scene scene;
  const TlsContext tls = scene.root.server();
  const ScriptedServer server(always_ok(), tls.get());
  scene.root.save(scene.folder.file("right.pem"));
  scene.other.save(scene.folder.file("wrong.pem"));
  CurlOptions options;
  SECTION("the request's own is right") {
    options.ca_file = scene.folder.file("wrong.pem");
    const auto client = make_curl_client(options).value();
    CHECK(perform(*client, post(server, scene.folder.file("right.pem"))).status == 200);
    CHECK(perform(*client, post(server)).transport_code == 60);
    CHECK(perform(*client, post(server, scene.folder.file("right.pem"))).status == 200);
  }
  SECTION("the client's is right") {
    options.ca_file = scene.folder.file("right.pem");
    const auto client = make_curl_client(options).value();
    CHECK(perform(*client, post(server)).status == 200);
    CHECK(perform(*client, post(server, scene.folder.file("wrong.pem"))).transport_code == 60);
    CHECK(perform(*client, post(server, scene.folder.file("right.pem"))).status == 200);
    CHECK(perform(*client, post(server)).status == 200);
  }
  CHECK(server.requests().size() >= 2);
}

TEST_CASE("a file that is gone by the first request: 77, nothing sent") {
  const Scene scene;
  scene.write(scene.root.pem());
  const TlsContext tls = scene.root.server();
  const ScriptedServer server(always_ok(), tls.get());
  CurlOptions options;
  options.ca_file = scene.ca_file;
  const auto client = make_curl_client(options).value();
  std::filesystem::remove(scene.ca_file);
  const HttpResponse refused = perform(*client, post(server));
  CHECK(refused.transport_code == 77);
  CHECK_FALSE(refused.bytes_sent);
}

}  // namespace pruuv::http
