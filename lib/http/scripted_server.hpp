#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <openssl/ssl.h>

namespace pruuv::http::testing {

struct SeenRequest {
  std::string head;  // request line and header lines, without the empty line
  std::string body;  // as long as its Content-Length says
};

struct Answer {
  enum class Then { keep, close, reset, hang };  // hang: says no more until the client goes
  std::string bytes;                             // sent as they stand
  Then then = Then::keep;
};

// An answer with that status and body, and a Content-Length.
std::string http_answer(int status, const std::string& body, const std::string& more_headers = "");

// A server on 127.0.0.1 that reads a whole request, asks its script what to do, and does that. Each
// connection has a thread; the script is called by one at a time unless it waits itself.
class ScriptedServer {
 public:
  // `number` counts the requests of all connections from 0.
  using Script = std::function<Answer(const SeenRequest& request, std::size_t number)>;

  explicit ScriptedServer(Script script, SSL_CTX* tls = nullptr);
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer();

  [[nodiscard]] std::string url(const std::string& path = "/") const;
  [[nodiscard]] std::vector<SeenRequest> requests() const;
  [[nodiscard]] std::size_t connections() const;

  // From now on a connection is reset once so much of a body has come and more was announced; the
  // request is not among those seen.
  void reset_uploads_at(std::size_t body_bytes) { upload_bytes_max_ = body_bytes; }

  // For a script that answers nobody before `count` requests are there. False if they never come.
  bool wait_for_requests(std::size_t count) const;

 private:
  void accept_all();
  void serve(int socket);
  void serve_requests(int socket, SSL* tls);

  Script script_;
  SSL_CTX* tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> upload_bytes_max_ = SIZE_MAX;

  mutable std::mutex mutex_;
  mutable std::condition_variable request_came_;
  std::vector<SeenRequest> requests_;
  std::vector<int> sockets_;  // open ones
  std::size_t connections_ = 0;
  bool stopping_ = false;
  std::list<std::thread> workers_;
  std::thread acceptor_;
};

// A port of 127.0.0.1 that refuses connections for as long as the object lives.
class RefusingPort {
 public:
  RefusingPort();
  RefusingPort(const RefusingPort&) = delete;
  RefusingPort& operator=(const RefusingPort&) = delete;
  ~RefusingPort();
  [[nodiscard]] std::string url() const;

 private:
  int socket_ = -1;
};

}  // namespace pruuv::http::testing
